"""The outgoing queue as a Django application."""

from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    name = "jiedan.connectors.outgoing"
    label = "outgoing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the worker send beside its other drains, and let customers' links be passed on."""
        from jiedan.connectors.outgoing import passing_on, sender  # noqa: PLC0415 - needs the models
        from jiedan.kernel import worker  # noqa: PLC0415

        if ("outgoing", sender.drain) not in worker.BESIDE:
            worker.BESIDE.append(("outgoing", sender.drain))
        passing_on.register()
