"""制度 and 日历: the clauses with their values, and the working calendar."""

from calendar import Calendar
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jiedan.core import clock
from jiedan.core.procedure import CHAPTERS, CLAUSES, VALUES
from jiedan.core.worktime import WorkCalendar
from jiedan.kernel import rules
from jiedan.kernel.derived import coverage
from jiedan.kernel.models import CalendarVersion, CompanyCalendar, Procedure, ProcedureVersion
from jiedan.kernel.naming import english
from jiedan.kernel.offers import offers
from jiedan.screens.views.base import actor_of, readable

OWN_PAGES = ("acquisition.set_routing", "contract.set_contract_template")
"""Steps that begin on a page of their own, to which this one links."""


@readable("procedure")
def procedure_page(request: HttpRequest) -> HttpResponse:
    """Every clause, with the values it uses and the steps that carry it out; setting values is a form below."""
    actor, now = actor_of(request), clock.now()
    book = Procedure.objects.get(pk=1)
    current = rules.in_force(now).procedure
    served = {row["clause"]: row for row in coverage()}
    chapters = [
        {
            "title": chapter.title_en if english() else chapter.title_zh,
            "number": number,
            "clauses": [_clause(key, current.values, served) for key in CLAUSES if CLAUSES[key].chapter == number],
        }
        for number, chapter in CHAPTERS.items()
    ]
    context = {
        "chapters": chapters,
        "version": current,
        "offers": [offer for offer in offers(book, actor, now) if offer.action.code != "administration.set_values"],
        "can_set": any(
            offer.action.code == "administration.set_values" and offer.possible for offer in offers(book, actor, now)
        ),
        "own_pages": OWN_PAGES,
        "subject": book,
        "address": "/procedure",
        "versions": ProcedureVersion.objects.order_by("-number")[:20],
    }
    return render(request, "screens/procedure.html", context)


def _clause(key: str, values: Any, served: dict[str, Any]) -> dict[str, Any]:
    clause = CLAUSES[key]
    return {
        "id": key,
        "title": clause.title_en if english() else clause.title_zh,
        "sentence": clause.sentence_en if english() else clause.sentence_zh,
        "values": [value_row(name, values.get(name, VALUES[name].default)) for name in clause.values],
        "steps": served[key]["titles"],
    }


def value_row(name: str, number: Decimal) -> dict[str, Any]:
    """One of the company's values as a page shows it."""
    value = VALUES[name]
    title, unit = (value.title_en, value.unit.title_en) if english() else (value.title_zh, value.unit.title_zh)
    return {
        "key": name,
        "title": title,
        "unit": unit,
        "number": number.normalize(),
        "least": value.minimum,
        "most": value.maximum,
    }


@readable("procedure")
def set_values(_request: HttpRequest) -> HttpResponse:
    """The short address of the form that sets the company's values."""
    book = Procedure.objects.get(pk=1)
    return HttpResponseRedirect(f"/procedure/{book.ref}/do/administration.set_values/")


@readable("calendar")
def calendar_page(request: HttpRequest) -> HttpResponse:
    """A year of the working calendar."""
    actor, now = actor_of(request), clock.now()
    current = rules.in_force(now).calendar
    year = _year(request.GET.get("year", ""), localdate(now).year)
    book = CompanyCalendar.objects.get(pk=1)
    context = {
        "year": year,
        "months": [_month(current, year, month, localdate(now)) for month in range(1, 13)],
        "provisional": year in current.provisional,
        "special": [(day, current.days[day]) for day in sorted(current.days) if day.year == year],
        "week": [
            (name, "、".join(map(str, windows)) or _("day off"))
            for name, windows in zip(_weekdays(), current.week, strict=True)
        ],
        "version": current.version,
        "versions": CalendarVersion.objects.order_by("-number")[:20],
        "offers": offers(book, actor, now),
        "subject": book,
        "address": f"/calendar/{book.ref}/",
    }
    return render(request, "screens/calendar.html", context)


def _year(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 2000 <= int(text[:6]) <= 2100):
        raise Http404(text)
    return int(text)


def _weekdays() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def _month(calendar: WorkCalendar, year: int, month: int, today: date) -> dict[str, Any]:
    weeks = [
        [_day(calendar, day, today) if day.month == month else None for day in week]
        for week in Calendar().monthdatescalendar(year, month)
    ]
    return {"title": f"{year}-{month:02d}", "weekdays": _weekdays(), "weeks": weeks}


def _day(calendar: WorkCalendar, day: date, today: date) -> dict[str, Any]:
    override = calendar.days.get(day)
    windows = calendar.windows_on(day)
    kind = "work" if windows else "off"
    mark = ""
    if override is not None:
        kind = "makeup" if windows else "holiday"
        mark = _("work") if windows else _("off")
    return {
        "day": day.day,
        "kind": kind,
        "mark": mark,
        "note": override.note if override else "",
        "today": day == today,
        "date": day,
    }
