"""Pushing an order over the webhook: taken in once, or refused with the reason and set aside (clause 2.1.2)."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from jiedan.connectors import accounts
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.connectors.reconciliation.models import Statement
from jiedan.connectors.webhook.signing import headers
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import Cast, acting

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def account(cast: Cast) -> Account:
    accounts.forget()
    found = accounts.connect("webhook", "hangzhou", "自营网店", "", {"secret": SECRET}, clock.now(), code="own")
    return Account.objects.get(pk=found.pk)


def order(**changes: Any) -> dict[str, Any]:
    return {
        "external_id": "W1", "kind": "product", "placed_at": "2026-09-18T17:10:00+08:00",
        "paid_at": "2026-09-18T17:12:00+08:00", "customer_account": "buyer-7",
        "receiver": {"name": "欧阳青", "phone": "13812345678", "province": "浙江省", "city": "杭州市", "address": "文三路 1 号"},
        "lines": [
            {"number": 1, "sku": "S1", "name": "北欧落地灯", "category": "家居/灯具", "quantity": 2,
             "unit_price": "199.00", "amount": "398.00"}
        ],
        "goods_amount": "398.00", "total": "398.00",
    } | changes  # fmt: skip


def push(data: object, message_id: str = "m1", kind: str = "order.paid", **more: str) -> HttpResponse:
    body = json.dumps({"type": kind, "timestamp": "2026-09-18T17:12:00+08:00", "data": data}, ensure_ascii=False)
    return post(body.encode(), message_id, **more)


def post(body: bytes, message_id: str = "m1", secret: str = SECRET, code: str = "own", **more: str) -> HttpResponse:
    signed = headers(secret, message_id, clock.now(), body) | more
    return Client().post(f"/connect/webhook/{code}", body, content_type="application/json", headers=signed)


def refusal(answer: HttpResponse) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    assert Order.objects.count() == 0
    return answer.status_code, json.loads(answer.content)["code"]


def test_an_order_is_taken_in_and_its_number_told(account: Account) -> None:
    answer = push(order())
    found = Order.objects.get()
    assert (answer.status_code, json.loads(answer.content)) == (200, {"outcome": "created", "number": found.ref})
    assert (found.channel, found.shop, found.external_id, found.stage) == ("webhook", "hangzhou", "W1", "routed")
    assert Message.objects.get().message_id == "m1"


def test_the_same_message_is_answered_alike_and_the_same_order_again_is_unchanged(account: Account) -> None:
    first, again, other = push(order()), push(order()), push(order(), "m2")
    assert json.loads(again.content) == json.loads(first.content)
    assert json.loads(other.content)["outcome"] == "unchanged"
    assert Order.objects.count() == 1


def test_the_same_number_for_another_message_is_refused(account: Account) -> None:
    push(order())
    answer = push(order(external_id="W2"))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (409, "message_id_reused")
    assert Order.objects.count() == 1


def test_a_change_is_taken_before_acceptance_and_noted_after_it(account: Account, cast: Cast) -> None:
    push(order())
    changed = push(order(buyer_remark="请周末送货"), "m2", "order.updated")
    assert json.loads(changed.content)["outcome"] == "changed"
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=Order.objects.get())
    noted = push(order(buyer_remark="改到周一"), "m3", "order.updated")
    assert json.loads(noted.content)["outcome"] == "noted"
    assert Order.objects.get().buyer_remark == "请周末送货"


def test_a_cancellation_and_a_paid_message_that_comes_after_it_leave_it_cancelled(account: Account) -> None:
    push(order())
    assert json.loads(push(order(), "m2", "order.cancelled").content)["outcome"] == "cancelled"
    assert json.loads(push(order(), "m3").content)["outcome"] == "unchanged"
    assert Order.objects.get().stage == "cancelled"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": "-1.00"}, "data.total"),
        ({"total": "1000.00"}, "data.total"),
        ({"total": 398.0}, None),
        ({"goods_amount": "397.00", "total": "397.00"}, "data.goods_amount"),
        ({"lines": []}, "data.lines"),
        ({"external_id": ""}, "data.external_id"),
        ({"receiver": None}, "data.receiver"),
        ({"placed_at": "null"}, "data.placed_at"),
        ({"placed_at": 1_789_000_000}, "data.placed_at"),
        ({"status": "cancelled"}, "data.status"),
        ({"surprise": 1}, "data.surprise"),
    ],
)
def test_every_wrong_field_is_named_and_the_message_set_aside(
    account: Account, changes: dict[str, Any], field: str | None
) -> None:
    answer = push(order(**changes))
    if field is None:
        assert answer.status_code == 200
        return
    assert refusal(answer)[0] == 422
    assert field in json.loads(answer.content)["errors"]
    kept = Quarantined.objects.get()
    assert (kept.account, kept.external_id) == (account, changes.get("external_id", "W1"))
    assert kept.reason_zh
    assert kept.reason_en
    assert "欧阳青".encode() not in bytes(kept.sealed)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "malformed_json")),
        (b"{", (400, "malformed_json")),
        (b"null", (400, "not_a_message")),
        (b'"null"', (400, "not_a_message")),
        (b"[]", (400, "not_a_message")),
        (b'{"type": "order.paid", "data": "null"}', (400, "not_a_message")),
        (b'{"type": "order.paid", "type": "order.paid", "data": {}}', (400, "duplicate_name")),
        (b'{"type": "order.shipped", "data": {}}', (422, "unknown_type")),
        (b'{"type": 1, "data": {}}', (422, "unknown_type")),
        (b'{"type": "order.paid", "data": {}}', (422, "invalid")),
        (b'\xff{"type": "order.paid"}', (400, "not_utf8")),
        (b"[" * 100_000, (400, "too_deep")),
        (b'{"type": "order.paid", "data": {"total": NaN}}', (400, "not_a_number")),
    ],
)
def test_what_cant_be_read_is_told_why_and_set_aside(account: Account, body: bytes, expected: tuple[int, str]) -> None:
    assert refusal(post(body)) == expected
    assert Quarantined.objects.get().cause == expected[1]


def test_who_cant_be_verified_is_refused_alike_and_set_aside_by_cause(account: Account) -> None:
    body = json.dumps({"type": "order.paid", "data": order()}).encode()
    assert refusal(post(body, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")) == (401, "bad_signature")
    assert refusal(post(body, code="nobody")) == (401, "bad_signature")
    assert refusal(post(body, "m2", **{"webhook-timestamp": "1674087231"})) == (401, "stale_clock")
    assert sorted(Quarantined.objects.values_list("cause", "account")) == [
        ("account_unknown", None), ("bad_signature", account.pk), ("stale_clock", account.pk)
    ]  # fmt: skip


def test_too_large_compressed_or_not_posted_is_refused_and_not_kept(account: Account) -> None:
    assert refusal(post(b"x" * (1 << 20) + b"x")) == (413, "too_large")
    assert refusal(post(b"{}", **{"Content-Encoding": "gzip"})) == (415, "content_encoding")
    assert refusal(Client().get("/connect/webhook/own")) == (405, "method_not_allowed")
    assert Quarantined.objects.count() == 0


def test_a_paused_connection_says_come_back_and_takes_nothing(account: Account, cast: Cast) -> None:
    reason = {"reason": "盘点"}
    dispatch("connectors.pause_connection", acting(cast.system_admin), reason, subject=account)
    accounts.forget()
    answer = push(order())
    assert refusal(answer) == (503, "paused")
    assert answer["Retry-After"] == "300"


def test_nothing_of_the_order_stands_in_the_ledger_in_the_clear(account: Account) -> None:
    push(order())
    bodies = " ".join(Record.objects.values_list("body", flat=True))
    assert [text for text in ("欧阳青", "13812345678", "文三路", "buyer-7") if text in bodies] == []


def test_a_statement_of_a_day_is_kept_for_the_reconciliation(account: Account) -> None:
    data = {"date": "2026-09-17", "count": 2, "amount": "796.00", "ids": ["W1", "W2"]}
    answer = push(data, kind="reconcile.statement")
    assert json.loads(answer.content) == {"outcome": "taken", "date": "2026-09-17"}
    row = Statement.objects.get()
    assert (row.account_id, row.count, str(row.amount), row.ids) == (account.pk, 2, "796.00", ["W1", "W2"])


def test_a_statement_that_is_wrong_names_its_fields_and_is_set_aside(account: Account) -> None:
    answer = push({"date": "yesterday", "count": -1}, kind="reconcile.statement")
    assert refusal(answer) == (422, "invalid")
    assert sorted(json.loads(answer.content)["errors"]) == ["data.amount", "data.count", "data.date"]
    assert (Statement.objects.count(), Quarantined.objects.get().cause) == (0, "invalid")


# Two shops ------------------------------------------------------------------------------------------------------------

THEIRS = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"


@pytest.fixture
def other(account: Account) -> Account:
    return accounts.connect("webhook", "ningbo", "别家店铺", "", {"secret": THEIRS}, clock.now(), code="theirs")


def theirs(data: object, message_id: str = "t1", kind: str = "order.paid") -> HttpResponse:
    return push(data, message_id, kind, secret=THEIRS, code="theirs")


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("kind", ["order.paid", "order.updated", "order.cancelled"])
def test_a_connection_says_nothing_of_another_shops_orders(kind: str) -> None:
    push(order())
    answer = theirs(order(shop="hangzhou", buyer_remark="改"), kind=kind)
    content = json.loads(answer.content)
    assert (answer.status_code, content["code"], list(content["errors"])) == (422, "contradiction", ["data.shop"])
    found = Order.objects.get()
    assert (found.stage, found.buyer_remark, found.version) == ("routed", "", 1)
    assert theirs(order(shop=" ningbo "), "t2").status_code == 200
    assert set(Order.objects.values_list("shop", flat=True)) == {"hangzhou", "ningbo"}


@pytest.mark.usefixtures("other")
def test_the_same_account_at_two_shops_is_two_customers() -> None:
    push(order(customer_account="1001"))
    theirs(order(customer_account="1001", receiver={"name": "王二", "phone": "13911112222"}))
    push(order(external_id="W2", customer_account="1001"), "m2")
    first, second, third = Order.objects.order_by("pk").values_list("customer", flat=True)
    assert (first == third, first == second) == (True, False)


@pytest.mark.usefixtures("other")
def test_the_same_text_from_two_shops_is_set_aside_for_each() -> None:
    bad = order(total="1.00")
    for _time in range(2):
        push(bad)
        theirs(bad)
    rows = Quarantined.objects.order_by("account__shop").values_list("account__shop", "times")
    assert list(rows) == [("hangzhou", 2), ("ningbo", 2)]


# What makes up for what -----------------------------------------------------------------------------------------------


def stages() -> list[str]:
    return list(Quarantined.objects.order_by("pk").values_list("stage", flat=True))


@pytest.mark.usefixtures("account")
def test_what_is_wrong_again_after_it_was_settled_waits_again() -> None:
    bad = order(total="1.00")
    push(bad, "m1")
    push(order(), "m2")
    push(bad, "m3")
    assert stages() == ["settled", "waiting"]


@pytest.mark.usefixtures("account")
def test_an_older_word_or_the_same_again_makes_up_for_nothing() -> None:
    early, late, latest = (f"2026-09-18T17:{minute}:00+08:00" for minute in (10, 20, 25))
    push(order(updated_at=early), "m1")
    push(order(updated_at=late, total="1.00"), "m2", "order.updated")
    push(order(updated_at=early), "m3")
    push(order(), "m4")
    assert stages() == ["waiting"]
    push(order(updated_at=latest), "m5", "order.updated")
    assert stages() == ["settled"]


@pytest.mark.usefixtures("account")
def test_without_times_only_what_is_new_makes_up_for_what_could_not_be_read() -> None:
    push(order(), "m1")
    push(order(total="1.00"), "m2", "order.updated")
    push(order(), "m3")
    assert stages() == ["waiting"]
    push(order(buyer_remark="改"), "m4", "order.updated")
    assert stages() == ["settled"]


@pytest.mark.usefixtures("account")
def test_no_order_makes_up_for_a_cancellation_that_could_not_be_read() -> None:
    push(order(), "m1")
    push(order(receiver="null"), "m2", "order.cancelled")
    push(order(buyer_remark="改"), "m3", "order.updated")
    assert stages() == ["waiting"]
    push(order(), "m4", "order.cancelled")
    assert (stages(), Order.objects.get().stage) == (["settled"], "cancelled")
