"""The room `evaluation` as a Django application."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "jiedan.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listings are screened against the company's list as well; customers are told until when we decide."""
        from jiedan.acquisition import scopes  # noqa: PLC0415 - models can be imported only now
        from jiedan.evaluation import for_customer, screening  # noqa: PLC0415

        scopes.SCREENING[:] = [lambda: screening.newest().entries]
        for_customer.register()
