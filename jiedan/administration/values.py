"""Putting new values of the company in force."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiedan.core.values import WrongValues, defaults, validate_values
from jiedan.kernel.errors import Invalid
from jiedan.kernel.models import ProcedureVersion


def checked(values: Mapping[str, str]) -> dict[str, Decimal]:
    """The values that change; they have to fit those that stay. Raises Invalid, naming each wrong one."""
    held = latest()
    try:
        wanted = validate_values({key: value for key, value in values.items() if value.strip()})
        changes = {key: number for key, number in wanted.items() if number != held[key]}
        validate_values({**held, **changes})
    except WrongValues as error:
        language = get_language() or "zh"
        fields = {f"values.{fault.field}": [fault.sentence(language)] for fault in error.faults}
        raise Invalid(fields, _("Some fields need to be corrected.")) from error
    if not changes:
        raise Invalid(
            {"values": [_("Nothing was changed; set at least one value.")]}, _("Some fields need to be corrected.")
        )
    return changes


def latest() -> dict[str, Decimal]:
    """The values of the newest version, in force already or from a later day."""
    row = ProcedureVersion.objects.order_by("-number").first()
    stored = {} if row is None else {key: Decimal(number) for key, number in row.values.items()}
    return {**defaults(), **stored}


def put_in_force(changes: Mapping[str, Decimal], start: datetime, reason: str, now: datetime) -> int:
    """Add the version that follows the newest one; returns its number."""
    newest = ProcedureVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    values = {key: str(number) for key, number in {**latest(), **changes}.items()}
    ProcedureVersion.objects.create(
        number=newest + 1, effective_from=start, values=values, reason=reason, created_at=now
    )
    return newest + 1
