"""Handing pushes in: committed together, answered after their own commit, the same number answered alike (2.1.2)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from jiedan.acquisition.intake import Outcome
from jiedan.connectors import accounts, crew, desk
from jiedan.connectors.desk import Delivery, IdReused, NotStored, Receipt, hand_in
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.core import clock
from jiedan.kernel.models import Record
from jiedan.orders import vault
from jiedan.orders.models import Order
from tests.cast import Cast, incoming


@pytest.fixture
def account(cast: Cast) -> accounts.AccountFacts:
    credentials = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    row = accounts.connect("webhook", "hangzhou", "网店", "", credentials, clock.now(), code="shop-a")
    return accounts.facts_of(Account.objects.get(pk=row.pk))


def delivery(account: accounts.AccountFacts, number: str, message: str = "", raw: bytes = b"{}") -> Delivery:
    return Delivery(account, "order.paid", raw, incoming(number, platform="webhook"), message)


@pytest.mark.django_db
def test_a_push_is_an_order_a_message_and_a_record(account: accounts.AccountFacts) -> None:
    receipt = hand_in(delivery(account, "W1", "m1", b'{"name": "\xe6\xac\xa7\xe9\x98\xb3\xe9\x9d\x92"}'))
    order = Order.objects.get()
    assert receipt == Receipt(Outcome.CREATED, order.pk, order.ref)
    message = Message.objects.get()
    assert (message.order, message.outcome, message.message_id, message.key) == (
        order,
        "created",
        "m1",
        order.customer.key,
    )
    assert "欧阳青".encode() not in bytes(message.sealed or b"")
    opened = vault.unseal(order.customer.key.opened(), bytes(message.sealed or b""), desk.PURPOSE)
    assert opened == {"raw": '{"name": "欧阳青"}'}
    assert Record.objects.filter(action="acquisition.receive_order").count() == 1


@pytest.mark.django_db
def test_the_same_number_again_is_answered_like_the_first_time(account: accounts.AccountFacts) -> None:
    first = hand_in(delivery(account, "W1", "m1"))
    again = hand_in(delivery(account, "W1", "m1"))
    assert (again.outcome, again.ref, again.repeated, first.repeated) == (Outcome.CREATED, first.ref, True, False)
    assert (Order.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_same_number_for_another_text_is_refused_and_changes_nothing(account: accounts.AccountFacts) -> None:
    hand_in(delivery(account, "W1", "m1"))
    with pytest.raises(IdReused):
        hand_in(delivery(account, "W2", "m1", b"[]"))
    assert (Order.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_without_a_number_the_orders_identity_decides(account: accounts.AccountFacts) -> None:
    assert [hand_in(delivery(account, "W1")).outcome.value for _again in range(3)] == [
        "created",
        "unchanged",
        "unchanged",
    ]
    assert list(Message.objects.order_by("pk").values_list("outcome", "key_id")) == [
        ("created", Order.objects.get().customer.key_id), ("unchanged", None), ("unchanged", None)
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_intake_refuses_is_set_aside_with_its_reason(account: accounts.AccountFacts) -> None:
    bad = delivery(account, "W1")
    bad = Delivery(account, bad.kind, b'{"x": 1}', bad.order.model_copy(update={"total": Decimal("-1.00")}), "m1")
    receipt = hand_in(bad)
    assert (receipt.outcome, receipt.order) == (Outcome.REFUSED, None)
    kept = Quarantined.objects.get()
    assert (kept.cause, kept.external_id, kept.account_id) == ("refused", "W1", account.id)
    assert Order.objects.count() == 0
    assert hand_in(delivery(account, "W1", "m2")).outcome is Outcome.CREATED
    assert Quarantined.objects.get().stage == "settled"


@pytest.fixture
def the_house() -> Iterator[None]:
    """The threads of this process; they close their connections when the test is over."""
    yield
    desk.close()
    crew.dismiss()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("the_house")
def test_forty_at_the_door_at_once_are_all_answered_after_their_commit(account: accounts.AccountFacts) -> None:
    found: list[Receipt] = []
    committed: list[bool] = []

    def push(number: int) -> None:
        receipt = hand_in(delivery(account, f"W{number % 20}", f"m{number}"))
        found.append(receipt)
        committed.append(crew.have_done(lambda: Order.objects.filter(pk=receipt.order).exists()))

    async def all_at_once() -> None:
        await asyncio.gather(*(crew.at_the_door(push, number) for number in range(40)))

    asyncio.run(all_at_once())
    assert committed == [True] * 40
    assert sorted(receipt.outcome.value for receipt in found) == ["created"] * 20 + ["unchanged"] * 20
    assert (Order.objects.count(), Message.objects.count()) == (20, 40)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("the_house")
def test_a_message_that_the_database_refuses_fails_none_of_its_neighbours(account: accounts.AccountFacts) -> None:
    stranger = replace(account, id=account.id + 1000)
    found: dict[str, Receipt | Exception] = {}

    def push(number: str, by: accounts.AccountFacts) -> None:
        try:
            found[number] = hand_in(delivery(by, number, number))
        except NotStored as error:
            found[number] = error

    async def all_at_once() -> None:
        pushes = [("W1", account), ("W2", stranger), ("W3", account)]
        await asyncio.gather(*(crew.at_the_door(push, *one) for one in pushes))

    asyncio.run(all_at_once())
    assert isinstance(found["W2"], NotStored)
    assert [order.external_id for order in Order.objects.order_by("external_id")] == ["W1", "W3"]
    assert [found[number].outcome for number in ("W1", "W3")] == [Outcome.CREATED] * 2  # type: ignore[union-attr]


def test_the_word_to_close_counts_after_those_who_came_before_it() -> None:
    counter, waiting = desk._Desk(), object()
    counter._inbox.put(waiting)  # type: ignore[arg-type] # a ticket needs a door
    counter._inbox.put(None)
    assert [list(counter._waiting()), counter._inbox.qsize(), list(counter._waiting())] == [[waiting], 1, []]


def test_at_the_door_a_failure_of_what_was_waited_for_reaches_the_function() -> None:
    def refused() -> str:
        try:
            crew.have_done(lambda: [][0])
        except IndexError:
            return "caught"
        return "missed"

    assert asyncio.run(crew.at_the_door(refused)) == "caught"
    with pytest.raises(ZeroDivisionError):
        asyncio.run(crew.at_the_door(lambda: 1 // 0))
    crew.dismiss()


def test_forty_at_the_door_who_ask_the_same_are_answered_by_one_look() -> None:
    looked: list[int] = []

    def look() -> int:
        looked.append(len(looked))
        return len(looked)

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(crew.at_the_door(crew.have_done_once, "x", look) for _ in range(40)))

    assert [asyncio.run(all_at_once()) for _again in range(2)] == [[1] * 40, [2] * 40]
    assert crew.have_done_once("x", look) == 3
    crew.dismiss()


def test_a_look_that_fails_fails_for_all_who_wait_for_it_and_for_nobody_after_them() -> None:
    def look() -> int:
        raise ZeroDivisionError

    async def all_at_once() -> list[object]:
        asked = (crew.at_the_door(crew.have_done_once, "x", look) for _ in range(5))
        failed = await asyncio.gather(*asked, return_exceptions=True)
        return [*map(type, failed), await crew.at_the_door(crew.have_done_once, "x", lambda: 7)]

    assert asyncio.run(all_at_once()) == [ZeroDivisionError] * 5 + [7]
    crew.dismiss()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("the_house")
def test_who_is_not_stored_in_time_is_told_to_send_it_again_and_then_finds_it(
    account: accounts.AccountFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def push() -> None:
        with pytest.raises(NotStored):
            hand_in(delivery(account, "W1", "m1"))

    with monkeypatch.context() as impatient:
        impatient.setattr(desk, "PATIENCE", 0.0)
        asyncio.run(crew.at_the_door(push))
    desk.close()
    assert hand_in(delivery(account, "W1", "m1")).repeated
    assert Order.objects.count() == 1
