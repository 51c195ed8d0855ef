"""Taking messages in by the hundred: the same meaning, the same records as one by one (clause 2.1.2)."""

import json
from decimal import Decimal

import pytest

from jiedan.acquisition.incoming import IncomingOrder, Receiver
from jiedan.acquisition.intake import Outcome, take_in, take_in_many
from jiedan.acquisition.models import EarlyCancel
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import clocks, sealing
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Deadline, Outbox, Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Contact, Customer, DataKey, Order, OrderLine
from tests.cast import Cast, acting, incoming

pytestmark = pytest.mark.django_db


def outcomes(*given: object) -> list[str]:
    return [taken.outcome.value for taken in take_in_many(list(given))]  # type: ignore[arg-type]


def rows_of(order: Order) -> list[tuple[object, ...]]:
    found = Deadline.objects.filter(subject_type="order", subject_id=order.pk).order_by("pk")
    return [(row.name, row.status, row.due_at, row.warn_at) for row in found]


def test_many_leave_what_one_by_one_leaves(cast: Cast) -> None:
    singly = [incoming(f"S{n}", customer_account=f"a{n % 3}") for n in range(6)]
    together = [incoming(f"T{n}", customer_account=f"a{n % 3}") for n in range(6)]
    assert [take_in(one) for one in singly] == [Outcome.CREATED] * 6
    assert outcomes(*together) == ["created"] * 6
    orders = {order.external_id: order for order in Order.objects.all()}
    for n in range(6):
        one, many = orders[f"S{n}"], orders[f"T{n}"]
        assert (one.stage, one.version, one.seq, one.department, one.routed_by, one.customer, one.due_at) == (
            many.stage, many.version, many.seq, many.department, many.routed_by, many.customer, many.due_at
        )  # fmt: skip
        assert rows_of(one) == rows_of(many)
        a, b = (json.loads(Record.objects.get(subject_type="order", subject_id=o.pk).body) for o in (one, many))
        assert a.keys() == b.keys()
        assert {key for key in a["facts"] if a["facts"][key] != b["facts"][key]} == {
            "ref", "external_id", "source_hash", "personal_commitment"
        }  # fmt: skip
    assert Outbox.objects.filter(reaction="order_waiting").count() == 12
    assert (OrderLine.objects.count(), Contact.objects.count()) == (12, 12)
    assert (Customer.objects.count(), DataKey.objects.count()) == (3, 3)


def test_the_ledger_verifies_and_every_clock_can_be_rebuilt_after_a_batch(cast: Cast) -> None:
    take_in_many([incoming(f"B{n}") for n in range(40)])
    while sealing.seal():
        pass
    report = verify_database()
    assert (report.ok, report.checked) == (True, 40)
    for order in Order.objects.all():
        before = rows_of(order)
        clocks.rebuild(order)
        assert rows_of(order) == before


def test_twice_in_one_batch_and_again_later_is_one_order(cast: Cast) -> None:
    assert outcomes(incoming("A"), incoming("A"), incoming("B")) == ["created", "unchanged", "created"]
    assert outcomes(incoming("A"), incoming("B")) == ["unchanged", "unchanged"]
    assert Order.objects.count() == 2


def test_messages_of_one_order_in_one_batch_count_in_their_sequence(cast: Cast) -> None:
    first, second = incoming("A"), incoming("A", buyer_remark="请周末送货")
    assert outcomes(first, second, second, first) == ["created", "changed", "unchanged", "changed"]
    assert Order.objects.get().buyer_remark == ""


def test_a_bad_order_fails_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = incoming("BAD").model_copy(update={"total": Decimal("-1.00")})
    found = take_in_many([incoming("A"), bad, incoming("B")])
    assert [taken.outcome.value for taken in found] == ["created", "refused", "created"]
    assert found[1].order is None
    assert found[1].reason != ""
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["A", "B"]
    assert Record.objects.count() == 2


def test_the_same_number_at_another_shop_or_platform_is_another_order(cast: Cast) -> None:
    assert outcomes(incoming("A"), incoming("A", shop="ningbo"), incoming("A", platform="webhook")) == ["created"] * 3


def test_a_change_after_acceptance_is_noted_and_the_order_stays(cast: Cast) -> None:
    take_in(incoming("A"))
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=Order.objects.get())
    assert outcomes(incoming("A", buyer_remark="改周末")) == ["noted"]
    assert Order.objects.get().buyer_remark == ""
    assert outcomes(incoming("A", buyer_remark="改周末")) == ["unchanged"]


def test_an_update_before_the_create_brings_the_order(cast: Cast) -> None:
    assert outcomes(incoming("A", buyer_remark="改"), incoming("A")) == ["created", "changed"]


def test_a_cancellation_that_came_first_ends_the_order_when_it_comes(cast: Cast) -> None:
    EarlyCancel.objects.create(platform="kaola", shop="hangzhou", external_id="A", reason="买家改主意", at=clock.now())
    assert outcomes(incoming("A"), incoming("B")) == ["created", "created"]
    assert {o.external_id: o.stage for o in Order.objects.all()} == {"A": OrderStage.CANCELLED, "B": OrderStage.ROUTED}
    assert EarlyCancel.objects.get().settled_at is not None


def test_paid_after_cancelled_changes_nothing(cast: Cast) -> None:
    assert outcomes(incoming("A"), incoming("A", status="cancelled"), incoming("A")) == [
        "created", "cancelled", "unchanged"
    ]  # fmt: skip
    assert Order.objects.get().stage == OrderStage.CANCELLED


def test_a_hundred_new_orders_take_as_many_queries_as_ten(cast: Cast, django_assert_max_num_queries: object) -> None:
    take_in_many([incoming(f"W{n}", customer_account=f"w{n}") for n in range(10)])
    with django_assert_max_num_queries(140):  # type: ignore[operator]
        take_in_many([incoming(f"C{n}", customer_account=f"c{n}") for n in range(100)])


def receiver(phone: str) -> Receiver:
    return Receiver(name="欧阳青", phone=phone)


def customers(*given: IncomingOrder) -> list[int]:
    """The customers of these orders, told apart by when they first came."""
    take_in_many(given)
    rows = dict(Order.objects.values_list("external_id", "customer"))
    found = [rows[incoming.external_id] for incoming in given]
    return [found.index(key) for key in found]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("phone", ["", "无", "138****5678", "13812345678-4711", "13812345678 转 4711"])
def test_who_cant_be_told_apart_shares_no_customer_with_anybody(phone: str) -> None:
    nobody = {"customer_account": "", "customer_phone": "", "receiver": receiver(phone)}
    assert customers(*(incoming(f"K{number}", **nobody) for number in range(3))) == [0, 1, 2]
    hidden = nobody | {"customer_account": "t**8"}
    assert customers(*(incoming(f"L{number}", **hidden) for number in range(2))) == [0, 1]


@pytest.mark.usefixtures("cast")
def test_a_customer_without_an_account_is_known_by_their_number_however_it_is_written() -> None:
    written = ["13812345678", "+86 138-1234-5678", "138 1234 5678"]
    given = [
        incoming(f"K{number}", customer_account="", customer_phone="", receiver=receiver(phone))
        for number, phone in enumerate(written)
    ]
    other = incoming("K9", customer_account="", customer_phone="13900001234", receiver=receiver(written[0]))
    assert customers(*given, other) == [0, 0, 0, 3]


@pytest.mark.usefixtures("cast")
def test_one_order_said_again_keeps_its_own_customer() -> None:
    nobody = {"customer_account": "", "customer_phone": "", "receiver": receiver("")}
    take_in_many([incoming(**nobody)])
    first = Order.objects.get().customer_id
    take_in_many([incoming(**nobody, buyer_remark="改")])
    assert (Order.objects.get().customer_id, Customer.objects.count()) == (first, 1)
