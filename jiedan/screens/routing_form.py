"""Routing rules on forms: what was typed for one rule, and what is wrong said by rule and field."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from jiedan.acquisition import routing_rules
from jiedan.acquisition.routing import Rule
from jiedan.acquisition.routing_input import RoutingRule, as_text
from jiedan.acquisition.routing_wording import PLATFORMS
from jiedan.kernel.errors import Invalid
from jiedan.kernel.inputs import reasons
from jiedan.people.models import Department
from jiedan.screens.fields import FieldView

CHOSEN = ("departments", "platforms")
"""Fields of a rule that are chosen from a list; the rest is typed."""
_PLACE = re.compile(r"(?:rules\.(\d+)\.?)?(\w*)(?:\.\d+)*")


def typed(data: QueryDict) -> dict[str, Any]:
    """What was typed for a rule, as input; empty fields are left out."""
    found: dict[str, Any] = {name: data.getlist(name)[:50] for name in CHOSEN if data.getlist(name)}
    for name in RoutingRule.model_fields:
        if name not in CHOSEN and data.get(name, "").strip():
            found[name] = data[name]
    return found


def as_rule(given: Mapping[str, Any]) -> Rule:
    """The rule that was typed. Raises Invalid by the fields of a rule."""
    try:
        (rule,) = routing_rules.checked([RoutingRule.model_validate(given)])
    except ValidationError as error:
        raise Invalid(reasons(error), _("Some fields need to be corrected.")) from error
    except Invalid as error:
        wrong = {name.removeprefix("rules.0."): why for name, why in error.fields.items()}
        raise Invalid(wrong, error.sentence) from error
    return rule


def as_input(rule: Rule, codes: Mapping[int, str]) -> dict[str, Any]:
    """The rule as the step `acquisition.set_routing` takes it; CODES are those of all departments."""
    return rule.kept() | {"departments": [codes.get(one, str(one)) for one in rule.departments]}


def fields(given: Mapping[str, Any], errors: Mapping[str, list[str]]) -> list[FieldView]:
    """The form of a rule with what was typed and what is wrong with it."""
    names = [*CHOSEN, *(name for name in RoutingRule.model_fields if name not in CHOSEN)]
    return [_field(name, given, errors) for name in names]


def _field(name: str, given: Mapping[str, Any], errors: Mapping[str, list[str]]) -> FieldView:
    info, value = RoutingRule.model_fields[name], given.get(name, "")
    wrong = [reason for place, why in errors.items() if place.partition(".")[0] == name for reason in why]
    widgets = {"hours": "select", "most_open": "number", "amount_from": "decimal", "amount_to": "decimal"}
    return FieldView(
        name=name,
        label=str(info.title),
        widget="checks" if name in CHOSEN else widgets.get(name, "text"),
        required=name == "departments",
        value="、".join(value) if isinstance(value, list | tuple) and name not in CHOSEN else str(value),
        help=str(info.description or ""),
        errors=wrong,
        choices=_choices(name),
    )


def _choices(name: str) -> list[tuple[str, str]]:
    if name == "departments":
        rows = Department.objects.filter(is_active=True).exclude(parent=None).order_by("path")
        return [(row.code, row.name) for row in rows]
    if name == "platforms":
        return [(code, str(title)) for code, title in PLATFORMS.items()]
    if name == "hours":
        return [("within", _("within working hours")), ("outside", _("outside working hours"))]
    return []


def spoken(errors: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with a set of rules, each reason with the rule and the field that it is about."""
    return [f"{_where(place)}{reason}" for place, why in errors.items() for reason in why]


def _where(place: str) -> str:
    found = _PLACE.fullmatch(place)
    if found is None or found[1] is None:
        return ""
    info = RoutingRule.model_fields.get(found[2])
    name = f" · {info.title}" if info else ""
    return _("Rule %(n)d") % {"n": int(found[1]) + 1} + f"{name}: "


def text_in_force() -> tuple[int, str]:
    """The version in force and its rules as text."""
    newest = routing_rules.newest()
    return newest.number, as_text(newest.rules, all_codes())


def all_codes() -> dict[int, str]:
    """The code of every department, in use or not."""
    return dict(Department.objects.values_list("pk", "code"))
