"""What departments declare that they do, and how well listings fit it (clauses 2.1.1, 1.3.1)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.acquisition.models import Listing, ScopeVersion
from jiedan.acquisition.queries import open_orders_up_to, root_department
from jiedan.acquisition.routing_facts import plain_region
from jiedan.core.fit import Fit, Scope, Wanted, fit
from jiedan.core.lifecycle import ListingStage
from jiedan.core.screening import STANDARD, Entry, Text, screen
from jiedan.core.worktime import WorkCalendar
from jiedan.kernel import rules
from jiedan.kernel.errors import Refused
from jiedan.orders import access
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Department

FAR = 366
"""Days ahead up to which working days are counted."""


def _standard() -> Sequence[Entry]:
    return STANDARD


SCREENING: list[Callable[[], Sequence[Entry]]] = [_standard]
"""Where the company's screening list is read, the last one in force; the room that keeps the list puts its reader here."""


@dataclass(slots=True)
class Judge:
    """The scopes, loads, list and calendar of one moment, read once for as many listings as there are.

    A load is counted no further than the largest number of open orders that a department declares.
    """

    scopes: dict[int, Scope]
    loads: dict[int, int]
    entries: Sequence[Entry]
    calendar: WorkCalendar
    today: date
    _days: dict[date, int] = field(default_factory=dict)

    @classmethod
    def of(cls, departments: Collection[int] | None, now: datetime) -> "Judge":
        """For these departments; for every one in use when None."""
        scopes = in_force(departments)
        limits = {pk: scope.most_open for pk, scope in scopes.items() if scope.most_open is not None}
        loads = open_orders_up_to(limits, max(limits.values(), default=0))
        return cls(scopes, loads, SCREENING[-1](), rules.in_force(now).calendar, localtime(now).date())

    def fit(self, listing: Listing, department: int | None = None) -> Fit:
        """How well the listing fits its department, or another one."""
        where = listing.department_id if department is None else department
        wanted = Wanted(
            f"{listing.summary}\n{listing.details}",
            listing.category,
            listing.budget,
            None if listing.needed_on is None else self._workdays(listing.needed_on),
            plain_region(listing.region),
        )
        hits = screen(_texts(listing), self.entries)
        return fit(wanted, self.scopes.get(where, Scope()), self.loads.get(where, 0), hits)

    def best(self, listing: Listing) -> tuple[int | None, dict[int, int]]:
        """The department that the listing fits best, if it fits any at all, and the score of each."""
        found = {pk: self.fit(listing, pk) for pk in sorted(self.scopes) if pk not in listing.passed}
        scores = {pk: one.score for pk, one in found.items() if one.score}
        fits = [pk for pk in scores if _is_its_business(found[pk])]
        where = max(fits, key=lambda pk: (scores[pk], -self.loads.get(pk, 0), -pk), default=None)
        return where, scores

    def _workdays(self, wanted: date) -> int:
        if wanted not in self._days:
            span = min((wanted - self.today).days, FAR)
            days = (self.today + timedelta(days=n) for n in range(1, span + 1))
            self._days[wanted] = sum(1 for day in days if self.calendar.windows_on(day))
        return self._days[wanted]


def pass_on(listing: Listing, now: datetime) -> Department:
    """The listing is not for its department: where it goes now, the best of the others or the company itself."""
    listing.passed = [*listing.passed, listing.department_id]
    judge = Judge.of(None, now)
    where, _scores = judge.best(listing)
    listing.department = root_department() if where is None else Department.objects.get(pk=where)
    listing.score = score_of(judge.fit(listing))
    return listing.department


def _is_its_business(found: Fit) -> bool:
    # The first reason is the category: what is of another trade isn't given to a department for its price alone.
    return found.reasons[0].share is None or found.reasons[0].share > 0


def _texts(listing: Listing) -> Iterable[Text]:
    yield Text(_("what is wanted"), listing.summary)
    yield Text(_("details"), listing.details)
    yield Text(_("category"), listing.category, category=True)


def newest(departments: Collection[int] | None = None) -> dict[int, ScopeVersion]:
    """The version in force of each of these departments that declared one; of every one in use when None."""
    rows = ScopeVersion.objects.filter(department__is_active=True).select_related("by")
    if departments is not None:
        rows = rows.filter(department__in=sorted(departments))
    return {row.department_id: row for row in rows.order_by("department", "number")}


def in_force(departments: Collection[int] | None = None) -> dict[int, Scope]:
    """What each of these departments declares."""
    return {pk: Scope.read(row.scope) for pk, row in newest(departments).items()}


def put_in_force(
    department: Department, scope: Scope, reason: str, by: int | None, now: datetime, based_on: int | None
) -> int:
    """Add the version that follows the newest (the procedure's row is locked meanwhile), and judge what is open anew.

    Returns its number. Raises Refused (`scope_changed`) when the scope was made from another version than the newest.
    """
    present = newest([department.pk]).get(department.pk)
    number = 0 if present is None else present.number
    if based_on is not None and based_on != number:
        sentence = _("Version %(n)d was put in force meanwhile. Compare it with yours, then decide.") % {"n": number}
        raise Refused(sentence, "scope_changed")
    ScopeVersion.objects.create(
        department=department, number=number + 1, scope=scope.kept(), reason=reason, by_id=by, created_at=now
    )
    _judge_anew(department, now)
    return number + 1


def _judge_anew(department: Department, now: datetime) -> None:
    judge = Judge.of([department.pk], now)
    rows = access.visible(SYSTEM, Listing).filter(department=department, stage=ListingStage.OPEN)
    changed = []
    for listing in rows.iterator(1000):
        score = score_of(judge.fit(listing))
        if score != listing.score:
            listing.score = score
            changed.append(listing)
    access.visible(SYSTEM, Listing).bulk_update(changed, ["score"], batch_size=500)


def score_of(found: Fit) -> int:
    """The score as a listing keeps it."""
    return -1 if found.score is None else found.score
