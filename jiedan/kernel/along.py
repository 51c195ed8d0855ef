"""What a page wants to know beside its subject, read in the subject's own query: the rules in force, and its reader.

The answers stand on the row under the names given here; `rules_beside` and `receipts.first_read` find them there, and
ask the database where nobody read them along.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.expressions import RawSQL

from jiedan.kernel import rules
from jiedan.kernel.models import ReadReceipt
from jiedan.kernel.receipts import beside
from jiedan.kernel.rules import Rules
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject

_PROCEDURE, _CALENDAR = "rules_procedure", "rules_calendar"


def along(actor: Actor, kind: str, now: datetime) -> dict[str, Any]:
    """The expressions to annotate a query of one subject of this KIND with."""
    procedure, calendar = rules.NUMBERS
    moment = connection.ops.adapt_datetimefield_value(now)
    found: dict[str, Any] = {
        _PROCEDURE: RawSQL(procedure.format(moment="%s"), [moment], IntegerField()),  # noqa: S611 - a constant
        _CALENDAR: RawSQL(calendar, [], IntegerField()),  # noqa: S611 - a constant
    }
    if actor.staff_id is not None:
        mine = ReadReceipt.objects.filter(staff=actor.staff_id, subject_type=kind, subject_id=OuterRef("pk"))
        found[beside(actor)] = Subquery(mine.values("first_at")[:1])
    return found


def rules_beside(subject: Subject, now: datetime) -> Rules:
    """The rules in force at NOW, for which the subject was read."""
    known = vars(subject)
    if _PROCEDURE not in known:
        return rules.in_force(now)
    return rules.by_numbers(known[_PROCEDURE], known[_CALENDAR])
