"""The versions of the routing rules with who put them in force, when and why, from the ledger (clause 1.3.4)."""

import json
from dataclasses import dataclass
from datetime import datetime

from jiedan.acquisition.models import RoutingVersion
from jiedan.kernel.models import Record

NEWEST = 50


@dataclass(frozen=True, slots=True)
class Edition:
    """A version as the history lists it; `by` is "" for one that was there when the company was set up."""

    number: int
    rules: int
    by: str
    at: datetime
    reason: str


def editions() -> list[Edition]:
    """The newest versions, the one in force first; two queries."""
    rows = list(RoutingVersion.objects.order_by("-number")[:NEWEST])
    told = _told()
    return [_edition(row, *told.get(row.number, ("", row.created_at, row.reason))) for row in rows]


def _edition(row: RoutingVersion, by: str, at: datetime, reason: str) -> Edition:
    return Edition(row.number, len(row.rules), by, at, reason)


def _told() -> dict[int, tuple[str, datetime, str]]:
    found = {}
    for record in Record.objects.filter(action="acquisition.set_routing").order_by("-entered_at")[:NEWEST]:
        body = json.loads(record.body)
        facts = body["facts"]
        found[facts["version"]] = (body["actor_name"], record.entered_at, facts["reason"])
    return found
