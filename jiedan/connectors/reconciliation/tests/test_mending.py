"""Differences are mended by one click, or explained with a reason (clauses 2.1.2, 6.1.2)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from jiedan.acquisition.models import ChangeNotice
from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.pull import pull
from jiedan.connectors.models import Account, Quarantined
from jiedan.connectors.reconciliation import mending
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.tests.conftest import Shop
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Refused
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Staff
from tests.cast import Cast, acting, logged_in

Commits = Callable[..., Any]


def mend(staff: Staff, number: int | None = None) -> None:
    data = {} if number is None else {"difference": number}
    dispatch("reconciliation.mend_difference", acting(staff), data, subject=Reconciliation.objects.get(stage="open"))


def test_one_click_takes_a_missing_order_in(
    shop: Shop, cast: Cast, django_capture_on_commit_callbacks: Commits
) -> None:
    (lost,) = shop.adds(1, seed=9)
    assert shop.compared() == [("missing", lost)]
    row = Reconciliation.objects.get()
    client: Client = logged_in(cast.decider)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            f"/reconciliation/{row.ref}/do/reconciliation.mend_difference/",
            {"difference": "1", "next": "/reconciliation/"},
        )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/reconciliation/")
    assert Order.objects.get().external_id == lost
    row.refresh_from_db()
    found = Difference.objects.get()
    assert (row.stage, found.state, found.result, found.asked_by) == ("settled", "mended", "taken_in", cast.decider)
    steps = Record.objects.filter(subject_type="reconciliation").order_by("seq").values_list("action", flat=True)
    assert [step.partition(".")[2] for step in steps] == [
        "record_day", "find_differences", "mend_difference", "settle_difference",
    ]  # fmt: skip
    assert shop.compared() == []


def test_all_of_a_day_are_mended_together_each_with_its_own_result(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(4)
    Order.objects.update(department=cast.home)
    shop.platform.edit(numbers[0], order_status=protocol.CANCELLED)
    total = Order.objects.get(external_id=numbers[1]).total + 5
    shop.platform.edit(numbers[1], order_real_price=str(total), express_fee="5.00")
    accepted = Order.objects.get(external_id=numbers[2])
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=accepted)
    lower = accepted.total - Decimal("2.00")
    shop.platform.edit(numbers[2], order_real_price=str(lower))
    kinds = shop.compared()
    assert sorted(kinds) == sorted([("status", numbers[0]), ("amount", numbers[1]), ("amount", numbers[2])])
    mend(cast.taker)
    assert Difference.objects.filter(state="mending").count() == 3
    row = Reconciliation.objects.get(stage="open")
    assert mending.carry_out(row.pk) == 3
    results = dict(Difference.objects.values_list("external_id", "result"))
    assert results == {numbers[0]: "cancelled", numbers[1]: "changed", numbers[2]: "noted"}
    assert Order.objects.get(external_id=numbers[0]).stage == "cancelled"
    assert Order.objects.get(external_id=numbers[1]).total == total
    assert Order.objects.get(external_id=numbers[2]).total == accepted.total
    assert ChangeNotice.objects.get(state="pending").order == accepted
    assert shop.compared() == []


def test_a_platform_that_does_not_answer_leaves_the_difference_open_with_the_reason(shop: Shop, cast: Cast) -> None:
    (lost,) = shop.adds(1, seed=9)
    shop.compared()
    mend(cast.decider)
    shop.platform.next_faults = ["cut"]
    assert mending.carry_out(Reconciliation.objects.get().pk) == 0
    found = Difference.objects.get()
    assert (found.state, found.result, lost in found.detail, "网络" in found.detail) == ("open", "failed", True, True)
    assert Order.objects.count() == 0
    mend(cast.decider)
    assert mending.carry_out(Reconciliation.objects.get().pk) == 1
    assert Order.objects.get().external_id == lost


def test_what_was_asked_for_and_not_done_is_done_by_the_next_round(shop: Shop, cast: Cast) -> None:
    shop.adds(1, seed=9)
    shop.compared()
    mend(cast.decider)
    assert Order.objects.count() == 0
    assert shop.compared() == []
    assert Order.objects.count() == 1


def test_an_order_that_cannot_be_read_is_set_aside_and_stays_different(shop: Shop, cast: Cast) -> None:
    (lost,) = shop.adds(1, seed=9)
    shop.platform.edit(lost, order_real_price="免费")
    shop.compared()
    mend(cast.decider)
    assert mending.carry_out(Reconciliation.objects.get().pk) == 0
    assert "order_real_price" in Difference.objects.get().detail
    assert Quarantined.objects.get().external_id == lost


def test_a_difference_is_mended_once_however_often_it_is_carried_out(shop: Shop, cast: Cast) -> None:
    shop.adds(1, seed=9)
    shop.compared()
    mend(cast.decider)
    key = Reconciliation.objects.get().pk
    assert [mending.carry_out(key), mending.carry_out(key)] == [1, 0]
    assert Record.objects.filter(action="reconciliation.settle_difference").count() == 1


def test_cancelled_here_alone_can_only_be_explained(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(1)
    dispatch("acquisition.cancel_order", SYSTEM, {"reason": "客户来电"}, subject=Order.objects.get())
    assert shop.compared() == [("status", numbers[0])]
    before = Record.objects.count()
    with pytest.raises(Refused, match="DZ"):
        mend(cast.decider)
    assert (Record.objects.count(), Difference.objects.get().state) == (before, "open")


def test_an_explained_difference_stays_explained_until_it_is_another(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(2)
    shop.platform.remove(numbers[0])
    shop.compared()
    row = Reconciliation.objects.get(stage="open")
    given = {"difference": 1, "reason": "平台清理了测试单"}
    dispatch("reconciliation.explain_difference", acting(cast.decider), given, subject=row)
    assert shop.compared() == []
    found = Difference.objects.get()
    assert (found.state, found.detail, found.asked_by) == ("explained", "平台清理了测试单", cast.decider)
    assert Reconciliation.objects.get(pk=row.pk).stage == "settled"


def test_a_settled_difference_cannot_be_explained_again(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(2)
    Order.objects.update(department=cast.home)
    for number in numbers:
        shop.platform.remove(number)
    shop.compared()
    row = Reconciliation.objects.get(stage="open")
    given = {"difference": 1, "reason": "测试单"}
    dispatch("reconciliation.explain_difference", acting(cast.head), given, subject=row)
    with pytest.raises(Refused, match="1"):
        dispatch("reconciliation.explain_difference", acting(cast.head), given, subject=row)
    assert Reconciliation.objects.get(pk=row.pk).open_differences == 1


def test_the_taker_of_another_department_mends_nothing(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(2)
    Order.objects.update(department=cast.home)
    shop.platform.remove(numbers[0])
    shop.compared()
    with pytest.raises(Forbidden):
        mend(cast.outsider)
    assert Difference.objects.get().state == "open"


def test_a_mended_difference_that_comes_back_is_open_again(shop: Shop, cast: Cast) -> None:
    numbers = shop.sells(1)
    before = str(Order.objects.get().total)
    shop.platform.edit(numbers[0], order_real_price=str(Decimal(before) - 1))
    shop.compared()
    mend(cast.decider)
    mending.carry_out(Reconciliation.objects.get().pk)
    shop.platform.edit(numbers[0], order_real_price=str(Decimal(before) - 2))
    assert shop.compared() == [("amount", numbers[0])]
    found = Difference.objects.get()
    assert (found.state, found.theirs_amount) == ("open", Decimal(before) - 2)
    assert Reconciliation.objects.get().stage == "open"


def test_a_shop_whose_address_is_wrong_says_so_at_the_difference(shop: Shop, cast: Cast) -> None:
    shop.adds(1, seed=9)
    shop.compared()
    mend(cast.decider)
    Account.objects.update(address="ftp://nowhere/")
    assert mending.carry_out(Reconciliation.objects.get().pk) == 0
    assert "https" in Difference.objects.get().detail
    pull(Account.objects.get().pk)
    assert Order.objects.count() == 0


def test_what_the_pull_brought_meanwhile_is_settled_without_a_second_order(shop: Shop, cast: Cast) -> None:
    shop.adds(1, seed=9)
    shop.compared()
    pull(shop.account.pk)
    mend(cast.decider)
    assert mending.carry_out(Reconciliation.objects.get().pk) == 1
    assert (Difference.objects.get().result, Order.objects.count()) == ("same", 1)
    assert Difference.objects.get().order == Order.objects.get()


def test_once_the_platform_does_not_answer_it_is_not_asked_for_the_others(shop: Shop, cast: Cast) -> None:
    shop.adds(3, seed=9)
    shop.compared()
    row = Reconciliation.objects.get(department=cast.home)
    count = row.differences.count()
    assert count > 1
    dispatch("reconciliation.mend_difference", acting(cast.decider), {}, subject=row)
    asked = len(shop.platform.requests)
    shop.platform.next_faults = ["cut"]
    assert mending.carry_out(row.pk) == 0
    assert len(shop.platform.requests) == asked + 1
    assert row.differences.filter(state="open", result="failed").count() == count
