"""The quarantine as people work on it: looked through, tried again, trusted, discarded, shown once (2.1.2, 6.2.4)."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from jiedan.connectors import accounts, quarantine
from jiedan.connectors.kaola import simulator as kaola
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.models import Account, Quarantined
from jiedan.core import clock
from jiedan.kernel.models import Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, logged_in
from tests.every_action.connected import distributor, message_at

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PERSONAL = ("欧阳青", "13812345678", "文三路", "buyer-7")
REASON = {"reason": "已与对方核实"}


@pytest.fixture
def shop(cast: Cast) -> Account:
    return accounts.connect("webhook", "guanwang", "官网商城", "", {"secret": SECRET}, clock.now(), code="guanwang")


def pushed(number: str = "W1", **changes: Any) -> bytes:
    order = {
        "external_id": number, "kind": "product", "placed_at": "2026-09-18T17:10:00+08:00", "total": "10.00",
        "customer_account": "buyer-7", "customer_phone": "13812345678", "goods_amount": "10.00",
        "receiver": {"name": "欧阳青", "phone": "13812345678", "address": "文三路 1 号"},
        "lines": [{"number": 1, "name": "落地灯", "quantity": 1, "unit_price": "10.00", "amount": "10.00"}],
    } | changes  # fmt: skip
    return json.dumps({"type": "order.paid", "timestamp": "", "data": order}, ensure_ascii=False).encode()


def aside(account: Account | None, raw: bytes, cause: str = "bad_signature", number: str = "") -> Quarantined:
    quarantine.set_aside(
        account_id=None if account is None else account.pk, channel="webhook", kind="order", raw=raw, cause=cause,
        reason=("签名有误", "the signature is wrong"), external_id=number,
    )  # fmt: skip
    return Quarantined.objects.latest("pk")


def step(client: Client, name: str, message: Quarantined, given: dict[str, str] | None = None) -> Any:
    return client.post(f"/quarantine/{message.ref}/do/connectors.{name}/", given or {})


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def state(message: Quarantined) -> tuple[str, int, int]:
    found = Quarantined.objects.get(pk=message.pk)
    return found.stage, found.version, Order.objects.count()


# Looking -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_structure_and_no_person(shop: Account, cast: Cast) -> None:
    message = aside(shop, pushed())
    page = text(logged_in(cast.taker).get(f"/quarantine/{message.ref}/"))
    assert [word for word in PERSONAL if word in page] == []
    for word in ("external_id", "W1", "receiver", "落地灯", "10.00", "签名有误", "官网商城"):
        assert word in page, word


@pytest.mark.parametrize(
    "raw",
    [
        pushed(),
        b"data=" + pushed(),
        "收货人 欧阳青 13812345678 文三路 1 号 buyer-7".encode(),
        pushed()[:200],
        json.dumps({"欧阳青": "13812345678", "note": "文三路 buyer-7"}).encode(),
        json.dumps(["欧阳青", 13812345678, {"x": [["文三路", "buyer-7"]]}], ensure_ascii=False).encode(),
        json.dumps(
            {"price": 13812345678, "status": "13812345678", "sku_remark": "欧阳青", "total_user": "buyer-7"}
        ).encode(),
    ],
    ids=["json", "form", "text", "cut", "odd names", "list", "harmless names"],
)
def test_whatever_came_the_default_view_names_nobody(shop: Account, cast: Cast, raw: bytes) -> None:
    message = aside(shop, raw)
    page = text(logged_in(cast.taker).get(f"/quarantine/{message.ref}/"))
    assert [word for word in PERSONAL if word in page] == []


def test_causes_are_grouped_with_their_shop_and_counts(shop: Account, cast: Cast) -> None:
    for number in range(3):
        aside(shop, f"{number}".encode())
    aside(shop, b"0")
    with clock.at(FRIDAY + timedelta(hours=1)):
        aside(None, b"stranger", "account_unknown")
    page = text(logged_in(cast.head).get("/quarantine/"))
    rows = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in re.findall(r"<tr data-row>.*?</tr>", page, re.S)
    ]
    assert rows[0] == "签名有误 官网商城 webhook 3 4 09-18 17:30 09-18 17:30"
    assert rows[1] == "发往不存在的连接 — webhook 1 1 09-18 18:30 09-18 18:30"
    only = text(logged_in(cast.head).get("/quarantine/?cause=account_unknown&account=0"))
    assert len(re.findall(r'name="message"', only)) == 1
    assert text(logged_in(cast.head).get("/quarantine/?stage=discarded")).count("<tr data-row>") == 0


def test_who_may_not_read_messages_sees_none(shop: Account, cast: Cast) -> None:
    message = aside(shop, pushed())
    for staff in (cast.executor, cast.agent, cast.security_admin, cast.audit_admin):
        assert logged_in(staff).get("/quarantine/").status_code == 403
        assert logged_in(staff).get(f"/quarantine/{message.ref}/").status_code == 404


def test_the_navigation_counts_what_waits(shop: Account, cast: Cast) -> None:
    aside(shop, pushed())
    client = logged_in(cast.head)
    assert re.search(r'href="/quarantine/".*?<span class="count">1</span>', text(client.get("/")), re.S)
    assert '<span class="count">' not in text(logged_in(cast.executor).get("/"))


def test_the_original_is_shown_once_with_a_reason_and_that_is_on_record(shop: Account, cast: Cast) -> None:
    message, client = aside(shop, pushed()), logged_in(cast.decider)
    assert step(client, "reveal_message", message).status_code == 422
    page = text(step(client, "reveal_message", message, {"reason": "核对收货人"}))
    assert [word for word in PERSONAL if word not in page] == []
    assert [word for word in PERSONAL if word in text(client.get(f"/quarantine/{message.ref}/"))] == []
    record = Record.objects.get(action="connectors.reveal_message")
    assert json.loads(record.body)["facts"]["reason"] == "核对收货人"
    assert [word for word in PERSONAL if word in record.body] == []
    assert state(message) == ("waiting", 1, 0)


def test_nobody_reveals_what_may_belong_to_another_department_and_no_administrator_does(
    shop: Account, cast: Cast
) -> None:
    message = aside(shop, pushed())
    for staff in (cast.taker, cast.head, cast.other_head, cast.system_admin):
        client = logged_in(staff)
        assert client.get(f"/quarantine/{message.ref}/").status_code == 200
        answer = step(client, "reveal_message", message, REASON)
        assert (answer.status_code, "13812345678" in text(answer)) == (403, False)
    assert Record.objects.filter(action="connectors.reveal_message").count() == 0


# Trying again --------------------------------------------------------------------------------------------------------


def test_a_message_of_kaola_is_taken_in_once_its_cause_is_mended(cast: Cast) -> None:
    (raw,) = make_orders(1, seed=3, until=FRIDAY - timedelta(minutes=5))
    keys = {"app_key": kaola.APP_KEY, "secret": kaola.SECRET, "access_token": kaola.TOKEN}
    account = accounts.connect("kaola", "hangzhou", "考拉", "http://127.0.0.1:9/", keys, clock.now())
    quarantine.set_aside(
        account_id=account.pk, channel="kaola", kind="order", raw=json.dumps(raw).encode(), cause="unreadable",
        reason=("字段有误", "wrong fields"), external_id=raw["order_id"],
    )  # fmt: skip
    message = Quarantined.objects.get()
    assert step(logged_in(cast.taker), "replay_message", message).status_code == 302
    assert (state(message), Order.objects.get().external_id) == (("settled", 2, 1), raw["order_id"])
    brought = Record.objects.get(action="acquisition.receive_order")
    assert json.loads(brought.body)["channel"] == "replay"
    assert verify_database().ok


def test_what_still_cannot_be_read_says_why_and_stays(shop: Account, cast: Cast) -> None:
    message = aside(shop, pushed(total="999.00"), "invalid", "W1")
    answer = step(logged_in(cast.taker), "replay_message", message)
    assert (answer.status_code, "仍然无法使用" in text(answer), "total" in text(answer)) == (409, True, True)
    assert state(message) == ("waiting", 1, 0)


def test_a_signature_of_the_yanxuan_channel_is_checked_again_with_todays_secrets(cast: Cast) -> None:
    message = message_at("waiting", cast)
    account, admin = distributor(), logged_in(cast.system_admin)
    rotated = {"secret": "another-secret", "overlap_hours": "0", **REASON}
    admin.post(f"/connections/{account.ref}/do/connectors.rotate_credentials/", rotated)
    refused = step(logged_in(cast.taker), "replay_message", message)
    assert (refused.status_code, state(message)) == (409, ("waiting", 1, 0))
    rotated["secret"] = "a-secret-of-the-tests"
    admin.post(f"/connections/{account.ref}/do/connectors.rotate_credentials/", rotated)
    assert step(logged_in(cast.taker), "replay_message", message).status_code == 302
    assert state(message) == ("settled", 2, 1)


def test_an_unverified_message_is_taken_only_by_a_decision_with_a_reason(shop: Account, cast: Cast) -> None:
    message = aside(shop, pushed())
    assert step(logged_in(cast.decider), "replay_message", message).status_code == 409
    for staff in (cast.taker, cast.head, cast.system_admin):
        assert step(logged_in(staff), "trust_message", message, REASON).status_code == 403
    assert step(logged_in(cast.decider), "trust_message", message).status_code == 422
    assert state(message) == ("waiting", 1, 0)
    assert step(logged_in(cast.decider), "trust_message", message, REASON).status_code == 302
    assert state(message) == ("settled", 2, 1)
    assert json.loads(Record.objects.get(action="connectors.trust_message").body)["facts"]["reason"] == REASON["reason"]


def test_a_message_whose_sender_is_certain_needs_no_trust(shop: Account, cast: Cast) -> None:
    message = aside(shop, pushed(), "invalid")
    assert step(logged_in(cast.decider), "trust_message", message, REASON).status_code == 409
    assert state(message) == ("waiting", 1, 0)


def test_a_message_for_no_connection_is_given_one_by_name(shop: Account, cast: Cast) -> None:
    message, client = aside(None, pushed(), "account_unknown"), logged_in(cast.decider)
    refused = step(client, "trust_message", message, REASON)
    assert (refused.status_code, "官网商城" in text(refused), state(message)[0]) == (409, True, "waiting")
    assert step(client, "trust_message", message, REASON | {"connection": "guanwang"}).status_code == 302
    assert (state(message), Order.objects.get().shop) == (("settled", 2, 1), "guanwang")


# Many ----------------------------------------------------------------------------------------------------------------


def test_many_are_tried_again_each_with_its_own_result(shop: Account, cast: Cast) -> None:
    good, bad = aside(shop, pushed("W1"), "invalid", "W1"), aside(shop, b"{}", "invalid")
    absent = "GL999999"
    given = {"step": "replay", "message": [good.ref, bad.ref, absent]}
    page = text(logged_in(cast.taker).post("/quarantine/many/", given))
    assert [state(message)[:2] for message in (good, bad)] == [("settled", 2), ("waiting", 1)]
    rows = re.findall(r"<tr data-row>.*?</tr>", page, re.S)
    assert [("未完成" in row, ref in row) for row, ref in zip(rows, (good.ref, bad.ref, absent), strict=True)] == [
        (False, True), (True, True), (True, True),
    ]  # fmt: skip
    assert ("完成：1 条" in page, "未完成：2 条" in page) == (True, True)


def test_many_are_discarded_with_one_reason_and_without_it_none(shop: Account, cast: Cast) -> None:
    refs = [aside(shop, f"{number}".encode()).ref for number in range(3)]
    head = logged_in(cast.head)
    head.post("/quarantine/many/", {"step": "discard", "message": refs})
    assert Quarantined.objects.filter(stage="waiting").count() == 3
    logged_in(cast.taker).post("/quarantine/many/", {"step": "discard", "message": refs, **REASON})
    assert Quarantined.objects.filter(stage="waiting").count() == 3
    head.post("/quarantine/many/", {"step": "discard", "message": refs, **REASON})
    assert Quarantined.objects.filter(stage="discarded").count() == 3
    assert Record.objects.filter(action="connectors.discard_message").count() == 3


def test_nothing_chosen_is_said_so(cast: Cast) -> None:
    for given in ({}, {"step": "replay"}, {"step": "steal", "message": "GL000001"}):
        answer = logged_in(cast.head).post("/quarantine/many/", given)
        assert (answer.status_code, "请选择消息和要执行的操作" in text(answer)) == (422, True)
