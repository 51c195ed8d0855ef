"""The room `terms` as a Django application."""

from django.apps import AppConfig


class TermsConfig(AppConfig):
    name = "jiedan.terms"
    label = "terms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the portal what links to term sheets are for."""
        from jiedan.terms import for_customer  # noqa: PLC0415 - models have to be there first

        for_customer.register()
