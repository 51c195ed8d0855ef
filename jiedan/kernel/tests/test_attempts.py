"""What was tried and refused is known: who, what, when and why not (clauses 6.2.1, 6.2.3)."""

import pytest

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused, Stale
from jiedan.kernel.models import Attempt, Record
from jiedan.people.actor import SYSTEM
from tests.cast import Cast, acting, logged_in, order_at, received


def known() -> list[tuple[str, str, int, str]]:
    return list(Attempt.objects.order_by("pk").values_list("action", "who", "status", "code"))


def test_a_refused_step_is_known_and_changes_nothing_else(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    before = Record.objects.count()
    with pytest.raises(Refused):
        dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order, channel="api")
    with pytest.raises(Forbidden):
        dispatch("acquisition.transfer_order", acting(cast.executor), {}, subject=order)
    with pytest.raises(Stale):
        dispatch("acquisition.reveal_contact", acting(cast.taker), {"reason": "核对"}, subject=order, version=99)
    assert known() == [
        ("acquisition.accept_order", "张晓月", 409, "refused"),
        ("acquisition.transfer_order", "赵大勇", 403, "not_yours"),
        ("acquisition.reveal_contact", "张晓月", 412, "stale_version"),
    ]
    assert Record.objects.count() == before
    assert set(Attempt.objects.values_list("subject_id", flat=True)) == {order.pk}


def test_wrong_fields_and_the_machines_own_refusals_are_no_attempts(cast: Cast) -> None:
    order = received()
    with pytest.raises(Invalid):
        dispatch("acquisition.transfer_order", acting(cast.head), {}, subject=order)
    dispatch("acquisition.cancel_order", SYSTEM, {"reason": "客户取消"}, subject=order)
    with pytest.raises(Refused):
        dispatch("acquisition.cancel_order", SYSTEM, {"reason": "客户取消"}, subject=order)
    assert known() == []


def test_a_step_that_was_taken_is_no_attempt(cast: Cast) -> None:
    order_at(OrderStage.NEGOTIATING, cast)
    assert known() == []


def test_it_is_shown_to_whoever_may_read_the_order_and_to_nobody_else(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    with pytest.raises(Refused):
        dispatch("acquisition.accept_order", acting(cast.head), {}, subject=order)
    page = logged_in(cast.supervisor).get(f"/orders/{order.ref}/attempts/")
    assert page.status_code == 200
    assert "李建国" in page.content.decode()
    assert "接收订单" in page.content.decode()
    assert logged_in(cast.outsider).get(f"/orders/{order.ref}/attempts/").status_code == 404
    found = logged_in(cast.supervisor).get(
        f"/api/v1/orders/{order.ref}/attempts", HTTP_AUTHORIZATION=f"Bearer {cast.token(cast.supervisor, 'read')}"
    )
    assert [(row["action"], row["who"], row["code"]) for row in found.json()] == [
        ("acquisition.accept_order", "李建国", "refused")
    ]
