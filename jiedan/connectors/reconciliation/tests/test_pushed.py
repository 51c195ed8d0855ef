"""Where no platform can be asked: acknowledged messages, and what the sender says of its day (clause 6.1.2)."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from jiedan.connectors import accounts, quarantine
from jiedan.connectors.desk import Delivery, hand_in
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.connectors.reconciliation import daily, pushed
from jiedan.connectors.reconciliation.comparing import Day
from jiedan.connectors.reconciliation.models import Difference, Reconciliation, Run, Statement
from jiedan.connectors.reconciliation.statements import take_statement
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, incoming, received, shanghai

DAY = date(2026, 9, 18)
NIGHT = shanghai(9, 19, 2)


@pytest.fixture
def sender(cast: Cast) -> Account:
    accounts.forget()
    return accounts.connect(
        "webhook",
        "guanwang",
        "官网商城",
        "",
        {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        clock.now(),
        code="guanwang",
    )


def pushes(account: Account, number: str, **changes: object) -> Order:
    order = incoming(number, platform="webhook", shop="guanwang", **changes)
    receipt = hand_in(Delivery(accounts.facts_of(account), "order", number.encode(), order, f"m-{number}"))
    return Order.objects.get(pk=receipt.order)


def compared() -> list[tuple[str, str]]:
    with clock.at(NIGHT):
        daily.round_of_days()
    rows = Difference.objects.filter(state="open").order_by("kind", "external_id")
    return list(rows.values_list("kind", "external_id"))


def counts() -> tuple[str, int, int]:
    row = Reconciliation.objects.get()
    return row.source, row.theirs_count, row.ours_count


def test_every_acknowledged_order_is_here_and_the_day_is_clean(sender: Account) -> None:
    for number in ("W1", "W2", "W3"):
        pushes(sender, number)
    assert compared() == []
    assert counts() == ("messages", 3, 3)
    assert Reconciliation.objects.get().ours_amount == Decimal("1194.00")


def test_an_order_that_nobody_sent_is_unknown_there(sender: Account) -> None:
    pushes(sender, "W1")
    received("W2", platform="webhook", shop="guanwang")
    assert compared() == [("unknown", "W2")]


def test_an_acknowledged_message_without_its_order_is_missing_here(sender: Account) -> None:
    pushes(sender, "W1")
    Message.objects.create(
        account=sender, message_id="m-W9", kind="order", digest="d", received_at=FRIDAY, outcome="created"
    )
    assert compared() == [("missing", "m-W9")]


def test_a_message_of_the_last_moment_may_stand_on_the_next_day(sender: Account) -> None:
    order = pushes(sender, "W1")
    Message.objects.update(received_at=shanghai(9, 19, 0))
    assert compared() == []
    assert Order.objects.get() == order


def test_a_statement_with_the_right_total_is_clean(sender: Account) -> None:
    pushes(sender, "W1")
    pushes(sender, "W2")
    take_statement(sender, DAY, 2, Decimal("796.00"))
    assert compared() == []
    assert counts() == ("statement", 2, 2)


def test_a_statement_with_another_amount_differs_for_the_company(sender: Account, cast: Cast) -> None:
    pushes(sender, "W1")
    take_statement(accounts.facts_of(sender), DAY, 1, Decimal("398.50"))
    assert compared() == [("total", "1 / 1")]
    found = Difference.objects.get()
    assert (found.theirs_amount, found.ours_amount) == (Decimal("398.50"), Decimal("398.00"))
    assert found.reconciliation.department == cast.company


def test_a_statement_that_names_its_orders_is_compared_by_them(sender: Account) -> None:
    pushes(sender, "W1")
    pushes(sender, "W2")
    take_statement(sender, DAY, 2, Decimal("796.00"), ["W1", "W9"])
    assert compared() == [("missing", "W9"), ("unknown", "W2")]


def test_an_order_paid_the_day_before_counts_where_the_sender_names_it(sender: Account) -> None:
    pushes(sender, "W1", paid_at=FRIDAY - timedelta(days=1))
    take_statement(sender, DAY, 1, Decimal("398.00"), ["W1"])
    assert compared() == []


def test_a_statement_that_comes_late_has_its_day_compared_again(sender: Account) -> None:
    pushes(sender, "W1")
    assert compared() == []
    with clock.at(NIGHT + timedelta(hours=3)):
        take_statement(sender, DAY, 2, Decimal("796.00"))
    assert compared() == [("total", "2 / 1")]
    take_statement(sender, DAY, 1, Decimal("398.00"))
    assert compared() == []
    assert (Statement.objects.count(), Reconciliation.objects.get(differences__isnull=False).stage) == (1, "settled")


def test_a_day_without_any_order_leaves_a_run_and_no_comparison(sender: Account) -> None:
    assert compared() == []
    assert Reconciliation.objects.count() == 0
    assert Run.objects.exclude(finished_at=None).count() == 2


def test_a_statement_that_comes_while_its_day_is_compared_is_compared_with_the_next_round(
    sender: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushes(sender, "W1")
    real = pushed.read_day

    def said_meanwhile(account: Account, day: date) -> Day:
        found = real(account, day)
        if not Statement.objects.exists():
            take_statement(account, DAY, 2, Decimal("796.00"))
        return found

    monkeypatch.setattr(pushed, "read_day", said_meanwhile)
    assert compared() == []
    assert compared() == [("total", "2 / 1")]
    with clock.at(NIGHT + timedelta(minutes=10)):
        daily.round_of_days()
    assert Run.objects.get(day=DAY).finished_at is not None


def test_an_order_that_was_taken_out_of_quarantine_is_no_difference(sender: Account, cast: Cast) -> None:
    data = {
        "external_id": "W1", "kind": "product", "placed_at": "2026-09-18T17:10:00+08:00",
        "paid_at": "2026-09-18T17:12:00+08:00", "receiver": {"name": "欧阳青", "phone": "13812345678"},
        "lines": [{"number": 1, "name": "北欧落地灯", "quantity": 1, "unit_price": "398.00", "amount": "398.00"}],
        "goods_amount": "398.00", "total": "398.00",
    }  # fmt: skip
    raw = json.dumps({"type": "order.paid", "data": data}, ensure_ascii=False).encode()
    quarantine.set_aside(
        account_id=sender.pk, channel="webhook", kind="", raw=raw, cause="bad_signature", reason=("签名有误", "wrong")
    )
    trusted = {"reason": "已向店铺核实"}
    dispatch("connectors.trust_message", acting(cast.decider), trusted, subject=Quarantined.objects.get())
    assert (Order.objects.get().external_id, Message.objects.get().outcome) == ("W1", "created")
    assert compared() == []
