"""Checking a step's input: every wrong field is named with what is wrong and what would be right (422)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from jiedan.core.faults import WrongInput
from jiedan.kernel.errors import Invalid


def validated(model: type[BaseModel], data: Mapping[str, Any] | BaseModel | None) -> BaseModel:
    """DATA as the step's input. Raises Invalid, naming each field."""
    if isinstance(data, model):
        return data
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as error:
        raise Invalid(reasons(error), _("Some fields need to be corrected.")) from error


def reasons(error: ValidationError) -> dict[str, list[str]]:
    """The reasons by field; "" stands for the input as a whole. Nested fields read like lines.0.quantity."""
    found: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"])
        found.setdefault(name, []).append(_sentence(problem["type"], problem.get("ctx", {}), problem["msg"]))
    return found


def _sentence(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind in ("value_error", "assertion_error"):
        error = context.get("error", message)
        return _faults(error) if isinstance(error, WrongInput) else str(error)
    text = _SENTENCES.get(kind)
    return text() % context if text else message


def _faults(error: WrongInput) -> str:
    # The place is the field that the reason stands under.
    if (get_language() or "").startswith("en"):
        return " ".join(f"{fault.reason_en}; {fault.remedy_en}." for fault in error.faults)
    return "".join(f"{fault.reason_zh}；{fault.remedy_zh}。" for fault in error.faults)


_SENTENCES: dict[str, Callable[[], str]] = {
    "missing": lambda: _("This is required."),
    "extra_forbidden": lambda: _("There is no such field in this step; leave it out."),
    "string_type": lambda: _("Text is expected."),
    "string_too_short": lambda: _("At least %(min_length)d characters are needed."),
    "string_too_long": lambda: _("At most %(max_length)d characters fit."),
    "string_pattern_mismatch": lambda: _("It isn't written as it has to be; see the note at the field."),
    "int_type": lambda: _("A whole number is expected, e.g. 12."),
    "int_parsing": lambda: _("A whole number is expected, e.g. 12."),
    "int_from_float": lambda: _("A whole number is expected, e.g. 12."),
    "decimal_type": lambda: _("A number is expected, e.g. 128.50."),
    "decimal_parsing": lambda: _("A number is expected, e.g. 128.50."),
    "decimal_max_places": lambda: _("At most %(decimal_places)d decimals are possible."),
    "decimal_max_digits": lambda: _("At most %(max_digits)d digits are possible."),
    "decimal_whole_digits": lambda: _("At most %(whole_digits)d digits before the decimal point are possible."),
    "finite_number": lambda: _("A finite number is expected."),
    "greater_than": lambda: _("It has to be greater than %(gt)s."),
    "greater_than_equal": lambda: _("It has to be at least %(ge)s."),
    "less_than": lambda: _("It has to be less than %(lt)s."),
    "less_than_equal": lambda: _("It has to be at most %(le)s."),
    "bool_type": lambda: _("Yes or no is expected."),
    "bool_parsing": lambda: _("Yes or no is expected."),
    "date_type": lambda: _("A date is expected, e.g. 2026-09-20."),
    "date_parsing": lambda: _("A date is expected, e.g. 2026-09-20."),
    "date_from_datetime_parsing": lambda: _("A date is expected, e.g. 2026-09-20."),
    "datetime_type": lambda: _("Date and time are expected, e.g. 2026-09-20 09:30."),
    "datetime_parsing": lambda: _("Date and time are expected, e.g. 2026-09-20 09:30."),
    "datetime_from_date_parsing": lambda: _("Date and time are expected, e.g. 2026-09-20 09:30."),
    "timezone_aware": lambda: _("The time zone is missing, e.g. 2026-09-20T09:30:00+08:00."),
    "enum": lambda: _("Choose one of: %(expected)s."),
    "literal_error": lambda: _("Choose one of: %(expected)s."),
    "list_type": lambda: _("A list is expected."),
    "too_short": lambda: _("At least %(min_length)d entries are needed."),
    "too_long": lambda: _("At most %(max_length)d entries are possible."),
    "dict_type": lambda: _("An object with fields is expected."),
    "model_type": lambda: _("An object with fields is expected."),
    "model_attributes_type": lambda: _("An object with fields is expected."),
}
