"""The other side of a day where nobody can be asked: our own acknowledged messages, or the sender's statement."""

from datetime import date
from decimal import Decimal

from jiedan.acquisition.intake import Outcome
from jiedan.acquisition.queries import root_department
from jiedan.connectors.models import Account, Message
from jiedan.connectors.reconciliation import ours
from jiedan.connectors.reconciliation.comparing import CANCELLED, Day, Ours, Theirs, bounds
from jiedan.connectors.reconciliation.entry import Found
from jiedan.connectors.reconciliation.models import Statement
from jiedan.core.lifecycle import OrderStage


def read_day(account: Account, day: date) -> Day:
    """Both sides of a day."""
    statement = Statement.objects.filter(account=account, day=day).first()
    if statement is None:
        return _by_messages(account, day)
    return _by_total(account, statement) if statement.ids is None else _by_numbers(account, statement, statement.ids)


def _by_messages(account: Account, day: date) -> Day:
    """Every order that we acknowledged is here, and every order here was sent to us."""
    start, end = bounds(day)
    counted = ours.received_on(account, day)
    created = Message.objects.filter(account=account, outcome=Outcome.CREATED.value, listing=None)
    of_day = created.filter(received_at__gte=start, received_at__lt=end)
    numbers = set(of_day.exclude(order=None).values_list("order__external_id", flat=True))
    known = counted | ours.numbered(account, numbers - set(counted))
    # A message of the last moment may stand on the next day.
    keys = {row.pk: row.external_id for row in counted.values() if row.external_id not in numbers}
    for part in _parts(sorted(keys)):
        sent = created.filter(order__in=part).values_list("order", flat=True)
        numbers |= {keys[key] for key in sent if key is not None}
    root = root_department().pk
    lost = [
        (root, Found(kind="missing", external_id=message_id or f"#{key}", theirs_status="paid"))
        for key, message_id in of_day.filter(order=None).values_list("pk", "message_id")
    ]
    theirs = {number: _same(known[number]) for number in numbers if number in known}
    return Day("messages", theirs, known, frozenset(theirs) & frozenset(counted), frozenset(counted), lost)


def _parts(keys: list[int]) -> list[list[int]]:
    return [keys[start : start + ours.AT_ONCE] for start in range(0, len(keys), ours.AT_ONCE)]


def _by_numbers(account: Account, statement: Statement, numbers: list[str]) -> Day:
    """The sender named the orders: those alone are compared, and then the totals."""
    counted = ours.paid_on(account, statement.day)
    known = counted | ours.numbered(account, set(numbers) - set(counted))
    root = root_department().pk
    theirs = {
        number: _same(known[number]) if number in known else Theirs(number, None, "paid", root) for number in numbers
    }
    amount = sum((known[number].amount for number in theirs if number in known), Decimal("0.00"))
    more = []
    if set(theirs) <= set(known):
        more = _total(statement, len(theirs), amount, root)
    return Day("statement", theirs, known, frozenset(theirs), frozenset(counted), more)


def _by_total(account: Account, statement: Statement) -> Day:
    """The sender told the totals only: they are compared, and stand with the company."""
    counted = ours.paid_on(account, statement.day)
    amount = sum((row.amount for row in counted.values()), Decimal("0.00"))
    theirs = {number: _same(row) for number, row in counted.items()}
    more = _total(statement, len(counted), amount, root_department().pk)
    return Day("statement", theirs, counted, frozenset(theirs), frozenset(counted), more)


def _total(statement: Statement, count: int, amount: Decimal, root: int) -> list[tuple[int, Found]]:
    if (statement.count, statement.amount) == (count, amount):
        return []
    there, here = f"{statement.count}", f"{count}"
    return [
        (root, Found(kind="total", external_id=f"{there} / {here}", theirs_amount=statement.amount, ours_amount=amount))
    ]


def _same(here: Ours) -> Theirs:
    status = CANCELLED if here.stage == OrderStage.CANCELLED else "paid"
    return Theirs(here.external_id, here.amount, status, here.department)
