"""The term sheet's form: what stands in it, what was typed, what is wrong (clause 2.3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from pydantic import BaseModel

from jiedan.screens.fields import FieldView, form_of, is_row_number
from jiedan.terms import wording
from jiedan.terms.models import TermSheet
from jiedan.terms.sheet import InstalmentPart, LinePart, Sheet

LISTS: Mapping[str, type[BaseModel]] = {"lines": LinePart, "payment": InstalmentPart}
ITEMS: Mapping[str, tuple[str, ...]] = {
    "requirements": ("requirements", "acceptance"),
    "delivery": ("deliver_on", "delivery"),
    "price": ("freight", "tax", "discount"),
    "payment": ("payment_note", "contract_wanted"),
}
"""The fields of the form by the key term that they belong to; lines stand with the price, instalments with the payment."""


@dataclass(frozen=True, slots=True)
class ItemForm:
    """A key term as a part of the form."""

    name: str
    title: str
    rows: list[list[FieldView]]
    row_errors: list[str]
    fields: list[FieldView]


def typed(data: QueryDict) -> dict[str, Any]:
    """What the form sent, as fields of the sheet; rows in which nothing stands are left out."""
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {name: {} for name in LISTS}
    for name, value in data.items():
        head, *rest = name.split(".")
        if not isinstance(value, str):
            continue
        if head in LISTS and len(rest) == 2 and is_row_number(rest[0]):
            rows[head].setdefault(int(rest[0]), {})[rest[1]] = value
        elif not rest and head in Sheet.model_fields and head not in LISTS:
            found[head] = value
    found["contract_wanted"] = "contract_wanted" in data
    key = {"lines": "name", "payment": "amount"}
    for head, numbered in rows.items():
        found[head] = [numbered[n] for n in sorted(numbered) if numbered[n].get(key[head], "").strip()]
    return found


def form(draft: Mapping[str, Any], errors: Mapping[str, list[str]]) -> list[ItemForm]:
    """The form, item by item."""
    return [_item(name, fields, draft, errors) for name, fields in ITEMS.items()]


def _item(name: str, fields: tuple[str, ...], draft: Mapping[str, Any], errors: Mapping[str, list[str]]) -> ItemForm:
    rows = {"price": "lines", "payment": "payment"}.get(name)
    values = {field: _text(draft.get(field)) for field in Sheet.model_fields if field not in LISTS}
    views = [view for view in form_of(Sheet, values, errors, without=set(LISTS)) if view.name in fields]
    for view in views:
        if view.name == "contract_wanted":
            view.value = "on" if draft.get("contract_wanted") else ""
    return ItemForm(name, wording.item(name), _rows(rows, draft, errors) if rows else [], _above(rows, errors), views)


def _above(rows: str | None, errors: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with the rows as a whole, and with one row as a whole."""
    if rows is None:
        return []
    more = {"lines": ["total"]}.get(rows, [])
    whole = [
        name
        for name in errors
        if name == rows or name in more or (name.startswith(f"{rows}.") and name.count(".") == 1)
    ]
    return [reason for name in whole for reason in errors[name]]


def _rows(head: str, draft: Mapping[str, Any], errors: Mapping[str, list[str]]) -> list[list[FieldView]]:
    given = [*draft.get(head, []), {}] if not draft.get(head) else list(draft[head])
    return [_row(head, number, row, errors) for number, row in enumerate(given)]


def _row(head: str, number: int, row: Mapping[str, Any], errors: Mapping[str, list[str]]) -> list[FieldView]:
    prefix = f"{head}.{number}."
    own = {name: _text(value) for name, value in row.items()}
    wrong = {name.removeprefix(prefix): found for name, found in errors.items() if name.startswith(prefix)}
    fields = form_of(LISTS[head], own, wrong)
    for view in fields:
        view.name = prefix + view.name
        if view.widget == "select":
            view.choices = [(value, _choice(head, value, title)) for value, title in view.choices]
        # What the sheet works out has no field of its own: its faults stand with the price.
        if head == "lines" and view.name.endswith(".unit_price"):
            view.errors += wrong.get("amount", [])
    return fields


def _choice(head: str, value: str, title: str) -> str:
    return wording.when(value) if head == "payment" else title


def _text(value: object) -> str:
    return "" if value is None else str(value)


def with_typed(sheet: TermSheet, data: QueryDict) -> dict[str, Any]:
    """The draft as it is shown again after a refusal: what was typed stands in it, nothing is saved."""
    return {**sheet.draft, **typed(data)}
