"""The sweep: warned before, marked overdue once, and the right people told, each of them once (clause 2.1.2)."""

import json
from datetime import datetime, timedelta

import pytest

from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.core.roles import Role
from jiedan.kernel import notices, timers
from jiedan.kernel.clocks import computed, load
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import CompanyCalendar, Deadline, Notice, Outbox, Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Department, RoleAssignment, Staff, StandIn
from tests.cast import FRIDAY, Cast, acting, listing_at, order_at, person, received, shanghai

WARN_AT, DUE_AT = shanghai(9, 20, 10, 0), shanghai(9, 20, 10, 30)


def _sweep(moment: datetime) -> int:
    with clock.at(moment):
        return timers.sweep(moment)


def _told(moment: datetime) -> list[tuple[str, str]]:
    """Carry out what waits; who has been told what so far, as (reaction, staff number)."""
    with clock.at(moment):
        notices.carry_out(moment)
    return sorted(Notice.objects.values_list("reaction", "staff__number"))


def _clear() -> None:
    notices.carry_out(FRIDAY)
    Notice.objects.all().delete()


def _row(order: Order, name: str = "accept_order") -> Deadline:
    return Deadline.objects.filter(subject_type="order", subject_id=order.pk, name=name).latest("pk")


def test_a_clock_is_warned_of_once_when_its_warning_comes(cast: Cast) -> None:
    order = received()
    assert _sweep(WARN_AT - timedelta(seconds=1)) == 0
    assert [_sweep(WARN_AT), _sweep(WARN_AT), _sweep(DUE_AT - timedelta(seconds=1))] == [1, 0, 0]
    assert (_row(order).warned_at, _row(order).overdue_at, _row(order).status) == (WARN_AT, None, "running")


def test_a_clock_is_marked_overdue_once_and_stays_open(cast: Cast) -> None:
    order = received()
    _sweep(WARN_AT)
    assert [_sweep(DUE_AT), _sweep(DUE_AT), _sweep(DUE_AT + timedelta(days=3))] == [1, 0, 0]
    assert (_row(order).overdue_at, _row(order).status) == (DUE_AT, "running")
    with clock.at(DUE_AT + timedelta(hours=1)):
        dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    assert _row(order).status == "late"


def test_a_sweep_that_comes_too_late_for_the_warning_marks_overdue_and_warns_no_more(cast: Cast) -> None:
    received()
    assert [_sweep(DUE_AT + timedelta(hours=5)), _sweep(DUE_AT + timedelta(hours=6))] == [1, 0]
    assert list(Record.objects.order_by("pk").values_list("action", flat=True))[1:] == ["kernel.mark_overdue"]


def test_the_mark_is_a_record_of_the_system_with_the_clause_of_the_duty(cast: Cast) -> None:
    order = received()
    _sweep(WARN_AT)
    record = Record.objects.latest("pk")
    body = json.loads(record.body)
    assert (record.action, record.clause, record.actor_id, record.seq) == ("kernel.warn", "2.1.2", None, 2)
    assert (body["role"], body["channel"], body["stage"]) == ("system", "timer", "routed")
    assert body["effects"] == {"warned": ["accept_order"]}
    assert body["facts"] == {
        "ref": order.ref, "summary": "北欧落地灯 × 2", "deadline": "accept_order", "due": "2026-09-20 10:30",
        "rounds": [["accept_order", 1]],
    }  # fmt: skip


def test_marks_leave_the_version_that_people_hold_and_the_rows_that_the_records_give(cast: Cast) -> None:
    order = received()
    _sweep(WARN_AT)
    _sweep(DUE_AT)
    order = Order.objects.get(pk=order.pk)
    assert (order.version, order.seq, order.due_at) == (1, 3, DUE_AT)
    again = [{**vars(row), "id": None, "_state": None} for row in computed(order)]
    assert [{**vars(row), "id": None, "_state": None} for row in load("order", [order.pk])[order.pk]] == again
    assert verify_database().ok


def test_a_clock_that_was_stopped_or_stands_still_is_never_warned_of(cast: Cast) -> None:
    order_at(OrderStage.CONFIRMED, cast, "K1")
    order_at(OrderStage.CANCELLED, cast, "K2")
    paused = order_at(OrderStage.CANCELLING, cast, "K3")
    assert _sweep(DUE_AT + timedelta(days=30)) == 0
    assert timers.outstanding(DUE_AT + timedelta(days=30)) == 0
    with clock.at(shanghai(9, 21, 9, 0)):
        dispatch("acquisition.withdraw_cancel", SYSTEM, {"reason": "继续"}, subject=paused)
    assert _row(paused).due_at == shanghai(9, 21, 11, 0)
    assert [_sweep(shanghai(9, 21, 10, 29)), _sweep(shanghai(9, 21, 10, 30)), _sweep(shanghai(9, 21, 11, 0))] == [
        0,
        1,
        1,
    ]


def test_every_subject_of_a_batch_is_marked_whatever_its_kind(cast: Cast) -> None:
    for number in range(4):
        received(f"K{number}")
    listing_at(ListingStage.CLAIMED, cast)
    late = shanghai(9, 22, 18, 0)
    # The listing has two clocks: for the first contact, and for holding it without one.
    assert timers.outstanding(late) == 6
    with clock.at(late):
        assert [timers.sweep(late, limit=3), timers.sweep(late, limit=3), timers.sweep(late, limit=3)] == [3, 2, 0]
    assert timers.outstanding(late) == 0
    assert verify_database().ok


def test_a_re_based_clock_that_is_no_longer_late_is_warned_of_and_marked_again(cast: Cast) -> None:
    order = received()
    _sweep(DUE_AT)
    with clock.at(DUE_AT + timedelta(minutes=5)):
        change = {"days": "2026-09-20,休,台风", "reason": "停工"}
        dispatch("administration.change_calendar", acting(cast.decider), change, subject=CompanyCalendar.objects.get())
        dispatch("acquisition.rebase_deadlines", acting(cast.head), {"reason": "停工"}, subject=order)
    assert _row(order).due_at == shanghai(9, 21, 10, 30)
    assert [_sweep(shanghai(9, 21, 10, 0)), _sweep(shanghai(9, 21, 10, 30)), _sweep(shanghai(9, 21, 10, 31))] == [
        1,
        1,
        0,
    ]


# Who is told -----------------------------------------------------------------------------------------------------


def test_the_takers_are_warned_and_head_and_decision_maker_hear_of_what_was_missed(cast: Cast) -> None:
    received()
    _clear()
    _sweep(WARN_AT)
    assert _told(WARN_AT) == [("deadline_near", "1001")]
    _sweep(DUE_AT)
    assert _told(DUE_AT) == [
        ("deadline_escalated", "1003"), ("deadline_missed", "1001"), ("deadline_missed", "1002"),
        ("deadline_near", "1001"),
    ]  # fmt: skip


def test_nobody_is_told_twice_when_the_same_reaction_is_carried_out_again(cast: Cast) -> None:
    received()
    _sweep(DUE_AT)
    waiting = list(Outbox.objects.values("record_id", "reaction", "next_at"))
    first = _told(DUE_AT)
    assert (len(first), Outbox.objects.count()) == (4, 0)
    Outbox.objects.bulk_create(Outbox(**row) for row in waiting)
    assert _told(DUE_AT) == first
    assert Outbox.objects.count() == 0


def test_who_stands_in_is_told_beside_the_absent_one_while_it_lasts(cast: Cast) -> None:
    substitute = person("1010", "钱小多", cast.home)
    until = WARN_AT + timedelta(minutes=1)
    StandIn.objects.create(staff=cast.taker, substitute=substitute, since=FRIDAY, until=until, reason="休假")
    received()
    _clear()
    _sweep(WARN_AT)
    assert _told(WARN_AT) == [("deadline_near", "1001"), ("deadline_near", "1010")]
    _sweep(DUE_AT)
    assert ("deadline_missed", "1010") not in _told(DUE_AT)


def test_who_did_it_isnt_told(cast: Cast) -> None:
    person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    line = {"name": "落地灯", "unit_price": "199.00"}
    data = {"department": cast.home.pk, "customer_name": "欧阳青", "customer_phone": "13812345678", "lines": [line]}
    dispatch("acquisition.enter_order", acting(cast.taker), data)
    assert _told(FRIDAY) == [("order_waiting", "1010")]


def test_the_department_that_gets_an_order_is_told_not_the_one_that_gave_it(cast: Cast) -> None:
    order = received()
    _clear()
    data = {"department": cast.service.pk, "reason": "属于服务"}
    dispatch("acquisition.transfer_order", acting(cast.taker), data, subject=order)
    assert _told(FRIDAY) == [("order_transferred", "2001"), ("order_transferred", "2002")]


def test_a_department_without_takers_is_answered_for_by_the_one_above(cast: Cast) -> None:
    lamps = Department.objects.create(code="LAMP", name="灯具组", parent=cast.home)
    order = received()
    _clear()
    dispatch("acquisition.transfer_order", acting(cast.head), {"department": lamps.pk, "reason": "灯"}, subject=order)
    assert _told(FRIDAY) == [("order_transferred", "1001")]


def test_of_an_order_that_nobody_is_responsible_for_the_decision_maker_hears(cast: Cast) -> None:
    order = order_at(OrderStage.UNROUTED, cast)
    assert _told(FRIDAY) == [("order_waiting", "1003")]
    warning = _row(order, "route_order").warn_at
    assert warning is not None
    _sweep(warning)
    assert ("deadline_near", "1003") in _told(warning)


@pytest.mark.parametrize("gone", ["role ended", "account closed"])
def test_who_no_longer_has_the_role_or_an_account_is_not_told(cast: Cast, gone: str) -> None:
    person("1010", "钱小多", cast.home, Role.ORDER_TAKER)
    if gone == "role ended":
        RoleAssignment.objects.filter(staff=cast.taker).update(until=FRIDAY)
    else:
        Staff.objects.filter(pk=cast.taker.pk).update(is_active=False)
    received()
    assert _told(FRIDAY) == [("order_waiting", "1010")]
