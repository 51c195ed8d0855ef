"""The same day compared, and the same difference mended, by several at the same moment: everything is there once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from jiedan.acquisition import identity
from jiedan.connectors.kaola import simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.simulator import Platform
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import mending
from jiedan.connectors.reconciliation.comparing import Day, Theirs
from jiedan.connectors.reconciliation.keeping import keep
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast
from tests.concurrency.together import together
from tests.every_action.reconciled import reconciliation_at, shop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]
DAY = date(2026, 9, 17)


def _keeping(account: Account, department: int, day: date = DAY) -> Callable[[], str]:
    theirs = {f"K{n}": Theirs(f"K{n}", Decimal("398.00"), "paid", department) for n in range(5)}
    return lambda: str(keep(account, day, Day("platform", theirs, {}, frozenset(theirs), frozenset()), FRIDAY))


def test_a_day_that_four_compare_at_once_has_each_difference_once(cast: Cast) -> None:
    account = shop()
    for n in range(1, 7):
        results = together([_keeping(account, cast.home.pk, date(2026, 9, n))] * 4)
        assert results == {"5": 4}
    assert (Reconciliation.objects.count(), Difference.objects.count()) == (6, 30)
    assert Record.objects.filter(action="reconciliation.find_differences").count() == 6


def test_without_holding_the_day_comparisons_get_in_each_others_way(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Positive control; the constraint stands behind it, so that even then nothing is there twice.
    monkeypatch.setattr(identity, "hold", lambda _names: None)
    account, refused = shop(), 0
    for n in range(1, 13):
        results = together([_keeping(account, cast.home.pk, date(2026, 9, n))] * 4)
        refused += sum(count for result, count in results.items() if result != "5")
    assert refused > 0
    assert Difference.objects.count() <= 60


def test_a_difference_that_four_mend_at_once_brings_one_order(cast: Cast) -> None:
    platform = Platform(now=lambda: FRIDAY)
    (raw,) = make_orders(1, seed=3, until=FRIDAY)
    platform.add(raw)
    credentials = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET, "access_token": simulator.TOKEN}
    with simulator.running(platform) as (address, _same):
        row = reconciliation_at("open", cast.home.pk, external_id=raw["order_id"])
        account = shop(address, credentials)
        assert account.pk == row.account_id
        row.differences.update(state=Difference.MENDING)
        together([lambda: str(mending.carry_out(row.pk))] * 4)
    assert (Order.objects.count(), Difference.objects.get().state) == (1, "mended")
    assert Record.objects.filter(action="reconciliation.settle_difference").count() == 1
