"""A distributor's requests over HTTP: what they do, and that each gets the channel's envelope."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jiedan.connectors import accounts
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.connectors.yanxuan import protocol, views
from jiedan.connectors.yanxuan.tests.conftest import Distributor, connected, given_body
from jiedan.connectors.yanxuan.tests.test_parse import order
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting

FORM = "application/x-www-form-urlencoded"


def nothing_came_in() -> bool:
    return not Order.objects.exists() and not Message.objects.exists()


def set_aside() -> list[tuple[str, str, str]]:
    return [(row.cause, row.kind, row.external_id) for row in Quarantined.objects.order_by("pk")]


def test_a_paid_order_comes_in_and_is_answered_like_the_platform_does(distributor: Distributor) -> None:
    answer = distributor.create(order())
    assert (answer["code"], answer["subErrCode"]) == (200, None)
    assert answer["result"] == {
        "orderId": "YX-1", "orderStatus": "PAYED", "submitTime": "2026-09-18 17:10:00", "payTime": "2026-09-18 17:12:00",
        "receiverName": "欧阳*", "receiverMobile": "138****5678", "realPrice": "408.00", "expFee": "10.00", "payMethod": "支付宝",
        "orderSkus": [{
            "skuId": "家居/灯具-1087002", "productName": "北欧落地灯", "saleCount": 2, "originPrice": "199.00",
            "subtotalAmount": "398.00",
        }],
        "orderPackages": [],
    }  # fmt: skip
    found = Order.objects.get()
    assert (found.channel, found.shop, found.external_id, found.stage) == (
        "yanxuan",
        "hangzhou",
        "YX-1",
        OrderStage.ROUTED,
    )
    assert Record.objects.get(subject_type="order").action == "acquisition.receive_order"
    assert Message.objects.get().kind == protocol.CREATE


def test_get_tells_the_same_as_create(distributor: Distributor) -> None:
    created = distributor.create(order())["result"]
    for number in ("YX-1", " YX-1\u200b"):
        assert distributor.call(protocol.GET, orderId=number)["result"] == created


def test_the_same_again_is_answered_alike_and_stays_one_order(distributor: Distributor) -> None:
    answers = [distributor.create(order())["result"] for _again in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert (Order.objects.count(), Order.objects.get().version) == (1, 1)


def test_an_edit_before_acceptance_changes_the_order(distributor: Distributor) -> None:
    distributor.create(order())
    answer = distributor.create(order(receiverName="李四", realPrice="410.00", expFee="12.00"))
    assert (answer["result"]["realPrice"], answer["result"]["receiverName"]) == ("410.00", "李*")
    assert str(Order.objects.get().total) == "410.00"


def test_an_edit_after_acceptance_leaves_the_order_as_it_is(distributor: Distributor, cast: Cast) -> None:
    distributor.create(order())
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=Order.objects.get())
    answer = distributor.create(order(realPrice="410.00", expFee="12.00"))
    assert (answer["code"], answer["result"]["realPrice"]) == (200, "408.00")
    assert str(Order.objects.get().total) == "408.00"
    assert Record.objects.filter(action="acquisition.note_change").count() == 1


@pytest.mark.parametrize("place", ["form", "query", "both", "plain"])
def test_parameters_are_taken_from_form_and_query(distributor: Distributor, place: str) -> None:
    given = distributor.signed(protocol.CREATE, order=json.dumps(order(), ensure_ascii=False))
    system = given_body({name: given.pop(name) for name in ("method", "appKey")})
    if place == "both":
        answer = distributor.client.post(f"{distributor.path}?{system}", given_body(given), content_type=FORM)
    elif place == "query":
        answer = distributor.client.post(f"{distributor.path}?{system}&{given_body(given)}", "", content_type=FORM)
    else:
        kind = FORM if place == "form" else "text/plain"
        answer = distributor.client.post(distributor.path, f"{system}&{given_body(given)}", content_type=kind)
    assert answer.json()["code"] == 200
    assert Order.objects.get().receiver_masked == "欧阳*"


@pytest.mark.parametrize(
    ("change", "code", "cause"),
    [
        ({"sign": "0" * 32}, 401, "sign_wrong"),
        ({"orderId": "YX-2"}, 401, "sign_wrong"),
        ({"appKey": "another"}, 401, "sign_wrong"),
        ({"sign": ""}, 400, "parameter_missing"),
        ({"timestamp": ""}, 400, "parameter_missing"),
    ],
)
def test_what_does_not_verify_is_refused_and_set_aside(
    distributor: Distributor, change: dict[str, str], code: int, cause: str
) -> None:
    given = distributor.signed(protocol.CREATE, order=json.dumps(order()))
    answer = distributor.send({**given, **change})
    assert (answer.status_code, answer.json()["code"], answer.json()["subErrCode"]) == (200, code, cause)
    assert nothing_came_in()
    assert set_aside() == [(cause, protocol.CREATE, "")]


@pytest.mark.parametrize("off", [timedelta(minutes=10, seconds=1), -timedelta(minutes=10, seconds=1)])
def test_a_stale_or_early_request_is_refused_and_set_aside(distributor: Distributor, off: timedelta) -> None:
    given = distributor.signed(protocol.CREATE, order=json.dumps(order()))
    with clock.at(FRIDAY + off):
        answer = distributor.send(given).json()
    assert (answer["code"], answer["subErrCode"]) == (401, "timestamp_stale")
    assert nothing_came_in()
    assert set_aside() == [("timestamp_stale", protocol.CREATE, "")]


def test_an_unknown_connection_looks_like_a_wrong_signature(distributor: Distributor) -> None:
    stranger = Distributor("no-such-connection")
    answer = stranger.send(stranger.signed(protocol.GET, orderId="YX-1"))
    wrong = distributor.send({**distributor.signed(protocol.GET, orderId="YX-1"), "sign": "0"})
    assert answer.content == wrong.content
    assert [row[0] for row in set_aside()] == ["account_unknown", "sign_wrong"]


def test_after_a_rotation_the_earlier_secret_counts_until_its_end(
    distributor: Distributor, account: Account, cast: Cast
) -> None:
    renewed = {"secret": "renewed", "overlap_hours": 24, "reason": "定期更换"}
    dispatch("connectors.rotate_credentials", acting(cast.system_admin), renewed, subject=account)
    accounts.forget()
    assert distributor.create(order())["code"] == 200
    with clock.at(FRIDAY + timedelta(days=2)):
        accounts.forget()
        assert distributor.create(order(orderId="YX-2"))["subErrCode"] == "sign_wrong"
    assert [found.external_id for found in Order.objects.all()] == ["YX-1"]


@pytest.mark.parametrize(
    ("text", "cause", "number"),
    [
        ("null", "order_unreadable", ""),
        ('"null"', "order_unreadable", ""),
        ('{"orderId": "YX-1"', "json_refused", ""),
        ('{"orderId": "YX-1", "orderId": "YX-2"}', "json_refused", ""),
        (json.dumps(order(realPrice="1.00")), "order_unreadable", "YX-1"),
        (json.dumps(order(payTime=...)), "order_unreadable", "YX-1"),
        ("", "order_unreadable", ""),
    ],
)
def test_an_order_that_cannot_be_read_is_refused_with_the_field_and_set_aside_once(
    distributor: Distributor, text: str, cause: str, number: str
) -> None:
    for _again in range(2):
        answer = distributor.call(protocol.CREATE, order=text)
        assert (answer["code"], answer["subErrCode"], answer["result"]) == (400, cause, None)
        assert "请改正后重新推送" in answer["msg"]
    assert nothing_came_in()
    assert set_aside() == [(cause, protocol.CREATE, number)]
    assert Quarantined.objects.get().times == 2


def test_a_good_order_settles_what_waited_for_it(distributor: Distributor) -> None:
    distributor.create(order(realPrice="1.00"))
    distributor.create(order())
    assert Quarantined.objects.get().stage == "settled"


def test_cancelling_before_acceptance_is_allowed_at_once(distributor: Distributor) -> None:
    distributor.create(order())
    for _again in range(2):
        assert distributor.call(protocol.CANCEL, orderId="YX-1")["result"] == {"cancelStatus": 1, "rejectReason": None}
    assert Order.objects.get().stage == OrderStage.CANCELLED
    assert distributor.call(protocol.GET, orderId="YX-1")["result"]["orderStatus"] == "KF_CANCEL"


def test_cancelling_after_acceptance_waits_for_a_person(distributor: Distributor, cast: Cast) -> None:
    distributor.create(order())
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=Order.objects.get())
    for _again in range(2):
        assert distributor.call(protocol.CANCEL, orderId="YX-1")["result"] == {"cancelStatus": 2, "rejectReason": None}
    assert distributor.create(order())["result"]["orderStatus"] == "CANCELLING"
    assert Order.objects.get().stage == OrderStage.CANCELLING


def test_cancelled_before_created_and_paid_after_cancelled_end_cancelled(distributor: Distributor) -> None:
    assert distributor.call(protocol.CANCEL, orderId="YX-1")["result"]["cancelStatus"] == 1
    assert not Order.objects.exists()
    for _again in range(2):
        assert distributor.create(order())["result"]["orderStatus"] == "KF_CANCEL"
    assert (Order.objects.get().stage, Order.objects.count()) == (OrderStage.CANCELLED, 1)


def test_a_distributor_sees_and_cancels_only_its_own_orders(distributor: Distributor) -> None:
    distributor.create(order())
    connected("fenxiao-2", shop="ningbo")
    other = Distributor("fenxiao-2")
    foreign, absent = other.call(protocol.GET, orderId="YX-1"), other.call(protocol.GET, orderId="YX-9")
    assert foreign == absent
    assert (foreign["code"], foreign["subErrCode"]) == (404, "order_unknown")
    assert other.call(protocol.CANCEL, orderId="YX-1")["result"]["cancelStatus"] == 1
    assert Order.objects.get().stage == OrderStage.ROUTED


@pytest.mark.parametrize("number", ["", " ", "A" * 129, "A\u0000B", "A\nB"])
def test_an_order_number_that_is_none_is_refused(distributor: Distributor, number: str) -> None:
    for method in (protocol.GET, protocol.CANCEL):
        answer = distributor.call(method, orderId=number)
        assert (answer["code"], answer["subErrCode"]) == (400, "parameter_wrong")


def test_callbacks_are_registered_as_a_whole_and_listed(distributor: Distributor, account: Account) -> None:
    assert distributor.call(protocol.LIST)["result"] == []
    wanted = [protocol.CANCEL_DECIDED, "yanxuan.notification.order.delivered"]
    assert distributor.call(protocol.REGISTER, methods=json.dumps([*wanted, wanted[0]]))["result"] == wanted
    assert distributor.call(protocol.REGISTER, methods=",".join(wanted))["result"] == wanted
    assert distributor.call(protocol.LIST)["result"] == wanted
    assert Record.objects.filter(action="connectors.register_callbacks").count() == 1
    assert distributor.call(protocol.REGISTER, methods="[]")["result"] == []
    account.refresh_from_db()
    assert account.callbacks == []


@pytest.mark.parametrize("methods", ["[", "[1]", '["a b"]', "null", "{}", json.dumps(["yanxuan.a"] * 51), "x" * 5000])
def test_names_that_are_no_callbacks_are_refused(distributor: Distributor, account: Account, methods: str) -> None:
    assert distributor.call(protocol.REGISTER, methods=methods)["subErrCode"] == "parameter_wrong"
    account.refresh_from_db()
    assert (account.callbacks, account.version) == ([], 1)


@pytest.mark.parametrize(
    ("method", "cause"),
    [
        ("yanxuan.order.refund.apply", "method_not_offered"),
        ("yanxuan.no.such", "method_unknown"),
        ("\x00", "method_unknown"),
    ],
)
def test_other_methods_are_refused_clearly_and_set_aside(distributor: Distributor, method: str, cause: str) -> None:
    answer = distributor.call(method, applyInfo="{}")
    assert (answer["code"], answer["subErrCode"]) == (400, cause)
    assert set_aside() == [(cause, method if cause == "method_not_offered" else "", "")]


def test_a_paused_connection_asks_to_come_back_and_stores_nothing(
    distributor: Distributor, account: Account, cast: Cast
) -> None:
    dispatch("connectors.pause_connection", acting(cast.system_admin), {"reason": "盘点"}, subject=account)
    accounts.forget()
    answer = distributor.send(distributor.signed(protocol.CREATE, order=json.dumps(order())))
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["subErrCode"]) == (503, "300", "paused")
    assert nothing_came_in()
    assert set_aside() == []


@pytest.mark.parametrize(
    ("headers", "body", "status", "cause"),
    [
        ({"content_type": FORM, "HTTP_CONTENT_ENCODING": "gzip"}, b"\x1f\x8b", 415, "content_encoding"),
        ({"content_type": "application/json"}, b"{}", 415, "content_type"),
        ({"content_type": "multipart/form-data; boundary=x"}, b"--x--", 415, "content_type"),
        ({"content_type": FORM}, b"a=" + b"x" * views.LARGEST, 413, "too_large"),
        ({"content_type": FORM, "CONTENT_LENGTH": "²"}, b"a=1", 413, "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_request_of_the_channel_is_told_so_in_its_envelope(
    distributor: Distributor, headers: dict[str, Any], body: bytes, status: int, cause: str
) -> None:
    answer = distributor.client.post(distributor.path, body, **headers)
    assert (answer.status_code, answer.json()["subErrCode"]) == (status, cause)
    assert nothing_came_in()


def test_get_is_not_a_way_in(distributor: Distributor) -> None:
    answer = distributor.client.get(distributor.path, distributor.signed(protocol.GET, orderId="YX-1"))
    assert (answer.status_code, answer.headers["Allow"], answer.json()["code"]) == (405, "POST", 405)


@pytest.mark.parametrize("body", [b"%", b"a=%ED%A0%80", b"\xff\xfe", b"method=1&method=2", b"", b"&" * 500])
def test_parameters_that_cannot_be_read_are_set_aside(distributor: Distributor, body: bytes) -> None:
    answer = distributor.client.post(distributor.path, body, content_type=FORM)
    assert answer.json()["code"] == 400
    assert len(set_aside()) == 1
    assert nothing_came_in()


def test_nothing_personal_of_the_receiver_is_sent_back(distributor: Distributor) -> None:
    distributor.create(order())
    for method in (protocol.GET, protocol.CANCEL):
        text = distributor.send(distributor.signed(method, orderId="YX-1")).content.decode()
        assert not {"欧阳青", "13812345678", "文三路"} & set(text.split('"'))
