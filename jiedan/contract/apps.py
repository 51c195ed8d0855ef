"""The room `contract` as a Django application."""

from django.apps import AppConfig


class ContractConfig(AppConfig):
    name = "jiedan.contract"
    label = "contract"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the portal what links to contracts are for."""
        from jiedan.contract import for_customer  # noqa: PLC0415 - models have to be there first

        for_customer.register()
