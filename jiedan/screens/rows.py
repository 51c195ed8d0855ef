"""Orders as rows of a list: the words of each, read without making whole orders of them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.timezone import localtime

from jiedan.core.money import format_yuan
from jiedan.core.worktime import WorkCalendar
from jiedan.kernel.models import Deadline
from jiedan.orders.models import Order
from jiedan.screens.countdown import Timing, badge

_COLUMNS = (
    "pk", "received_at", "stage", "version", "department_id", "department__name", "shop", "summary",
    "receiver_masked", "phone_masked", "total", "due_at",
)  # fmt: skip


def order_rows(orders: QuerySet[Order]) -> list[dict[str, Any]]:
    """What lists show of ORDERS."""
    return [_row(*values) for values in orders.values_list(*_COLUMNS)]


def _row(
    pk: int, received_at: datetime, stage: str, version: int, department_id: int, department: str, shop: str,
    summary: str, receiver: str, phone: str, total: Decimal, due_at: datetime | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "pk": pk,
        "ref": Order.ref_of(pk, received_at),
        "stage": stage,
        "version": version,
        "department_id": department_id,
        "department": department,
        "shop": shop,
        "summary": summary,
        "customer": f"{receiver} {phone}",
        "total": format_yuan(total),
        "received": f"{localtime(received_at):%m-%d %H:%M}",
        "due_at": due_at,
    }


def add_clocks(now: datetime, calendar: WorkCalendar, *lists: Sequence[dict[str, Any]]) -> None:
    """Put the badge of its earliest open deadline beside each order (None without one): one query for all LISTS."""
    rows = [row for found in lists for row in found]
    if not rows:
        return
    running = Deadline.objects.filter(
        subject_type=Order.KIND, subject_id__in={row["pk"] for row in rows}, ended_at=None
    )
    latest_first = running.order_by(F("due_at").desc(nulls_first=True))
    timings = latest_first.values_list("subject_id", "status", "due_at", "warn_at")
    badges = {key: badge(Timing(status, due, warn), now, calendar) for key, status, due, warn in timings}
    for row in rows:
        row["clock"] = badges.get(row["pk"])
