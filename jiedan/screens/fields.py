"""A step's input as the fields of a form, derived from its declaration.

Made only for what it knows: a type without a widget raises at the first look, never shows a wrong field.
"""

import types
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from jiedan.core.roles import Role
from jiedan.kernel.fields import Choice, Concealed
from jiedan.kernel.naming import role_title
from jiedan.people.models import Department, Staff


class NoWidget(TypeError):
    """An input has a type that the derived form doesn't know; give the step a screen of its own."""


@dataclass(slots=True)
class FieldView:
    """One field as a template draws it."""

    name: str
    label: str
    widget: str
    required: bool
    value: str = ""
    help: str = ""
    errors: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    longest: int | None = None


FINGERPRINT = "content_hash"
UNSEEN = (FINGERPRINT, "based_on")
"""What the person saw goes along unseen; PREFILLED puts it in."""

WORDS = {
    "product": gettext_lazy("Product"),
    "service": gettext_lazy("Service"),
    "platform": gettext_lazy("Platform"),
    "phone": gettext_lazy("By telephone"),
    "mail": gettext_lazy("By mail"),
    "visit": gettext_lazy("In person"),
    "kaola": gettext_lazy("Kaola"),
    "yanxuan": gettext_lazy("Yanxuan channel"),
    "webhook": gettext_lazy("Webhook"),
    "pass": gettext_lazy("Pass"),
    "return": gettext_lazy("Return"),
    "screen": gettext_lazy("As a QR code on the screen"),
    "chat": gettext_lazy("Copied into a chat"),
    "shop": gettext_lazy("Through the shop's system"),
    "zh-hans": "中文",
    "en": "English",
    "orders": gettext_lazy("Order"),
    "listings": gettext_lazy("Listing"),
    "agree": gettext_lazy("Agrees"),
    "question": gettext_lazy("Has a question"),
}


def form_of(
    model: type[BaseModel],
    values: Mapping[str, str],
    errors: Mapping[str, list[str]],
    without: Collection[str] = (),
) -> list[FieldView]:
    """The fields of MODEL (but those WITHOUT) with what was typed and what is wrong with it. Raises NoWidget."""
    return [_field(name, info, values, errors) for name, info in model.model_fields.items() if name not in without]


def _field(name: str, info: FieldInfo, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> FieldView:
    kind, optional = without_none(info.annotation)
    widget, choices = _widget(name, kind, info)
    default = "" if info.is_required() or info.default is None else str(info.default)
    return FieldView(
        name=name,
        label=str(info.title or name),
        widget=widget,
        required=info.is_required() and not optional,
        value="" if widget == "password" else values.get(name, default),
        help=str(info.description or ""),
        errors=list(errors.get(name, ())),
        choices=choices,
        longest=next((item.max_length for item in info.metadata if getattr(item, "max_length", None)), None),
    )


def without_none(annotation: Any) -> tuple[Any, bool]:
    """What a field holds when it holds something, and whether it may be left empty."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        if len(kinds) == 1:
            return kinds[0], True
    return annotation, False


def _widget(name: str, kind: Any, info: FieldInfo) -> tuple[str, list[tuple[str, str]]]:
    if name in UNSEEN:
        return "hidden", []
    marks = [*info.metadata, *getattr(kind, "__metadata__", ())]
    choice = next((mark for mark in marks if isinstance(mark, Choice)), None)
    if choice is not None:
        return "select", _rows(choice.what)
    if any(isinstance(mark, Concealed) for mark in marks):
        return "password", []
    kind = getattr(kind, "__origin__", kind) if hasattr(kind, "__metadata__") else kind
    if get_origin(kind) is Literal:
        return "select", [(str(word), called(str(word))) for word in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "select", [(str(item.value), called(str(item.value))) for item in kind]
    if kind is str:
        longest = max((getattr(mark, "max_length", 0) or 0 for mark in marks), default=0)
        return ("textarea" if longest > 200 else "text"), []
    widgets = {bool: "checkbox", int: "number", Decimal: "decimal", date: "date", datetime: "datetime-local"}
    if kind in widgets:
        return widgets[kind], []
    raise NoWidget(f"{name}: {kind!r} has no widget")


def called(word: str) -> str:
    """What one of a field's choices is called; a word without a title is shown as it is."""
    return role_title(Role(word)) if word in set(Role) else str(WORDS.get(word, word))


def _rows(what: str) -> list[tuple[str, str]]:
    if what == "department":
        rows = Department.objects.filter(is_active=True).exclude(parent=None).order_by("path")
        return [(str(row.pk), row.name) for row in rows]
    if what == "staff":
        people = (
            Staff.objects.filter(is_active=True).select_related("department").order_by("department__path", "number")
        )
        return [(str(person.pk), f"{person.name}（{person.number}，{person.department.name}）") for person in people]
    raise NoWidget(f"nothing is known of the choice “{what}”")


def posted(data: QueryDict, model: type[BaseModel], files: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a form sent, as input for MODEL: empty fields are left out, dotted names become rows or named values.

    A file is its content, and its name is what the field "file_name" is about, where there is one.
    """
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    named: dict[str, dict[str, str]] = {}
    for name, value in data.items():
        head, *rest = name.split(".")
        if head not in model.model_fields or not isinstance(value, str) or value.strip() == "":
            continue
        if len(rest) == 2 and is_row_number(rest[0]):
            rows.setdefault(head, {}).setdefault(int(rest[0]), {})[rest[1]] = value
        elif len(rest) == 1:
            named.setdefault(head, {})[rest[0]] = value
        elif not rest:
            found[head] = value
    found |= named
    for head, numbered in rows.items():
        found[head] = [numbered[number] for number in sorted(numbered)]
    for name, info in model.model_fields.items():
        if info.annotation is bool:
            found[name] = name in data
        elif files and name in files:
            found |= {name: files[name].read()} | (
                {"file_name": files[name].name} if "file_name" in model.model_fields else {}
            )
    return found


def is_row_number(text: str) -> bool:
    """Whether TEXT can number a row of a form."""
    return text.isascii() and text.isdigit() and len(text) <= 6


def leftover(errors: Mapping[str, list[str]], fields: list[FieldView]) -> list[str]:
    """Reasons that belong to no field of the form: shown above it."""
    names = {view.name for view in fields}
    return [
        f"{name}: {reason}" if name else reason
        for name, reasons in errors.items()
        if name not in names
        for reason in reasons
    ]


def asked(view: FieldView) -> str:
    """What to say about a field that may stay empty."""
    return "" if view.required else _("optional")
