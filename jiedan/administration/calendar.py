"""Putting a new version of the working calendar in force."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiedan.core.faults import WrongInput
from jiedan.core.holidays_cn import parse_calendar_csv
from jiedan.core.worktime import DayOverride, WorkCalendar
from jiedan.kernel import rules
from jiedan.kernel.errors import Invalid
from jiedan.kernel.models import CalendarVersion


def parsed(text: str) -> dict[date, DayOverride]:
    """The dates in TEXT. Raises Invalid, naming each wrong line."""
    try:
        return parse_calendar_csv(text)
    except WrongInput as error:
        raise Invalid(
            {"days": error.sentences(get_language() or "zh")}, _("Some fields need to be corrected.")
        ) from error


def newest() -> WorkCalendar:
    """The newest version, read afresh: the step holds the calendar's lock, so nothing follows it meanwhile."""
    return rules.calendar_version(CalendarVersion.objects.order_by("-number").values_list("number", flat=True)[0])


def changed(calendar: WorkCalendar, days: Mapping[date, DayOverride], announced: int | None) -> WorkCalendar:
    """The next version: DAYS replaced, the ANNOUNCED year no longer provisional."""
    provisional = calendar.provisional - ({announced} if announced else set())
    return replace(calendar, version=calendar.version + 1, days={**calendar.days, **days}, provisional=provisional)


def put_in_force(calendar: WorkCalendar, reason: str, now: datetime) -> int:
    """Add the version; returns its number."""
    CalendarVersion.objects.create(number=calendar.version, data=calendar.to_json(), reason=reason, created_at=now)
    return calendar.version
