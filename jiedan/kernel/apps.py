"""The machine: actions, dispatcher, ledger, deadlines, reactions, worker. It knows no chapter."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig, apps


class KernelConfig(AppConfig):
    name = "jiedan.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load every action of every room, so that a wrong declaration stops the start; then close the registry."""
        from jiedan.kernel import among, checks  # noqa: F401, PLC0415 - registers a lookup and the system checks
        from jiedan.kernel.action import REGISTRY  # noqa: PLC0415 - needs the models

        for config in apps.get_app_configs():
            if config.name.startswith("jiedan."):
                _load_actions(config.name)
        REGISTRY.freeze()


def _load_actions(room: str) -> None:
    try:
        package = import_module(f"{room}.actions")
    except ModuleNotFoundError as error:
        if error.name != f"{room}.actions":
            raise
        return
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
