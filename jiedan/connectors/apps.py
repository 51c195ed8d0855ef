"""The room `connectors` as a Django application."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "jiedan.connectors"
    label = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have monitoring watch the connections, and pages say in words what our records hold as codes."""
        from jiedan.connectors import causes, health  # noqa: PLC0415 - needs the models
        from jiedan.kernel.health import watch  # noqa: PLC0415
        from jiedan.screens.reading import SAID  # noqa: PLC0415

        watch(health.gauges)
        SAID.update(cause=causes.words, why=causes.why_silent)
