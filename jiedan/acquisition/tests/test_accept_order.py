"""Accepting an order (clause 2.1.2)."""

import json

import pytest

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Refused, Stale
from jiedan.kernel.models import Deadline, Record
from jiedan.orders.models import Order
from tests.cast import Cast, acting, order_at, received, shanghai


def test_a_push_on_friday_evening_is_due_on_the_make_up_sunday(cast: Cast) -> None:
    order = received()
    clock_row = Deadline.objects.get(subject_id=order.pk)
    assert clock_row.due_at == shanghai(9, 20, 10, 30)
    assert clock_row.warn_at == shanghai(9, 20, 10, 0)
    assert order.due_at == shanghai(9, 20, 10, 30)


def test_accepting_in_time_keeps_the_clause_and_says_who_read_it_when(cast: Cast) -> None:
    order = received()
    with clock.at(shanghai(9, 20, 10, 29)):
        done = dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    order = Order.objects.get(pk=order.pk)
    assert (order.stage, order.accepted_by, order.version) == (OrderStage.ACCEPTED, cast.taker, 2)
    assert Deadline.objects.get(subject_id=order.pk, name="accept_order").status == "kept"
    body = json.loads(done.record.body)
    assert (body["actor_name"], body["facts"]["read_at"]) == ("张晓月", "2026-09-20T02:29:00.000000Z")


def test_accepting_a_minute_late_is_recorded_as_late(cast: Cast) -> None:
    order = received()
    with clock.at(shanghai(9, 20, 10, 31)):
        dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    assert Deadline.objects.get(subject_id=order.pk, name="accept_order").status == "late"


def test_somebody_of_another_department_is_refused_and_nothing_changes(cast: Cast) -> None:
    order = received()
    with pytest.raises(Forbidden, match="接单人员、业务部门负责人"):
        dispatch("acquisition.accept_order", acting(cast.outsider), {}, subject=order)
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED
    assert Record.objects.count() == 1


def test_a_second_click_is_refused_with_the_stage_and_leaves_one_record(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    with pytest.raises(Refused, match="已接收"):
        dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    assert Record.objects.filter(action="acquisition.accept_order").count() == 1


def test_an_outdated_page_is_told_the_current_version(cast: Cast) -> None:
    order = received()
    with pytest.raises(Stale) as refused:
        dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order, version=7)
    assert refused.value.current == 1
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED
