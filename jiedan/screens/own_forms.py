"""Steps whose form is made by hand (rung three): the template, and what it needs besides."""

from collections.abc import Callable, Mapping
from typing import Any

from jiedan.acquisition.entry import EnteredLine, EnteredOrder
from jiedan.screens.fields import FieldView, form_of

Extra = Callable[[Mapping[str, str], Mapping[str, list[str]]], dict[str, Any]]


def _entered_order(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    parts = (name.split(".") for name in values if name.startswith("lines."))
    numbers = sorted({int(part[1]) for part in parts if len(part) == 3 and part[1].isdigit()})
    return {
        "fields": form_of(EnteredOrder, values, errors, without={"lines"}),
        "rows": [_line(number, values, errors) for number in (numbers or [0])],
        "line_errors": errors.get("lines", []),
    }


def _line(number: int, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[FieldView]:
    prefix = f"lines.{number}."
    own = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    wrong = {name.removeprefix(prefix): reasons for name, reasons in errors.items() if name.startswith(prefix)}
    fields = form_of(EnteredLine, own, wrong)
    for view in fields:
        view.name = prefix + view.name
    return fields


OWN_FORMS: dict[str, tuple[str, Extra]] = {"acquisition.enter_order": ("screens/enter_order.html", _entered_order)}
