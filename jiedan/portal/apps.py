"""The room `portal` as a Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "jiedan.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring in what a customer can look at without any other room, and who writes the mails with links."""
        from jiedan.portal import letters, progress  # noqa: PLC0415 - models have to be there first

        progress.register()
        letters.register()
