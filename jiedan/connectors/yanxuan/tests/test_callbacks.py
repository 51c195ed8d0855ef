"""A distributor is called back when a cancellation that had to wait is decided, and can verify the call."""

import json

import httpx
import pytest

from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.yanxuan import callbacks, protocol, simulator
from jiedan.connectors.yanxuan.callbacks import Callback
from jiedan.connectors.yanxuan.simulator import APP_KEY, SECRET, Distributor
from tests.cast import FRIDAY


def facts(*secrets: str) -> AccountFacts:
    return AccountFacts(
        1, "yanxuan", "hangzhou", "严选分销", "fenxiao-1", "connected", "", secrets, {"app_key": APP_KEY}
    )


def decided(action: str, before: str = "cancelling", reason: str = "货已出库") -> Callback | None:
    return callbacks.after(f"acquisition.{action}", before, "YX-1", reason)


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [("cancel_order", 1, None), ("refuse_cancel", 0, "货已出库"), ("withdraw_cancel", 0, "货已出库")],
)
def test_each_decision_is_told_with_its_status(action: str, status: int, reason: str | None) -> None:
    found = decided(action)
    assert found is not None
    assert (found.method, found.name) == ("yanxuan.callback.order.cancel", "orderCancelResult")
    assert json.loads(found.text) == {"orderId": "YX-1", "cancelStatus": status, "rejectReason": reason}


@pytest.mark.parametrize(("action", "before"), [("cancel_order", "routed"), ("request_cancel", "accepted")])
def test_what_decides_no_waiting_cancellation_is_not_told(action: str, before: str) -> None:
    assert decided(action, before) is None


def test_only_a_person_of_ours_makes_a_cancellation_an_exception() -> None:
    ours = callbacks.after("acquisition.cancel_order", "accepted", "YX-1", "内部原因", by_person=True)
    assert ours == Callback(
        "yanxuan.notification.order.exceptional",
        "exceptionInfo",
        '{"orderId":"YX-1","reason":"供货方无法履行该订单","extData":null}',
    )


def test_only_registered_callbacks_are_wanted() -> None:
    found = decided("refuse_cancel")
    assert found is not None
    assert callbacks.wanted(found, [protocol.CANCEL_DECIDED])
    assert not callbacks.wanted(found, ["yanxuan.notification.order.delivered"])


def test_the_distributor_verifies_what_we_sign_with_the_newest_secret() -> None:
    found = decided("refuse_cancel")
    assert found is not None
    distributor = Distributor("http://127.0.0.1:9/", now=lambda: FRIDAY)
    with simulator.running(distributor) as address:
        answer = httpx.post(address, data=callbacks.parameters(found, facts(SECRET, "earlier"), FRIDAY))
        other = httpx.post(address, data=callbacks.parameters(found, facts("another", SECRET), FRIDAY))
    assert callbacks.accepted(answer.status_code, answer.content)
    assert not callbacks.accepted(other.status_code, other.content)
    assert [json.loads(given["orderCancelResult"])["rejectReason"] for given in distributor.callbacks] == ["货已出库"]


def test_without_a_secret_nothing_is_signed() -> None:
    found = decided("refuse_cancel")
    assert found is not None
    with pytest.raises(ValueError, match="has no secret"):
        callbacks.parameters(found, facts(), FRIDAY)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"code":200}', True),
        (200, b'{"code":"200","msg":"ok"}', True),
        (200, b'{"code":500}', False),
        (200, b"{}", False),
        (200, b"200", False),
        (200, b"", False),
        (200, b"<html>", False),
        (500, b'{"code":200}', False),
        (302, b'{"code":200}', False),
    ],
)
def test_only_a_successful_envelope_counts_as_taken(status: int, body: bytes, expected: bool) -> None:
    assert callbacks.accepted(status, body) is expected
