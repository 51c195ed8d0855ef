"""Pulling orders from the simulated platform over real HTTP into the database (clause 2.1.2)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from jiedan.connectors import accounts
from jiedan.connectors.kaola import protocol, simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.pull import pull
from jiedan.connectors.kaola.simulator import Platform
from jiedan.connectors.models import Account, Quarantined, Refund
from jiedan.core import clock
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast

CREDENTIALS = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET, "access_token": simulator.TOKEN}


@pytest.fixture
def platform(cast: Cast) -> Iterator[Platform]:
    # The simulator answers in threads of its own, where the test's clock isn't set.
    with simulator.running(Platform(now=lambda: FRIDAY)) as (address, found):
        accounts.connect("kaola", "hangzhou", "考拉杭州店", address, CREDENTIALS, clock.now())
        yield found


def account() -> Account:
    return Account.objects.get()


def test_every_order_is_there_once_however_often_it_is_pulled(platform: Platform) -> None:
    for order in make_orders(60, seed=3, until=FRIDAY - timedelta(minutes=5)):
        platform.add(order)
    first, second = pull(account().pk), pull(account().pk)
    assert (first["created"], first["unusable"], second["created"]) == (60, 0, 0)
    assert set(Order.objects.values_list("external_id", flat=True)) == set(platform.orders)
    assert account().high_water == FRIDAY - timedelta(minutes=1)


def test_a_cancel_on_the_platform_cancels_the_order_here(platform: Platform) -> None:
    (raw,) = make_orders(1, seed=4, until=FRIDAY - timedelta(minutes=5))
    platform.add(raw)
    pull(account().pk)
    platform.cancel(raw["order_id"], protocol.CANCEL_ASKED, FRIDAY - timedelta(minutes=3))
    pull(account().pk)
    assert Order.objects.get().stage == "cancelling"
    platform.cancel(raw["order_id"], protocol.CANCELLED, FRIDAY - timedelta(minutes=2))
    pull(account().pk)
    assert Order.objects.get().stage == "cancelled"


def test_a_change_before_acceptance_is_taken_over_with_a_record(platform: Platform) -> None:
    (raw,) = make_orders(1, seed=5, until=FRIDAY - timedelta(minutes=5))
    platform.add(raw)
    pull(account().pk)
    platform.edit(raw["order_id"], order_buyer_remark="改送公司地址")
    assert pull(account().pk)["changed"] == 1
    assert Order.objects.get().buyer_remark == "改送公司地址"
    assert Record.objects.filter(action="acquisition.update_order").count() == 1


@pytest.mark.parametrize("fault", ["error_500", "cut", "malformed", "null", "envelope"])
def test_a_useless_answer_is_told_and_moves_no_mark(platform: Platform, fault: str) -> None:
    for order in make_orders(3, seed=6, until=FRIDAY - timedelta(minutes=5)):
        platform.add(order)
    platform.next_faults = [fault]
    assert pull(account().pk) == {"failed": 1}
    assert (account().high_water, account().failures) == (None, 1)
    assert "kaola.order.search" in account().last_error
    assert Order.objects.count() == 0
    assert pull(account().pk)["created"] == 3
    assert (account().failures, account().last_error) == (0, "")


@pytest.mark.parametrize("fault", ["strings", "duplicate", "shuffle"])
def test_oddly_written_answers_still_give_each_order_once(platform: Platform, fault: str) -> None:
    for order in make_orders(8, seed=7, until=FRIDAY - timedelta(minutes=5)):
        platform.add(order)
    platform.next_faults = [fault] * 4
    assert pull(account().pk)["created"] == 8


def test_an_order_that_lacks_its_price_is_set_aside_and_the_others_go_on(platform: Platform) -> None:
    orders = make_orders(4, seed=8, until=FRIDAY - timedelta(minutes=5))
    orders[1]["order_real_price"] = None
    for order in orders:
        platform.add(order)
    result = pull(account().pk)
    assert result["created"] == 3
    kept = Quarantined.objects.get()
    assert (kept.external_id, "order_real_price 缺失" in kept.reason_zh) == (orders[1]["order_id"], True)
    assert orders[1]["receiver_name"].encode() not in bytes(kept.sealed)
    platform.edit(orders[1]["order_id"], order_real_price=orders[1]["order_origin_price"])
    pull(account().pk)
    assert Order.objects.count() == 4
    assert Quarantined.objects.filter(stage="waiting").count() == 0


@pytest.mark.usefixtures("cast")
def test_an_order_whose_row_came_bent_is_asked_for_by_itself_and_nothing_waits_for_anybody(platform: Platform) -> None:
    for order in make_orders(3, seed=12, until=FRIDAY - timedelta(minutes=5)):
        platform.add(order)
    # Every search is bent; what is asked for by itself has no rows to bend.
    platform.next_faults = ["missing"] * 60
    run = pull(account().pk)
    assert (run["created"], run["unusable"], Order.objects.count()) == (3, 0, 3)
    assert set(Quarantined.objects.values_list("stage", "cause")) == {("settled", "unreadable")}


def a_refund(platform: Platform, **changes: object) -> str:
    (raw,) = make_orders(1, seed=11, until=FRIDAY - timedelta(minutes=5))
    platform.add(raw)
    return platform.ask_refund(raw["order_id"], "R1", FRIDAY - timedelta(hours=1), **changes)


def test_refunds_are_kept_sealed_for_later(platform: Platform) -> None:
    a_refund(platform, user_name="张三丰")
    pull(account().pk)
    pull(account().pk)
    refund = Refund.objects.get()
    (order,) = platform.orders
    assert (refund.refund_id, refund.order_external_id, refund.status) == ("R1", order, "1")
    assert "张三丰".encode() not in bytes(refund.sealed)
    assert Quarantined.objects.count() == 0


def test_a_refund_that_cannot_be_read_is_set_aside_in_both_languages_until_a_good_one_comes(platform: Platform) -> None:
    a_refund(platform, refund_fee="NaN", user_name="张三丰")
    assert pull(account().pk)["unusable"] == 1
    assert pull(account().pk)["unusable"] == 1
    kept = Quarantined.objects.get()
    assert (kept.kind, kept.cause, kept.external_id, kept.times) == ("refund", "refund_unreadable", "refund R1", 2)
    assert ("退款" in kept.reason_zh, "refund_fee" in kept.reason_zh) == (True, True)
    assert ("refund " in kept.reason_en, "refund_fee" in kept.reason_en) == (True, True)
    assert "张三丰".encode() not in bytes(kept.sealed)
    assert (Refund.objects.count(), Order.objects.count()) == (0, 1)
    platform.refunds["R1"]["refund_fee"] = "12.00"
    assert pull(account().pk)["unusable"] == 0
    assert (Refund.objects.get().refund_id, Quarantined.objects.get().stage) == ("R1", "settled")


def test_a_refund_without_its_number_is_set_aside_and_the_orders_go_on(platform: Platform) -> None:
    a_refund(platform)
    platform.refunds["R1"]["refund_id"] = None
    assert (pull(account().pk)["created"], account().failures) == (1, 0)
    assert "refund_id" in Quarantined.objects.get().reason_zh
    assert Refund.objects.count() == 0


def test_a_shipment_is_written_back_once(platform: Platform) -> None:
    (raw,) = make_orders(1, seed=9, until=FRIDAY - timedelta(minutes=5))
    platform.add(raw)
    with accounts.kaola_client(account()) as client:
        assert client.deliver(raw["order_id"], "SF", "SF1234567890")["order_id"] == raw["order_id"]
    assert platform.orders[raw["order_id"]]["order_expresses"] == [
        {"express_company_code": "SF", "express_no": "SF1234567890"}
    ]


def test_a_platform_that_goes_wrong_again_and_again_loses_and_doubles_nothing(platform: Platform) -> None:
    for order in make_orders(40, seed=10, until=FRIDAY - timedelta(minutes=5)):
        platform.add(order)
    platform.faults, platform.stall = 0.05, 0.0
    results = [pull(account().pk) for _ in range(12)]
    assert {"failed": 1} in results
    platform.faults = 0.0
    assert "failed" not in pull(account().pk)
    assert sorted(Order.objects.values_list("external_id", flat=True)) == sorted(platform.orders)


def test_a_poisoned_message_is_set_aside_and_the_mark_moves_on(platform: Platform) -> None:
    orders = make_orders(3, seed=12, until=FRIDAY - timedelta(minutes=5))
    orders[0] |= {"express_fee": "NaN", "order_time": "0001-01-01 00:00:00", "cert_name": "\x01"}
    for order in orders:
        platform.add(order)
    assert (pull(account().pk)["created"], account().failures) == (2, 0)
    reason = Quarantined.objects.get().reason_zh
    assert [name in reason for name in ("express_fee", "order_time", "cert_name")] == [True, True, True]


def test_an_order_cancelled_at_once_is_found_by_its_payment(platform: Platform) -> None:
    (raw,) = make_orders(1, seed=13, until=FRIDAY - timedelta(minutes=5))
    platform.add(raw)
    pull(account().pk)
    platform.edit(raw["order_id"], order_status=protocol.CANCELLED, waiting_cancel_time=None)
    pull(account().pk)
    assert Order.objects.get().stage == "cancelled"


def test_a_busy_day_is_read_from_its_last_page(platform: Platform) -> None:
    for order in make_orders(120, seed=14, until=FRIDAY - timedelta(minutes=5)):
        platform.add(order)
    assert pull(account().pk)["created"] == 120
    asked = [row for row in platform.requests if (row.get("order_status"), row.get("date_type")) == ("1", "1")]
    days: dict[str, list[str]] = {row["start_time"]: [] for row in asked}
    for row in asked:
        days[row["start_time"]].append(row["page_no"])
    assert ["1", "3", "2", "1"] in days.values()
