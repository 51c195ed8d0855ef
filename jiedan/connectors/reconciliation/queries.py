"""What the page of days and shops shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count

from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation.models import Reconciliation, Run
from jiedan.orders import access
from jiedan.people.actor import SYSTEM, Actor

DAYS = 14
ZERO = Decimal("0.00")


@dataclass(slots=True)
class Cell:
    """A day of a shop as far as the reader may see it; amounts in yuan."""

    shop: Account
    day: date
    rows: list[Reconciliation] = field(default_factory=list)
    compared: bool = False
    error: str = ""

    @property
    def theirs(self) -> tuple[int, Decimal]:
        """Orders on the platform, and their amount."""
        return sum(row.theirs_count for row in self.rows), sum((row.theirs_amount for row in self.rows), ZERO)

    @property
    def ours(self) -> tuple[int, Decimal]:
        """Orders here, and their amount."""
        return sum(row.ours_count for row in self.rows), sum((row.ours_amount for row in self.rows), ZERO)

    @property
    def open(self) -> int:
        """Differences that nobody has mended or explained."""
        return sum(row.open_differences for row in self.rows)

    @property
    def found(self) -> int:
        """Differences that were ever found."""
        return sum(getattr(row, "found", 0) for row in self.rows)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is known of the day."""
        return not (self.rows or self.compared or self.error)

    @property
    def address(self) -> str:
        """Where the differences of the day are."""
        if len(self.rows) == 1:
            return f"/reconciliation/{self.rows[0].ref}/"
        return f"/reconciliation/?shop={self.shop.code}&day={self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Line:
    """A day with a cell for each shop."""

    day: date
    cells: Sequence[Cell]


def shops() -> list[Account]:
    """The shops whose days are compared."""
    return list(access.visible(SYSTEM, Account).exclude(stage="closed").order_by("platform", "name"))


def matrix(actor: Actor, accounts: Sequence[Account], last: date) -> list[Line]:
    """The days up to LAST, newest first, with what ACTOR may see of each, as far back as anything is known; two queries."""
    days = [last - timedelta(days=back) for back in range(DAYS)]
    cells = {(account.pk, day): Cell(account, day) for day in days for account in accounts}
    for row in rows_of(actor, days[-1], last):
        if (row.account_id, row.day) in cells:
            cells[row.account_id, row.day].rows.append(row)
    for run in Run.objects.filter(day__gte=days[-1], day__lte=last).order_by("due_at"):
        cell = cells.get((run.account_id, run.day))
        if cell is not None:
            cell.compared = cell.compared or run.finished_at is not None
            cell.error = run.error
    lines = [Line(day, [cells[account.pk, day] for account in accounts]) for day in days]
    while len(lines) > 1 and all(cell.is_blank for cell in lines[-1].cells):
        lines.pop()
    return lines


def rows_of(actor: Actor, first: date, last: date) -> Iterable[Reconciliation]:
    """The comparisons between two days that ACTOR may see, each with the number of differences found."""
    rows = access.visible(actor, Reconciliation).filter(day__gte=first, day__lte=last)
    return rows.select_related("account", "department").annotate(found=Count("differences")).order_by("pk")
