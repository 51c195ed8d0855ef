"""What every customer may be shown: what they ordered, where it stands, and what we promised by when (1.3.2, 3.4.3).

Rooms above add what they know: parts of the page, and the sentences for their time limits that concern the customer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jiedan.core.deadlines import Status
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, ENDED, OrderStage
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.naming import stage_title
from jiedan.orders.models import Order
from jiedan.portal import purposes
from jiedan.portal.models import Link

PROGRESS: Final = "progress"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page that a room above adds: its template, what that needs, the day of delivery if it knows one."""

    template: str
    context: Mapping[str, Any]
    promised_on: date | None = None


PARTS: Final[list[Callable[[Order], Part | None]]] = []
"""What rooms above add to the page, in the order of the procedure; None while they have nothing to say of the order."""
LIMITS: Final[dict[str, str | Promise]] = {
    "decide_change": _("We answer the change that you asked for"),
}
"""What we owe the customer, by the name of its time limit; others are our own affair. Rooms above add theirs."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that we do by a time: the same time that staff see. Without one while the clock stands still."""

    sentence: str
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage that the order came to, and when."""

    title: str
    at: datetime


def reached(order: Order) -> list[Reached]:
    """The stages of the order in the order in which it came to them; each once, the first time."""
    rows = Record.objects.filter(subject_type=Order.KIND, subject_id=order.pk).order_by("seq")
    first: dict[str, datetime] = {}
    for stage, at in rows.values_list("stage", "at"):
        if stage in AFTER_ACCEPTANCE or stage in ENDED or stage == OrderStage.ROUTED:
            first.setdefault(stage, at)
    return [Reached(stage_title(Order.KIND, stage), at) for stage, at in first.items()]


def owed(order: Order, now: datetime) -> list[Owed]:
    """What we have still to do for the customer, the earliest first."""
    rows = Deadline.objects.filter(subject_type=Order.KIND, subject_id=order.pk, name__in=LIMITS, ended_at=None)
    found = [
        Owed(str(LIMITS[row.name]), None if row.status == Status.PAUSED else row.due_at, _is_over(row, now))
        for row in rows.exclude(status=Status.VOID).order_by("pk")
    ]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))


def context(link: Link, form: purposes.Form) -> Mapping[str, Any]:
    """What the page shows."""
    order = link.order
    parts = [part for make in PARTS if (part := make(order)) is not None]
    agreed = next((part.promised_on for part in parts if part.promised_on is not None), None)
    return {
        "lines": order.lines.order_by("number"),
        "reached": reached(order),
        "owed": owed(order, form.now),
        "parts": parts,
        "promised_on": order.promised_on if order.stage == OrderStage.CONFIRMED else agreed or order.promised_on,
    }


def _is_over(row: Deadline, now: datetime) -> bool:
    return row.status != Status.PAUSED and row.due_at is not None and now >= row.due_at


def register() -> None:
    """Called once, when the application is ready."""
    purposes.register(
        purposes.Purpose(
            PROGRESS,
            _("Progress of the order"),
            "portal/progress.html",
            context,
            asks=_("On this page you see what was agreed, where your order stands, and what we promised by when."),
        )
    )
