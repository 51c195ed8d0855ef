"""Each useless answer becomes an error of its own that says what was asked, what came back and what to do."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from jiedan.connectors.kaola import client as kaola
from jiedan.connectors.kaola import simulator
from jiedan.connectors.kaola.client import KaolaClient
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.problems import (
    KaolaError,
    KaolaMisconfigured,
    KaolaRefused,
    KaolaUnreachable,
    KaolaUnreadable,
)
from jiedan.connectors.kaola.simulator import Platform
from tests.cast import FRIDAY

START, END = FRIDAY - timedelta(hours=24), FRIDAY
ASKED = (
    "kaola.order.search order_status=1 date_type=1 start_time=2026-09-17 17:30:00 end_time=2026-09-18 17:30:00 "
    "page_no=1 page_size=50"
)


@pytest.fixture
def platform() -> Iterator[tuple[str, Platform]]:
    with simulator.running(Platform(now=lambda: FRIDAY, stall=0.6)) as (address, found):
        for order in make_orders(3, seed=1, until=FRIDAY):
            found.add(order)
        yield address, found


_OPENED: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def client(address: str, **changes: str) -> KaolaClient:
    keys = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET, "access_token": simulator.TOKEN} | changes
    _OPENED.append(httpx.Client(timeout=httpx.Timeout(0.5, connect=2.0)))
    return KaolaClient(address, **keys, http=_OPENED[-1], now=lambda: FRIDAY)


def search(address: str, **changes: str) -> tuple[int, list[object]]:
    return client(address, **changes).search_orders(1, 1, START, END, 1)


def told(kind: type[KaolaError], address: str, **changes: str) -> KaolaError:
    with pytest.raises(kind) as raised:
        search(address, **changes)
    return raised.value


def answered(platform: tuple[str, Platform], body: bytes, status: int = 200) -> KaolaError:
    platform[1].next_answers = [(status, body)]
    return told(KaolaError, platform[0])


def test_a_search_returns_the_count_and_the_rows(platform: tuple[str, Platform]) -> None:
    count, rows = search(platform[0])
    assert (count, len(rows)) == (3, 3)


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        ("slow", "ReadTimeout"),
        ("cut", "RemoteProtocolError"),
        ("truncated", "RemoteProtocolError"),
        ("error_500", "HTTP 500"),
    ],
)
def test_no_answer_says_so_and_that_it_is_tried_again(platform: tuple[str, Platform], fault: str, what: str) -> None:
    platform[1].next_faults = [fault]
    error = told(KaolaUnreachable, platform[0])
    assert str(error) == f"{ASKED}: no answer ({what}); it is tried again later, check the network"
    assert error.sentence("zh-hans") == f"{ASKED}：没有得到回答（{what}）；稍后会自动重试，请检查网络"
    assert search(platform[0])[0] == 3


def test_nobody_listening_is_unreachable() -> None:
    with simulator.running(Platform(now=lambda: FRIDAY)) as (address, _platform):
        pass
    assert "ConnectError" in str(told(KaolaUnreachable, address))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "not readable JSON"),
        (b"<html>", "not readable JSON"),
        (b'{"kaola_order_search_response": {"total_count": 1, "orders": [', "not readable JSON"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "nested deeper"),
        (b"null", "it is null, not an object"),
        (b'"null"', "it is str, not an object"),
        (b"[]", "it is list, not an object"),
        (b"{}", "it lacks kaola_order_search_response"),
        (b'{"kaola_order_search_response": null}', "it lacks kaola_order_search_response"),
        (b'{"kaola_order_search_response": "null"}', "it lacks kaola_order_search_response"),
        (b'{"kaola_order_search_response": {}}', "total_count is None, not a number"),
        (b'{"kaola_order_search_response": {"total_count": "many", "orders": []}}', "total_count is 'many'"),
        (b'{"kaola_order_search_response": {"total_count": true, "orders": []}}', "total_count is True"),
        (b'{"kaola_order_search_response": {"total_count": -1, "orders": []}}', "total_count is -1"),
        (b'{"kaola_order_search_response": {"total_count": 1}}', "orders is NoneType, not a list"),
        (b'{"kaola_order_search_response": {"total_count": 1, "orders": {}}}', "orders is dict, not a list"),
    ],
)
def test_an_answer_that_can_not_be_used_says_what_is_wrong_with_it(
    platform: tuple[str, Platform], body: bytes, what: str
) -> None:
    error = answered(platform, body)
    assert isinstance(error, KaolaUnreadable)
    assert what in str(error)
    assert str(error).startswith(ASKED)
    assert "不会写入任何数据" in error.sentence("zh-hans")


@pytest.mark.parametrize("orders", [b"[]", b"null", b'"null"', b'""'])
def test_an_empty_window_may_come_without_a_list(platform: tuple[str, Platform], orders: bytes) -> None:
    platform[1].next_answers = [(200, b'{"kaola_order_search_response": {"total_count": "0", "orders": %s}}' % orders)]
    assert search(platform[0]) == (0, [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, KaolaUnreadable), (404, KaolaUnreadable), (429, KaolaUnreachable), (503, KaolaUnreachable)],
)
def test_each_http_status_is_named(platform: tuple[str, Platform], status: int, kind: type[KaolaError]) -> None:
    error = answered(platform, b"<html>", status)
    assert (type(error), f"HTTP {status}" in str(error)) == (kind, True)


def test_a_refusal_carries_code_details_and_advice(platform: tuple[str, Platform]) -> None:
    body = b'{"error_response": {"code": "illegal_param", "msg": "bad\\u0007 sign", "subErrors": [{"code": "c1", "msg": "m1"}, 5]}}'
    error = answered(platform, body)
    assert isinstance(error, KaolaRefused)
    assert (error.code, error.details) == ("illegal_param", [("c1", "m1")])
    advice = "check the shop's secret, its authorisation and this machine's clock"
    assert str(error) == f"{ASKED}: the platform refuses: illegal_param bad sign · c1 m1; {advice}"


@pytest.mark.parametrize("envelope", [b"null", b'"null"', b"[]", b'{"msg": null, "code": null, "subErrors": "null"}'])
def test_an_empty_refusal_is_still_no_success(platform: tuple[str, Platform], envelope: bytes) -> None:
    error = answered(platform, b'{"error_response": %s}' % envelope)
    assert isinstance(error, KaolaUnreadable if envelope == b"null" else KaolaRefused)


def test_a_refusal_with_an_http_status_is_a_refusal(platform: tuple[str, Platform]) -> None:
    error = answered(platform, b'{"error_response": {"code": "missing_app_key", "msg": "m"}}', 400)
    assert isinstance(error, KaolaRefused)


@pytest.mark.parametrize("wrong", [{"secret": "other"}, {"app_key": "other"}, {"access_token": "other"}])
def test_wrong_credentials_are_refused_and_not_repeated_in_the_message(
    platform: tuple[str, Platform], wrong: dict[str, str]
) -> None:
    error = told(KaolaRefused, platform[0], **wrong)
    assert isinstance(error, KaolaRefused)
    assert error.code == "illegal_param"
    for secret in ("other", simulator.SECRET, simulator.TOKEN, simulator.APP_KEY):
        assert secret not in str(error) + error.zh


def test_an_endless_answer_is_cut_off(platform: tuple[str, Platform], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kaola, "LARGEST_ANSWER", 1000)
    assert "larger than 16 MiB" in str(answered(platform, b" " * 1001))


def test_an_answer_that_trickles_in_is_given_up(
    platform: tuple[str, Platform], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kaola, "LONGEST_ANSWER", -1.0)
    assert isinstance(told(KaolaUnreachable, platform[0]), KaolaUnreachable)


@pytest.mark.parametrize(
    "address",
    ["", "openapi.kaola.com", "ftp://x/", "http://openapi.kaola.com/router", "https://", "https://u:p@x/", "http://[/"],
)
def test_an_address_that_can_not_be_right_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(KaolaMisconfigured) as raised:
        KaolaClient(address, "k", "s", "t")
    assert "https" in str(raised.value)
    assert "接口地址" in raised.value.zh


def test_one_order_and_the_carriers_can_be_asked_for(platform: tuple[str, Platform]) -> None:
    address, found = platform
    order_id = next(iter(found.orders))
    assert client(address).get_order(order_id) == found.orders[order_id]
    assert {"express_company_code": "SF", "express_company_name": "顺丰"} in client(address).logistics_companies()
    with pytest.raises(KaolaRefused, match="the order does not exist"):
        client(address).get_order("no")
    found.next_answers = [(200, b'{"kaola_order_get_response": {}}')]
    with pytest.raises(KaolaUnreadable, match="it has no order"):
        client(address).get_order(order_id)
    found.next_answers = [(200, b'{"kaola_logistics_companies_get_response": {}}')]
    with pytest.raises(KaolaUnreadable, match="it has no list of carriers"):
        client(address).logistics_companies()


def test_a_shipment_whose_answer_is_lost_says_that_it_may_have_been_done(platform: tuple[str, Platform]) -> None:
    address, found = platform
    order_id = next(iter(found.orders))
    found.next_faults = ["cut"]
    with pytest.raises(KaolaUnreachable, match="may have been carried out") as raised:
        client(address).deliver(order_id, "SF", "SF1")
    assert "平台可能已执行" in raised.value.zh
    assert client(address).get_order(order_id)["order_status"] == 2
    with pytest.raises(KaolaRefused) as refused:
        client(address).deliver(order_id, "SF", "SF1")
    assert refused.value.details[0][0] == "kaola.logistics.deliver.status_error"


def test_a_second_package_and_a_split_shipment_are_written_back(platform: tuple[str, Platform]) -> None:
    address, found = platform
    first, second, _third = found.orders.values()
    parts = "|".join(f"{sku['sku_key']}:{sku['count']}" for sku in first["order_skus"])
    assert client(address).deliver(first["order_id"], "SF", "SF1", parts)["order_id"] == first["order_id"]
    client(address).add_package(first["order_id"], "ZTO", "Z1")
    client(address).add_package(second["order_id"], "YTO", "Y1")
    assert [(row["order_id"], row["express_no"]) for row in found.deliveries] == [
        (first["order_id"], "SF1"),
        (first["order_id"], "Z1"),
        (second["order_id"], "Y1"),
    ]


def test_refunds_can_be_searched(platform: tuple[str, Platform]) -> None:
    address, found = platform
    found.ask_refund(next(iter(found.orders)), "R1", FRIDAY - timedelta(hours=1))
    count, rows = client(address).search_refunds(1, START, END, 1)
    assert (count, [row["refund_id"] for row in rows]) == (1, ["R1"])


def test_a_client_of_its_own_is_closed_and_a_lent_one_stays_open(platform: tuple[str, Platform]) -> None:
    with httpx.Client() as lent:
        with KaolaClient(platform[0], simulator.APP_KEY, simulator.SECRET, simulator.TOKEN, http=lent):
            pass
        assert not lent.is_closed
    with KaolaClient(platform[0], simulator.APP_KEY, simulator.SECRET, simulator.TOKEN, now=lambda: FRIDAY) as own:
        assert own.search_orders(1, 1, START, END, 1)[0] == 3
    with pytest.raises(RuntimeError, match="closed"):
        own.search_orders(1, 1, START, END, 1)
