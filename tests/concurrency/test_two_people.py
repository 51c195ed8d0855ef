"""Several people press the same button: one does it, everybody else gets a clean refusal, nothing is done twice."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from jiedan.acquisition.intake import take_in
from jiedan.acquisition.listing_feed import read_listing, take_listing
from jiedan.acquisition.models import Listing
from jiedan.api.models import KeptAnswer
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel import notices, timers
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Deadline, Notice, Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Customer, Order
from jiedan.people.actor import SYSTEM, Actor
from jiedan.people.models import Staff
from tests.cast import Cast, acting, incoming, listing_at, person, received
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]


def _step(code: str, actor: Actor, subject: Any, data: dict[str, Any] | None = None) -> Callable[[], str]:
    def press() -> str:
        dispatch(code, actor, data or {}, subject=subject)
        return "done"

    return press


def test_twenty_people_accept_an_order_and_one_of_them_has_it(cast: Cast) -> None:
    order = received()
    people = [acting(cast.taker), acting(cast.head)] * 10
    outcomes = together([_step("acquisition.accept_order", actor, order) for actor in people])
    assert outcomes == Counter(done=1, Refused=19)
    assert Record.objects.filter(action="acquisition.accept_order").count() == 1
    assert Order.objects.get(pk=order.pk).version == 2
    assert verify_database().ok


def test_fifty_people_claim_a_listing_and_it_has_one_owner(cast: Cast) -> None:
    listing = listing_at(ListingStage.OPEN, cast)
    takers = [person(f"5{n:03d}", f"接单员{n}", cast.home, Role.ORDER_TAKER) for n in range(50)]
    outcomes = together([_step("acquisition.claim_listing", acting(taker), listing) for taker in takers])
    assert outcomes == Counter(done=1, Refused=49)
    record = Record.objects.get(action="acquisition.claim_listing")
    listing = Listing.objects.get(pk=listing.pk)
    assert (listing.stage, listing.claimed_by_id) == (ListingStage.CLAIMED, record.actor_id)
    clocks = Deadline.objects.filter(subject_type="listing").values_list("name", flat=True)
    assert sorted(clocks) == ["contact_customer", "hold_listing"]
    assert verify_database().ok


def test_forty_messages_of_one_order_make_one_order(cast: Cast) -> None:
    outcomes = together([partial(take_in, incoming("K1"))] * 40)
    assert outcomes == Counter(created=1, unchanged=39)
    assert (Order.objects.count(), Record.objects.count(), Deadline.objects.count()) == (1, 1, 1)
    assert verify_database().ok


def test_forty_messages_of_one_listing_make_one_listing(cast: Cast) -> None:
    posted = {"external_id": "Q1", "summary": "吊灯 30 套", "posted_at": "2026-09-18T17:00:00+08:00"}
    newer = {**posted, "summary": "吊灯 40 套", "updated_at": "2026-09-18T17:05:00+08:00"}

    def bring(raw: dict[str, str]) -> str:
        return take_listing("webhook", "square", read_listing(raw)).outcome.value

    outcomes = together([partial(bring, raw) for raw in (posted, newer) * 20])
    assert sum(outcomes.values()) == outcomes["created"] + outcomes["unchanged"] + outcomes["changed"] == 40
    assert (outcomes["created"], Listing.objects.get().summary) == (1, "吊灯 40 套")
    assert verify_database().ok


def test_forty_orders_of_a_customer_nobody_knew_make_one_customer(cast: Cast) -> None:
    outcomes = together([partial(take_in, incoming(f"K{number}")) for number in range(40)])
    assert outcomes == Counter(created=40)
    assert (Order.objects.count(), Customer.objects.count()) == (40, 1)
    assert verify_database().ok


def test_the_database_alone_keeps_a_second_order_with_the_same_number_out(cast: Cast) -> None:
    order = received("K1")
    with pytest.raises(IntegrityError, match="one_order_per_external_id"), transaction.atomic():
        Order.objects.filter(pk=received("K2").pk).update(external_id=order.external_id)


def test_accepting_and_giving_away_at_once_ends_in_one_of_both(cast: Cast) -> None:
    order = received()
    away = {"department": cast.service.pk, "reason": "属于服务"}
    presses = [_step("acquisition.accept_order", acting(cast.taker), order)] * 8
    presses += [_step("acquisition.transfer_order", acting(cast.head), order, away)] * 8
    outcomes = together(presses)
    assert outcomes["done"] == 1
    assert outcomes["Refused"] + outcomes["Forbidden"] == 15
    assert Record.objects.count() == 2
    running = Deadline.objects.get(ended_at=None)
    assert running.name == ("evaluate_order" if Order.objects.get().stage == "accepted" else "accept_order")
    assert verify_database().ok


def test_a_cancellation_by_the_platform_and_an_acceptance_end_in_a_cancelled_order(cast: Cast) -> None:
    order = received()
    accept = _step("acquisition.accept_order", acting(cast.taker), order)
    cancel = _step("acquisition.cancel_order", SYSTEM, order, {"reason": "平台已取消"})
    outcomes = together([accept, cancel])
    assert outcomes["done"] >= 1
    assert Order.objects.get().stage == "cancelled"
    assert Deadline.objects.filter(ended_at=None).count() == 0
    assert verify_database().ok


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("administration.add_staff", {"number": "3001", "name": "何新"}),
        ("acquisition.post_listing", {"summary": "求购灯具", "external_id": "P-1"}),
    ],
)
def test_the_same_thing_entered_by_ten_people_is_entered_once_and_nine_are_told(
    cast: Cast, step: str, data: dict[str, Any]
) -> None:
    actor = acting(cast.system_admin if step.startswith("admin") else cast.taker)
    full = {**data, "department": cast.home.pk}
    outcomes = together([_step(step, actor, None, full)] * 10)
    assert outcomes["done"] == 1
    assert outcomes["Invalid"] + outcomes["Refused"] == 9
    assert Record.objects.filter(action=step).count() == 1


def test_a_role_granted_twice_at_once_is_held_once(cast: Cast) -> None:
    data = {"role": "after_sales", "department": cast.home.pk}
    outcomes = together([_step("administration.grant_role", acting(cast.security_admin), cast.executor, data)] * 10)
    assert outcomes == Counter(done=1, Invalid=9)


def test_the_sweep_of_several_workers_marks_and_tells_once(cast: Cast) -> None:
    orders = [received(f"K{number}") for number in range(6)]
    late = max(order.due_at for order in orders if order.due_at)
    together([partial(timers.sweep, late)] * 6)
    assert Record.objects.filter(action="kernel.mark_overdue").count() == 6
    together([partial(notices.carry_out, late)] * 6)
    missed = Notice.objects.filter(reaction="deadline_missed")
    assert Counter(missed.values_list("staff__number", flat=True)) == {"1001": 6, "1002": 6}
    assert verify_database().ok


def _post(cast_token: str, path: str, key: str) -> str:
    headers = {"Authorization": f"Bearer {cast_token}", "Idempotency-Key": key}
    answer = Client().generic("POST", path, b"{}", content_type="application/json", headers=headers)
    return f"{answer.status_code} {json.loads(answer.content).get('code', 'taken')}"


def test_one_request_sent_twenty_times_at_once_takes_effect_once(cast: Cast) -> None:
    order = received()
    path = f"/api/v1/orders/{order.ref}/actions/acquisition.accept_order"
    token = cast.token(cast.taker)
    outcomes = together([partial(_post, token, path, "k1")] * 20)
    assert set(outcomes) <= {"200 taken", "409 still_running"}
    assert outcomes["200 taken"] >= 1
    assert (KeptAnswer.objects.count(), Record.objects.filter(action="acquisition.accept_order").count()) == (1, 1)
    assert _post(token, path, "k1") == "200 taken"


def test_without_the_lock_two_people_would_both_have_it(cast: Cast) -> None:
    """The positive control: read first, write afterwards, as so many do; the race has to be one that is lost."""
    listing = listing_at(ListingStage.OPEN, cast)
    takers = [person(f"5{n:03d}", f"接单员{n}", cast.home, Role.ORDER_TAKER) for n in range(50)]

    def claim(taker: Staff) -> str:
        with transaction.atomic():
            if Listing.objects.get(pk=listing.pk).claimed_by_id is not None:
                return "refused"
            Listing.objects.filter(pk=listing.pk).update(claimed_by=taker)
        return "done"

    assert together([partial(claim, taker) for taker in takers])["done"] > 1
