"""What a platform says otherwise after acceptance: noticed, never a silent overwrite, decided by somebody (2.1.2, 1.3.2)."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jiedan.acquisition import changes
from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver
from jiedan.acquisition.intake import Outcome, take_in
from jiedan.acquisition.models import ChangeNotice
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import notices
from jiedan.kernel.clocks import computed
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Deadline, Notice, Outbox, Record
from jiedan.kernel.timers import sweep
from jiedan.orders.models import Contact, DataKey, Order
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import SYSTEM
from tests.cast import Cast, acting, incoming, order_at, shanghai

LAMP: dict[str, Any] = {
    "number": 1, "sku": "S1", "name": "北欧落地灯", "category": "家居/灯具", "quantity": 2,
    "unit_price": Decimal("199.00"), "amount": Decimal("398.00"),
}  # fmt: skip


def changed(**more: object) -> IncomingOrder:
    return incoming(**more)


def accepted(cast: Cast) -> Order:
    return order_at(OrderStage.ACCEPTED, cast)


def pending() -> ChangeNotice:
    return ChangeNotice.objects.get(state=ChangeNotice.PENDING)


def clocks_of(order: Order) -> list[tuple[int, str, Any]]:
    rows = Deadline.objects.filter(subject_type="order", subject_id=order.pk, name="decide_change").order_by("round")
    return [(row.round, row.status, row.due_at) for row in rows]


def records(order: Order, step: str) -> list[dict[str, Any]]:
    rows = Record.objects.filter(subject_type="order", subject_id=order.pk, action=f"acquisition.{step}")
    return [json.loads(row.body)["facts"] for row in rows.order_by("seq")]


def test_a_change_is_noticed_and_the_order_stays_as_it_was_accepted(cast: Cast) -> None:
    order = accepted(cast)
    assert take_in(changed(promised_on="2026-09-30")) is Outcome.NOTED
    order.refresh_from_db()
    assert (order.promised_on, order.stage) == (None, OrderStage.ACCEPTED)
    notice = pending()
    assert notice.differs == {"fields": {"promised_on": ["", "2026-09-30"]}}
    assert changes.opened(notice) == changed(promised_on="2026-09-30")
    assert notice.content_hash == order.noted_hash == changed(promised_on="2026-09-30").content_hash()


def test_every_kind_of_difference_is_named_with_both_sides_and_nothing_personal(cast: Cast) -> None:
    order = accepted(cast)
    lines = [
        IncomingLine(**LAMP | {"quantity": 3, "amount": Decimal("597.00")}),
        IncomingLine(number=2, sku="S9", name="灯泡", quantity=1, unit_price=Decimal(10), amount=Decimal(10)),
    ]
    receiver = Receiver(name="司马光", phone="13900000000", province="浙江省", city="宁波市", address="中山路 8 号")
    more = {
        "lines": lines,
        "goods_amount": "607.00",
        "total": "607.00",
        "receiver": receiver,
        "buyer_remark": "电话 139",
    }
    take_in(changed(**more))
    sides = {key: str(LAMP[key]) for key in ("name", "category", "quantity", "unit_price", "amount")}
    here = sides | {"kind": "product", "discount": "0.00"}
    assert pending().differs == {
        "fields": {"goods_amount": ["398.00", "607.00"], "total": ["398.00", "607.00"]},
        "texts": ["buyer_remark"],
        "lines": [
            {"line": "S1", "change": "changed", "what": ["quantity", "amount"], "here": here,
             "there": here | {"quantity": "3", "amount": "597.00"}},
            {"line": "S9", "change": "added", "here": None,
             "what": ["name", "category", "kind", "quantity", "unit_price", "discount", "amount"],
             "there": {"name": "灯泡", "category": "", "kind": "product", "quantity": "1", "unit_price": "10.00",
                       "discount": "0.00", "amount": "10.00"}},
        ],
        "personal": ["receiver_address", "receiver_city", "receiver_district", "receiver_name", "receiver_phone"],
        "receiver": ["欧阳* 138****5678 浙江省 杭州市 西湖区", "司马* 139****0000 浙江省 宁波市"],
    }  # fmt: skip
    kept = json.dumps([pending().differs, records(order, "note_change")], ensure_ascii=False)
    for secret in ("司马光", "13900000000", "中山路", "电话 139"):
        assert secret not in kept


def test_a_removed_line_and_the_same_lines_in_another_order(cast: Cast) -> None:
    two = [LAMP, LAMP | {"number": 2, "sku": "S2", "name": "灯罩", "amount": Decimal("398.00")}]
    sums = {"goods_amount": "796.00", "total": "796.00"}
    take_in(incoming(lines=two, **sums))
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=Order.objects.get())
    assert take_in(incoming(lines=[two[1] | {"number": 1}, two[0] | {"number": 2}], **sums)) is Outcome.UNCHANGED
    take_in(incoming())
    (line,) = pending().differs["lines"]
    assert (line["line"], line["change"], line["there"]) == ("S2", "removed", None)


def test_taking_over_brings_the_order_to_what_the_platform_says(cast: Cast) -> None:
    order = accepted(cast)
    receiver = Receiver(name="司马光", phone="13900000000", city="宁波市", address="中山路 8 号")
    lines = [LAMP | {"quantity": 3, "amount": Decimal("597.00")}]
    new = changed(lines=lines, goods_amount="597.00", total="597.00", receiver=receiver, promised_on="2026-09-30")
    take_in(new)
    data = {"content_hash": new.content_hash(), "reason": "客户来电确认，按新单执行"}
    dispatch("acquisition.take_over_change", acting(cast.head), data, subject=order)
    order.refresh_from_db()
    assert (order.total, order.promised_on, order.receiver_masked) == (Decimal("597.00"), date(2026, 9, 30), "司马*")
    assert [(line.sku, line.quantity) for line in order.lines.all()] == [("S1", 3)]
    assert (order.source_hash, order.noted_hash, order.stage) == (new.content_hash(), "", OrderStage.ACCEPTED)
    notice = ChangeNotice.objects.get()
    assert (notice.state, notice.decided_by, notice.reason) == ("taken_over", cast.head, data["reason"])
    (facts,) = records(order, "take_over_change")
    assert facts["reason"] == data["reason"]
    assert facts["differs"]["total"] == ["398.00", "597.00"]
    assert facts["personal_commitment"] != records(order, "receive_order")[0]["personal_commitment"]
    assert take_in(new) is Outcome.UNCHANGED


def test_rejecting_leaves_ours_and_the_same_message_isnt_asked_about_again(cast: Cast) -> None:
    order = accepted(cast)
    new = changed(buyer_remark="改周末")
    take_in(new)
    before = Contact.objects.get(order=order).sealed
    data = {"content_hash": new.content_hash(), "reason": "货已出库，客户同意按原单"}
    dispatch("acquisition.reject_change", acting(cast.taker), data, subject=order)
    order.refresh_from_db()
    assert (order.buyer_remark, bytes(Contact.objects.get(order=order).sealed)) == ("", bytes(before))
    assert ChangeNotice.objects.get().state == "rejected"
    assert records(order, "reject_change")[0]["reason"] == data["reason"]
    assert take_in(new) is Outcome.UNCHANGED
    assert take_in(changed(buyer_remark="改周日")) is Outcome.NOTED


@pytest.mark.parametrize("step", ["take_over_change", "reject_change"])
def test_what_changed_meanwhile_is_decided_by_nobody(cast: Cast, step: str) -> None:
    order = accepted(cast)
    seen, newer = changed(buyer_remark="改周末"), changed(buyer_remark="改周日")
    take_in(seen)
    take_in(newer)
    order.refresh_from_db()
    data = {"content_hash": seen.content_hash(), "reason": "客户同意"}
    with pytest.raises(Refused) as refused:
        dispatch(f"acquisition.{step}", acting(cast.head), data, subject=order)
    assert (refused.value.status, refused.value.code) == (409, "change_outdated")
    after = Order.objects.get()
    assert (after.version, after.buyer_remark, pending().content_hash) == (order.version, "", newer.content_hash())


@pytest.mark.parametrize("step", ["take_over_change", "reject_change"])
def test_without_a_reason_or_by_somebody_else_nothing_is_decided(cast: Cast, step: str) -> None:
    order = accepted(cast)
    take_in(changed(buyer_remark="改周末"))
    order.refresh_from_db()
    data = {"content_hash": pending().content_hash, "reason": " "}
    with pytest.raises(Invalid) as refused:
        dispatch(f"acquisition.{step}", acting(cast.head), data, subject=order)
    assert list(refused.value.fields) == ["reason"]
    for staff in (cast.outsider, cast.other_head, cast.executor, cast.supervisor):
        with pytest.raises(Forbidden):
            dispatch(f"acquisition.{step}", acting(staff), data | {"reason": "同意"}, subject=order)
    assert (Order.objects.get().version, pending().state) == (order.version, "pending")


def test_with_nothing_to_decide_the_step_says_so(cast: Cast) -> None:
    order = accepted(cast)
    with pytest.raises(Refused, match=order.ref):
        dispatch("acquisition.reject_change", acting(cast.head), {}, subject=order)
    order.refresh_from_db()
    assert (order.version, order.stage) == (2, OrderStage.ACCEPTED)


def test_a_second_change_outdates_the_first_and_begins_the_time_anew(cast: Cast) -> None:
    order = accepted(cast)
    take_in(changed(buyer_remark="改周末"))
    with clock.at(shanghai(9, 20, 9, 30)):
        take_in(changed(buyer_remark="改周日"))
    states = list(ChangeNotice.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["outdated", "pending"]
    assert records(order, "note_change")[1]["outdated_change"] == changed(buyer_remark="改周末").content_hash()
    # 2026-09-20 is a working Sunday.
    assert clocks_of(order) == [
        (1, "void", shanghai(9, 20, 10, 30)),
        (2, "running", shanghai(9, 20, 11, 30)),
    ]


def test_a_message_that_says_what_we_have_closes_the_notice(cast: Cast) -> None:
    order = accepted(cast)
    take_in(changed(buyer_remark="改周末"))
    assert take_in(incoming()) is Outcome.UNCHANGED
    order.refresh_from_db()
    assert (ChangeNotice.objects.get().state, order.noted_hash) == ("outdated", "")
    assert [status for _round, status, _due in clocks_of(order)] == ["void"]
    assert len(records(order, "settle_change")) == 1
    assert take_in(incoming()) is Outcome.UNCHANGED
    assert len(records(order, "settle_change")) == 1
    assert take_in(changed(buyer_remark="改周末")) is Outcome.NOTED


def test_a_rejected_change_that_the_platform_took_back_is_new_when_it_comes_again(cast: Cast) -> None:
    order, new = accepted(cast), changed(buyer_remark="改周末")
    take_in(new)
    dispatch(
        "acquisition.reject_change",
        acting(cast.head),
        {"content_hash": new.content_hash(), "reason": "不可行"},
        subject=order,
    )
    take_in(incoming())
    assert take_in(new) is Outcome.NOTED
    assert list(ChangeNotice.objects.order_by("pk").values_list("state", flat=True)) == ["rejected", "pending"]


@pytest.mark.parametrize(("step", "status"), [("take_over_change", "kept"), ("reject_change", "kept")])
def test_the_time_to_decide_ends_with_the_decision(cast: Cast, step: str, status: str) -> None:
    order = accepted(cast)
    take_in(changed(buyer_remark="改周末"))
    assert clocks_of(order) == [(1, "running", shanghai(9, 20, 10, 30))]
    order.refresh_from_db()
    assert order.due_at == shanghai(9, 20, 10, 30)
    data = {"content_hash": pending().content_hash, "reason": "客户同意"}
    with clock.at(shanghai(9, 20, 10, 0)):
        dispatch(f"acquisition.{step}", acting(cast.head), data, subject=order)
    assert clocks_of(order) == [(1, status, shanghai(9, 20, 10, 30))]
    order.refresh_from_db()
    # What is left is the time to evaluate.
    assert order.due_at == shanghai(9, 20, 14, 0)


def test_who_is_told_of_the_change_of_its_limit_and_of_its_end(cast: Cast) -> None:
    accepted(cast)
    Outbox.objects.all().delete()
    take_in(changed(buyer_remark="改周末"))
    with clock.at(shanghai(9, 20, 10, 31)):
        sweep(clock.now())
        take_in(incoming())
        notices.carry_out(clock.now())
    found: dict[str, set[int]] = {}
    for notice in Notice.objects.all():
        found.setdefault(notice.reaction, set()).add(notice.staff_id)
    assert found["order_changed"] == found["deadline_missed"] == found["change_gone"] == {cast.taker.pk, cast.head.pk}


def test_while_a_cancellation_is_decided_the_time_stands_still_and_no_change_is_decided(cast: Cast) -> None:
    order = accepted(cast)
    take_in(changed(buyer_remark="改周末"))
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    assert clocks_of(order) == [(1, "paused", None)]
    data = {"content_hash": pending().content_hash, "reason": "客户同意"}
    with pytest.raises(Refused):
        dispatch("acquisition.take_over_change", acting(cast.head), data, subject=order)
    with clock.at(shanghai(9, 20, 10, 0)):
        dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "货已出库"}, subject=order)
    # None of the two hours was used before the pause.
    assert clocks_of(order) == [(1, "running", shanghai(9, 20, 12, 0))]
    assert pending().state == "pending"


@pytest.mark.parametrize("step", ["refuse_cancel", "withdraw_cancel"])
def test_a_change_that_comes_while_a_cancellation_is_decided_has_its_time_from_when_the_order_goes_on(
    cast: Cast, step: str
) -> None:
    order = accepted(cast)
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    assert take_in(changed(buyer_remark="改周末", status="placed")) is Outcome.NOTED
    assert clocks_of(order) == []
    with clock.at(shanghai(9, 20, 10, 0)):
        dispatch(f"acquisition.{step}", acting(cast.head), {"reason": "客户仍要"}, subject=order)
    assert clocks_of(order) == [(1, "running", shanghai(9, 20, 12, 0))]
    order.refresh_from_db()
    rebuilt = [row for row in computed(order) if row.name == "decide_change"]
    assert [(row.round, row.status, row.due_at) for row in rebuilt] == clocks_of(order)


def test_a_change_before_acceptance_is_followed_even_while_a_cancellation_is_decided(cast: Cast) -> None:
    order = order_at(OrderStage.CANCELLING, cast)
    assert take_in(changed(buyer_remark="改周末", status="placed")) is Outcome.CHANGED
    order.refresh_from_db()
    assert (order.buyer_remark, order.stage) == ("改周末", OrderStage.CANCELLING)
    assert not ChangeNotice.objects.exists()


def test_a_cancelled_order_has_nothing_left_to_decide_and_changes_no_more(cast: Cast) -> None:
    order = accepted(cast)
    take_in(changed(buyer_remark="改周末"))
    assert take_in(changed(buyer_remark="改周末", status="cancelled")) is Outcome.CANCELLED
    assert ChangeNotice.objects.get().state == "outdated"
    assert [status for _round, status, _due in clocks_of(order)] == ["void"]
    version = Order.objects.get().version
    assert take_in(changed(buyer_remark="改周日")) is Outcome.UNCHANGED
    assert (Order.objects.get().version, ChangeNotice.objects.count()) == (version, 1)


def test_a_customers_key_that_was_destroyed_lets_no_message_be_kept_in_the_clear(cast: Cast) -> None:
    order = accepted(cast)
    DataKey.objects.update(wrapped=b"")
    with pytest.raises(Refused):
        take_in(changed(buyer_remark="改周末"))
    assert not ChangeNotice.objects.exists()
    assert Order.objects.get().version == order.version
    with pytest.raises(Unreadable):
        order.customer.key.opened()
