"""Every kind of subject by its name; a model joins by being a Subject."""

from typing import Any

from django.apps import apps

from jiedan.people.subject import Subject


class _Kinds(dict[str, type[Subject]]):
    # Looked up on first use: the models of later rooms are loaded after this module.
    def __missing__(self, kind: str) -> type[Subject]:
        for model in apps.get_models():
            if issubclass(model, Subject):
                self[model.KIND] = model
        if kind not in self:
            raise KeyError(kind)
        return self[kind]


MODELS: dict[str, type[Subject]] = _Kinds()


def all_kinds() -> dict[str, type[Subject]]:
    """Every kind, in a fixed order."""
    found: dict[str, Any] = {model.KIND: model for model in apps.get_models() if issubclass(model, Subject)}
    return dict(sorted(found.items()))
