"""What programs are told: every field listed here on purpose, personal data only masked (S-35, P-01)."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from jiedan.acquisition import changes
from jiedan.acquisition.models import Listing
from jiedan.kernel import clocks
from jiedan.kernel.models import Attempt, Deadline, Record
from jiedan.kernel.naming import clause_title, stage_title
from jiedan.kernel.offers import Offer
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from jiedan.people.subject import Subject
from jiedan.portal.shown import LinkRow
from jiedan.resources.entry import hours_of
from jiedan.resources.models import Equipment, Item

ORDER = (
    "channel", "shop", "external_id", "kind", "summary", "placed_at", "paid_at", "received_at", "accepted_at",
    "promised_on", "requirements", "payment_terms", "buyer_remark", "goods_amount", "freight", "tax", "discount",
    "total", "receiver_masked", "phone_masked", "region", "routed_by",
)  # fmt: skip
LISTING = (
    "channel", "shop", "external_id", "summary", "details", "category", "budget", "posted_at", "needed_on", "valid_until", "region",
    "claimed_at", "score", "next_step", "next_on",
)  # fmt: skip
ITEM = (
    "code", "name", "kind", "category", "unit", "list_price", "lead_days", "equipment", "on_hand", "counted_at",
)  # fmt: skip


def subject(found: Subject) -> dict[str, Any]:
    """What every subject has, and what its kind adds."""
    base = {
        "ref": found.ref,
        "type": found.KIND,
        "stage": found.stage,
        "stage_title": stage_title(found.KIND, found.stage),
        "version": found.version,
        "due_at": found.due_at,
    }
    more = _MORE.get(found.KIND)
    return plain(base | (more(found) if more else {name: getattr(found, name) for name in found.TOLD}))


def _order(order: Any) -> dict[str, Any]:
    more = {name: getattr(order, name) for name in ORDER}
    more["department"] = {"id": order.department_id, "name": order.department.name}
    more["accepted_by"] = order.accepted_by.name if order.accepted_by else None
    more["customer"] = order.customer.name_masked
    return more


def _listing(listing: Any) -> dict[str, Any]:
    more = {name: getattr(listing, name) for name in LISTING}
    more["department"] = {"id": listing.department_id, "name": listing.department.name}
    more["claimed_by"] = listing.claimed_by.name if listing.claimed_by else None
    return more


def _staff(staff: Any) -> dict[str, Any]:
    department = {"id": staff.department_id, "name": staff.department.name}
    return {"number": staff.number, "name": staff.name, "is_active": staff.is_active, "department": department}


def _item(item: Any) -> dict[str, Any]:
    more = {name: getattr(item, name) for name in ITEM}
    more["hours"] = hours_of(item.minutes)
    more["department"] = {"id": item.department_id, "name": item.department.name}
    more["also"] = sorted(row.code for row in item.also.all())
    more["codes"] = sorted(row.code for row in item.codes.all() if row.code != item.code)
    more["skills"] = sorted(row.name for row in item.skills.all())
    return more


def _equipment(piece: Any) -> dict[str, Any]:
    more = {name: getattr(piece, name) for name in ("number", "kind", "name")}
    more["department"] = {"id": piece.department_id, "name": piece.department.name}
    outages = sorted(piece.outages.all(), key=lambda row: row.since)
    more["outages"] = [plain({"since": row.since, "until": row.until, "reason": row.reason}) for row in outages]
    return more


_MORE: dict[str, Callable[[Subject], dict[str, Any]]] = {
    Order.KIND: _order,
    Listing.KIND: _listing,
    Staff.KIND: _staff,
    Item.KIND: _item,
    Equipment.KIND: _equipment,
}

JOINED: dict[str, tuple[str, ...]] = {
    Order.KIND: ("department", "accepted_by", "customer"),
    Listing.KIND: ("department", "claimed_by"),
    Staff.KIND: ("department",),
    Item.KIND: ("department",),
    Equipment.KIND: ("department",),
}
"""What is read along with a list of subjects."""
BESIDE: dict[str, tuple[str, ...]] = {Item.KIND: ("skills", "also", "codes"), Equipment.KIND: ("outages",)}
"""Rows of which each subject has several, read along with a list as well."""


def line(row: Any) -> dict[str, Any]:
    """A position of an order."""
    names = ("number", "sku", "name", "category", "kind", "quantity", "unit_price", "discount", "amount")
    return plain({name: getattr(row, name) for name in names})


def change(order: Order) -> dict[str, Any] | None:
    """What the platform says otherwise and nobody has decided on; `content_hash` is what a decision names."""
    found = changes.pending(order)
    if found is None:
        return None
    return plain({name: getattr(found, name) for name in ("content_hash", "differs", "noticed_at")})


def offer(found: Offer) -> dict[str, Any]:
    """A step of my role, and why it can't be taken now."""
    text = " ".join(found.action.help.split())
    return {
        "action": found.action.code,
        "title": str(found.action.title),
        "help": _(text),
        "clause": found.action.clause,
        "possible": found.possible,
        "reason": None if found.reason is None else str(found.reason),
    }


def record(row: Record, chain: str | None) -> dict[str, Any]:
    """A ledger record: its text, its hash, its place in the sealed chain."""
    body = json.loads(row.body)
    return {"hash": row.hash, "chain": chain, "clause_title": clause_title(row.clause), **body}


def deadline(row: Deadline) -> dict[str, Any]:
    """A clock and the versions it is judged by."""
    return plain({**clocks.facts(row), "procedure": row.procedure, "calendar": row.calendar, "terms": row.terms})


def link(row: LinkRow) -> dict[str, Any]:
    """A customer's link and what happened behind it."""
    found = {name: getattr(row.link, name) for name in ("id", "purpose", "issued_at", "expires_at")}
    more = {name: getattr(row, name) for name in ("title", "address", "living", "ended", "looked")}
    names = ("at", "what", "detail", "address")
    visits = [plain({name: getattr(visit, name) for name in names}) for visit in row.visits]
    return plain(found | more) | {"visits": visits}


def attempt(row: Attempt) -> dict[str, Any]:
    """A step that was tried and refused."""
    return plain(
        {name: getattr(row, name) for name in ("action", "who", "channel", "status", "code", "sentence", "at")}
    )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Amounts as text, times in ISO 8601."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


def many(rows: Sequence[Subject]) -> list[dict[str, Any]]:
    """A list of subjects."""
    return [subject(row) for row in rows]
