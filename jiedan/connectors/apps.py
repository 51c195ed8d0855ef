"""The room `connectors` as a Django application."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "jiedan.connectors"
    label = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have monitoring watch the connections."""
        from jiedan.connectors import health  # noqa: PLC0415 - needs the models
        from jiedan.kernel.health import watch  # noqa: PLC0415

        watch(health.gauges)
