"""The company's templates of contracts, version by version, and the drafts that people work on (clause 2.3.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jiedan.contract.models import ContractTemplate, TemplateDraft
from jiedan.core.contract_template import STANDARD, Kind
from jiedan.core.contract_text import Clause
from jiedan.kernel.errors import Refused

MOST = 100
"""Versions that a page lists."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the template for one kind; number 0 is the one that comes with the system."""

    kind: Kind
    number: int
    clauses: tuple[Clause, ...]
    reason: str = ""
    by: str = ""
    created_at: datetime | None = None


def newest(kind: Kind) -> Edition:
    """The template in force."""
    row = _rows(kind).first()
    return Edition(kind, 0, STANDARD[kind]) if row is None else _edition(row)


def edition(kind: str, number: int | None) -> Edition | None:
    """A version by its number; None when there is none."""
    if kind not in set(Kind) or number is None:
        return None
    if number == 0:
        return Edition(Kind(kind), 0, STANDARD[Kind(kind)])
    row = _rows(Kind(kind)).filter(number=number).first()
    return None if row is None else _edition(row)


def editions(kind: Kind) -> list[Edition]:
    """The versions, newest first, down to the one that comes with the system."""
    return [*map(_edition, _rows(kind)[:MOST]), Edition(kind, 0, STANDARD[kind])]


def _rows(kind: Kind) -> QuerySet[ContractTemplate]:
    return ContractTemplate.objects.filter(kind=kind).select_related("by").order_by("-number")


def _edition(row: ContractTemplate) -> Edition:
    clauses = tuple(map(Clause.read, row.clauses))
    return Edition(Kind(row.kind), row.number, clauses, row.reason, row.by.name if row.by else "", row.created_at)


def put_in_force(
    kind: Kind, clauses: Sequence[Clause], reason: str, by: int | None, now: datetime, based_on: int | None
) -> int:
    """Add the version that follows the newest (the procedure's row is locked meanwhile); returns its number.

    Raises Refused (`template_changed`) when it was made from another version than the newest.
    """
    number = newest(kind).number
    if based_on is not None and based_on != number:
        raise Refused(
            _("Version %(n)d was put in force meanwhile. Compare it with yours, then decide.") % {"n": number},
            "template_changed",
        )
    kept = [clause.data() for clause in clauses]
    ContractTemplate.objects.create(kind=kind, number=number + 1, clauses=kept, reason=reason, by_id=by, created_at=now)
    return number + 1


# Drafts ------------------------------------------------------------------------------------------------------------


def draft_of(staff: int, kind: Kind) -> TemplateDraft | None:
    """What this person works on, if anything."""
    return TemplateDraft.objects.filter(staff=staff, kind=kind).first()


def keep_draft(staff: int, kind: Kind, clauses: Sequence[Clause], based_on: int, now: datetime) -> None:
    """Remember a person's draft until it is put in force or dropped."""
    kept = {"clauses": [clause.data() for clause in clauses], "based_on": based_on, "saved_at": now}
    TemplateDraft.objects.update_or_create(staff_id=staff, kind=kind, defaults=kept)


def drop_draft(staff: int, kind: Kind) -> None:
    """Forget a person's draft."""
    TemplateDraft.objects.filter(staff=staff, kind=kind).delete()
