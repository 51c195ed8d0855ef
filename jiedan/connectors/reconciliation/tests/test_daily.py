"""Every day is compared with the platform over real HTTP: what differs is found, once, and nothing else (clause 6.1.2)."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import Sum

from jiedan.connectors import accounts
from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.pull import pull
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import daily, platform
from jiedan.connectors.reconciliation.models import Difference, Reconciliation, Run
from jiedan.connectors.reconciliation.tests.conftest import CREDENTIALS, DAY, Shop
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Notice, PeriodicTask, Record
from jiedan.kernel.notices import carry_out
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from tests.cast import FRIDAY, Cast, shanghai

SATURDAY = shanghai(9, 19, 2, 5)


def totals() -> tuple[int, Decimal, int, Decimal]:
    names = ("theirs_count", "theirs_amount", "ours_count", "ours_amount")
    found = Reconciliation.objects.filter(day=DAY).aggregate(**{name: Sum(name) for name in names})
    return tuple(found[name] for name in names)  # type: ignore[return-value]


def test_a_day_on_which_nothing_differs_is_clean_with_count_and_amount_of_both_sides(shop: Shop) -> None:
    shop.sells(70)
    assert shop.compared() == []
    amount = Order.objects.aggregate(Sum("total"))["total__sum"]
    assert totals() == (70, amount, 70, amount)
    assert set(Reconciliation.objects.values_list("stage", flat=True)) == {"clean"}
    assert Run.objects.get().finished_at is not None


def test_an_order_that_no_window_of_the_pull_shows_any_more_is_missing_here(shop: Shop) -> None:
    shop.sells(5)
    later = FRIDAY + timedelta(days=2)
    with shop.at(later):
        pull(shop.account.pk)
        (lost,) = shop.adds(1, seed=9)
        pull(shop.account.pk)
    assert Order.objects.count() == 5
    assert shop.compared(later) == [("missing", lost)]
    found = Difference.objects.get()
    assert found.theirs_amount == Decimal(shop.platform.orders[lost]["order_real_price"])
    assert (found.ours_amount, found.order) == (None, None)


def test_an_order_that_the_platform_lost_is_unknown_there(shop: Shop) -> None:
    numbers = shop.sells(5)
    shop.platform.remove(numbers[2])
    assert shop.compared() == [("unknown", numbers[2])]
    assert Difference.objects.get().order == Order.objects.get(external_id=numbers[2])


def test_an_order_that_no_search_shows_is_asked_for_before_it_counts_as_lost(shop: Shop) -> None:
    numbers = shop.sells(5)
    shop.platform.hidden.add(numbers[2])
    assert shop.compared() == []
    assert [row["order_id"] for row in shop.platform.requests if "get" in row["method"]] == [numbers[2]]


def test_another_amount_there_is_found_with_both_amounts(shop: Shop) -> None:
    numbers = shop.sells(3)
    before = Order.objects.get(external_id=numbers[0]).total
    shop.platform.edit(numbers[0], order_real_price=str(before - Decimal("1.50")))
    assert shop.compared() == [("amount", numbers[0])]
    found = Difference.objects.get()
    assert (found.theirs_amount, found.ours_amount) == (before - Decimal("1.50"), before)


def test_cancelled_there_and_open_here_differs(shop: Shop) -> None:
    numbers = shop.sells(3)
    shop.platform.edit(numbers[1], order_status=protocol.CANCELLED)
    assert shop.compared() == [("status", numbers[1])]


def test_cancelled_here_and_open_there_differs(shop: Shop) -> None:
    numbers = shop.sells(3)
    order = Order.objects.get(external_id=numbers[1])
    dispatch("acquisition.cancel_order", SYSTEM, {"reason": "客户来电"}, subject=order)
    assert shop.compared() == [("status", numbers[1])]
    assert (Difference.objects.get().theirs_status, Difference.objects.get().ours_status) == ("paid", "cancelled")


def test_an_order_that_was_shipped_there_meanwhile_is_no_difference(shop: Shop) -> None:
    numbers = shop.sells(3)
    shop.platform.edit(numbers[1], order_status=protocol.SHIPPED)
    shop.platform.edit(numbers[2], order_status=protocol.SIGNED)
    assert shop.compared() == []


def test_an_order_that_cannot_be_read_is_missing_here_and_the_others_are_compared(shop: Shop) -> None:
    numbers = shop.adds(3, seed=4)
    shop.platform.edit(numbers[0], order_real_price="免费")
    pull(shop.account.pk)
    assert shop.compared() == [("missing", numbers[0])]
    assert (Difference.objects.get().theirs_status, Difference.objects.get().theirs_amount) == ("unreadable", None)


def test_comparing_twice_finds_nothing_twice(shop: Shop) -> None:
    numbers = shop.sells(4)
    shop.platform.remove(numbers[0])
    assert shop.compared() == shop.compared() == [("unknown", numbers[0])]
    before = Record.objects.count()
    assert shop.compared(SATURDAY) == [("unknown", numbers[0])]
    assert (Difference.objects.count(), Record.objects.count()) == (1, before)
    assert Run.objects.filter(day=DAY).count() == 2


def test_a_day_that_differs_is_compared_again_the_next_day_until_it_is_consistent(shop: Shop) -> None:
    (late,) = shop.adds(1, seed=5)
    assert shop.compared() == [("missing", late)]
    pull(shop.account.pk)
    assert shop.compared(SATURDAY) == []
    row = Reconciliation.objects.get(day=DAY)
    assert (row.stage, row.differences.get().result) == ("settled", "gone")
    with shop.at(SATURDAY + timedelta(days=1)):
        assert [day for day, _moment in daily.due(shop.account, shop.moment)] == [date(2026, 9, 19)]


def test_a_day_is_due_from_the_companys_hour_on(shop: Shop) -> None:
    account = shop.account
    before, after = shanghai(9, 19, 1, 59), shanghai(9, 19, 2)
    assert [(day.day, moment) for day, moment in daily.due(account, before)] == [(17, shanghai(9, 18, 2))]
    assert [(day.day, moment) for day, moment in daily.due(account, after)] == [(18, after), (17, after)]


@pytest.mark.parametrize("fault", ["error_500", "cut", "malformed", "null", "envelope", "truncated"])
def test_a_platform_that_cannot_be_used_leaves_nothing_behind_and_is_asked_again(shop: Shop, fault: str) -> None:
    numbers = shop.sells(3)
    shop.platform.remove(numbers[0])
    shop.platform.next_faults = ["", "", "", fault]
    assert shop.compared() == []
    run = Run.objects.get()
    assert (run.finished_at, run.tries, "kaola.order.search" in run.error) == (None, 1, True)
    assert Reconciliation.objects.count() == 0
    assert shop.compared() == [("unknown", numbers[0])]
    run.refresh_from_db()
    assert (run.finished_at is not None, run.tries, run.error) == (True, 2, "")


def test_what_another_process_is_comparing_is_left_to_it_until_its_claim_ends(shop: Shop) -> None:
    shop.sells(2)
    ((day, moment),) = daily.due(shop.account, FRIDAY)
    Run.objects.create(
        account=shop.account, day=day, due_at=moment, started_at=FRIDAY, claimed_until=FRIDAY + daily.CLAIM
    )
    assert not daily.compare(shop.account, day, moment)
    assert Reconciliation.objects.count() == 0
    with shop.at(FRIDAY + daily.CLAIM):
        assert daily.compare(shop.account, day, moment)
    assert sum(Reconciliation.objects.values_list("theirs_count", flat=True)) == 2


def test_an_answer_that_goes_wrong_in_form_alone_changes_nothing(shop: Shop) -> None:
    shop.sells(60)
    shop.platform.next_faults = ["strings", "shuffle", "duplicate", "strings"]
    assert shop.compared() == []


def test_each_department_has_its_own_orders_and_its_head_is_told(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(12)
    mine = Order.objects.filter(department=cast.home)[0]
    assert {order.department for order in Order.objects.all()} >= {cast.home, cast.service}
    shop.platform.remove(mine.external_id)
    assert shop.compared() == [("unknown", mine.external_id)]
    assert sum(Reconciliation.objects.values_list("ours_count", flat=True)) == len(numbers)
    row = Reconciliation.objects.get(stage="open")
    assert row.department == cast.home
    carry_out(FRIDAY + timedelta(minutes=1))
    told = Notice.objects.filter(reaction="day_differs").values_list("staff", flat=True)
    assert list(told) == [cast.head.pk]


def test_a_paused_shop_is_not_compared(shop: Shop, cast: Cast) -> None:
    shop.sells(2)
    asked = len(shop.platform.requests)
    shop.account.__class__.objects.update(stage="paused")
    assert shop.compared() == []
    assert (Run.objects.count(), len(shop.platform.requests)) == (0, asked)


def test_one_shop_that_cannot_be_compared_keeps_no_other_from_it(shop: Shop, cast: Cast) -> None:
    shop.sells(2)
    broken = accounts.connect("kaola", "aaa", "坏店", "http://127.0.0.1:9/", CREDENTIALS, FRIDAY)
    Account.objects.filter(pk=broken.pk).update(credentials=b"broken")
    assert shop.compared() == []
    assert Reconciliation.objects.filter(account=shop.account, day=DAY).exists()
    assert "Unreadable" in Run.objects.get(account=broken).error


def test_a_busy_day_asks_the_database_no_more_than_a_quiet_one(
    shop: Shop, django_assert_max_num_queries: object
) -> None:
    shop.sells(120)
    ((day, _moment),) = daily.due(shop.account, FRIDAY)
    with accounts.kaola_client(shop.account) as client, django_assert_max_num_queries(4):  # type: ignore[operator]
        found = platform.read_day(shop.account, day, client)
    assert (len(found.theirs), len(found.ours)) == (120, 120)


def test_the_worker_comes_round_every_ten_minutes(db: None) -> None:
    PeriodicTask.objects.filter(name="reconcile").delete()
    import_module("jiedan.connectors.reconciliation.migrations.0002_every_day").schedule(apps, None)
    task = PeriodicTask.objects.get(name="reconcile")
    module, _dot, name = task.function.rpartition(".")
    assert (module, name, task.every_seconds) == (daily.__name__, daily.round_of_days.__name__, 600)
