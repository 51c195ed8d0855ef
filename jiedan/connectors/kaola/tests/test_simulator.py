"""The simulated platform keeps to the wire format, and goes wrong only when it is told to."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from jiedan.connectors.kaola import misbehaviour, protocol, simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.simulator import Platform
from tests.cast import FRIDAY

Sim = tuple[str, Platform]


@pytest.fixture
def platform() -> Iterator[Sim]:
    with simulator.running(Platform(now=lambda: FRIDAY)) as (address, found):
        for order in make_orders(5, seed=1, until=FRIDAY - timedelta(minutes=1)):
            found.add(order)
        yield address, found


def signed(method: str, **business: Any) -> dict[str, str]:
    given = {
        "method": method, "app_key": simulator.APP_KEY, "access_token": simulator.TOKEN,
        "timestamp": protocol.stamp(FRIDAY), **{name: str(value) for name, value in business.items()},
    }  # fmt: skip
    return {**given, "sign": protocol.sign(given, simulator.SECRET)}


def search(status: int = 1, date_type: int = 1, hours: float = 24, **more: Any) -> dict[str, str]:
    start = protocol.stamp(FRIDAY - timedelta(hours=hours))
    return signed(
        "kaola.order.search", order_status=status, date_type=date_type, start_time=start,
        end_time=protocol.stamp(FRIDAY), **more,
    )  # fmt: skip


def posted(platform: Sim, given: dict[str, str]) -> Any:
    return httpx.post(platform[0], data=given).json()


def found(platform: Sim, given: dict[str, str]) -> dict[str, Any]:
    inner: dict[str, Any] = posted(platform, given)["kaola_order_search_response"]
    return inner


def refusal(platform: Sim, given: dict[str, str]) -> tuple[str, str]:
    error = posted(platform, given)["error_response"]
    return error["code"], error["msg"]


def test_form_body_query_of_an_empty_post_and_get_are_answered_alike(platform: Sim) -> None:
    given = search()
    answers = [
        httpx.post(platform[0], data=given),
        httpx.post(platform[0], params=given),
        httpx.get(platform[0], params=given),
        httpx.post(platform[0], params={"method": given.pop("method")}, data=given),
    ]
    assert [answer.json()["kaola_order_search_response"]["total_count"] for answer in answers] == [5, 5, 5, 5]
    assert answers[0].headers["content-type"] == "application/json;charset=UTF-8"


def test_a_secret_sent_along_is_dropped_and_not_kept(platform: Sim) -> None:
    answer = httpx.post(platform[0], params={"secret": simulator.SECRET}, data=search())
    assert answer.json()["kaola_order_search_response"]["total_count"] == 5
    assert simulator.SECRET not in str(platform[1].requests)
    assert simulator.TOKEN not in str(platform[1].requests)


def test_empty_values_are_verified_as_they_arrive(platform: Sim) -> None:
    assert found(platform, search(order_id=""))["total_count"] == 5


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sign": "0" * 32}, ("illegal_param", "sign is wrong")),
        ({"page_no": "2"}, ("illegal_param", "sign is wrong")),
        ({"app_key": ""}, ("missing_app_key", "app_key is missing")),
        ({"app_key": "x"}, ("illegal_param", "app_key or access_token is not known")),
        ({"method": ""}, ("illegal_param", "method is missing")),
        ({"timestamp": "yesterday"}, ("illegal_param", "sign is wrong")),
    ],
)
def test_a_request_that_is_not_right_is_refused(
    platform: Sim, changes: dict[str, str], expected: tuple[str, str]
) -> None:
    assert refusal(platform, {**search(), **changes}) == expected


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_clock_that_is_off_is_refused(platform: Sim, minutes: int) -> None:
    platform[1].now = lambda: FRIDAY + timedelta(minutes=minutes)
    assert refusal(platform, search()) == ("illegal_param", "timestamp is too far off")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hours": 24.01}, "the period may be 24 hours at most"),
        ({"hours": -1}, "the period may be 24 hours at most"),
        ({"page_size": 101}, "page_no or page_size is out of range"),
        ({"page_no": 0}, "page_no or page_size is out of range"),
        ({"page_no": "²"}, "page_no is missing or no number"),
        ({"date_type": 9}, "date_type is missing or not known"),
        ({"status": "x"}, "order_status is missing or no number"),
    ],
)
def test_a_search_out_of_bounds_is_refused(platform: Sim, changes: dict[str, Any], message: str) -> None:
    assert refusal(platform, search(**changes)) == ("illegal_param", message)


def test_an_unknown_method_and_a_doubled_parameter_are_refused(platform: Sim) -> None:
    assert refusal(platform, signed("kaola.nothing")) == ("illegal_param", "method kaola.nothing is not known")
    doubled = httpx.post(platform[0], params={"page_no": "2"}, data=search(page_no=1)).json()
    assert doubled["error_response"]["msg"] == "a parameter is given twice"


def test_pages_are_newest_first_and_never_overlap(platform: Sim) -> None:
    pages = [found(platform, search(page_no=page, page_size=2)) for page in (1, 2, 3, 4)]
    times = [order["pay_success_time"] for page in pages for order in page["orders"]]
    assert (times, [len(page["orders"]) for page in pages]) == (sorted(times, reverse=True), [2, 2, 1, 0])


def test_each_status_is_found_by_its_own_time(platform: Sim) -> None:
    ids = list(platform[1].orders)
    platform[1].edit(ids[0], order_status=protocol.SHIPPING)
    platform[1].cancel(ids[1], protocol.CANCEL_ASKED, FRIDAY - timedelta(hours=1))
    platform[1].cancel(ids[2], protocol.CANCELLED, FRIDAY - timedelta(hours=30))
    counts = {
        (status, date_type): found(platform, search(status, date_type))["total_count"]
        for status in (1, 8, 5, 6)
        for date_type in (1, 1005)
    }
    assert counts == {
        (1, 1): 3,
        (1, 1005): 0,
        (8, 1): 1,
        (8, 1005): 0,
        (5, 1): 1,
        (5, 1005): 1,
        (6, 1): 1,
        (6, 1005): 0,
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"express_company_code": "XX"}, "illegal_param"),
        ({"express_no": ""}, "illegal_param"),
        ({"express_no": "1,2"}, "illegal_param"),
        ({"sku_info": "nothing:1"}, "illegal_param"),
        ({"order_id": "nothing"}, "Business_error_code"),
    ],
)
def test_a_shipment_that_does_not_fit_is_refused_and_changes_nothing(
    platform: Sim, changes: dict[str, str], code: str
) -> None:
    order_id = next(iter(platform[1].orders))
    given = {"order_id": order_id, "express_company_code": "SF", "express_no": "S1"} | changes
    assert refusal(platform, signed("kaola.logistics.deliver", **given))[0] == code
    assert (platform[1].orders[order_id]["order_status"], platform[1].deliveries) == (protocol.PAID, [])


@pytest.mark.parametrize("status", [2, 3, 5, 6])
def test_an_order_is_shipped_only_while_it_is_paid(platform: Sim, status: int) -> None:
    order_id = next(iter(platform[1].orders))
    platform[1].edit(order_id, order_status=status)
    given = signed("kaola.logistics.deliver", order_id=order_id, express_company_code="SF", express_no="S1")
    error = posted(platform, given)["error_response"]
    assert error["subErrors"][0]["code"] == "kaola.logistics.deliver.status_error"


@pytest.mark.parametrize("fault", [fault for fault in misbehaviour.FAULTS if fault not in ("cut", "truncated")])
def test_each_fault_is_what_it_says(platform: Sim, fault: str) -> None:
    platform[1].next_faults = [fault]
    answer = httpx.post(platform[0], data=search())
    text = answer.text
    inner = (
        (json.loads(text) or {}).get("kaola_order_search_response", {}) if fault in ("move", *misbehaviour.BENT) else {}
    )
    rows = inner.get("orders", [])
    holds = {
        "move": len(platform[1].orders) == 6,
        "slow": answer.elapsed >= timedelta(seconds=0.5),
        "error_500": answer.status_code == 500,
        "malformed": text.startswith('{"kaola') and not text.endswith("}"),
        "null": text == "null",
        "null_text": text == '"null"',
        "envelope": "Sys_error_code" in text,
        "strings": inner.get("total_count") == "5" and rows and rows[0]["order_status"] == "1",
        "missing": sum("order_real_price" in row for row in rows) == 4,
        "duplicate": len(rows) == 6,
        "shuffle": sorted(row["order_id"] for row in rows) == sorted(platform[1].orders),
    }
    assert holds[fault]
    assert found(platform, search())["total_count"] == len(platform[1].orders)


def answers(seed: int) -> list[str]:
    platform = Platform(seed=seed, now=lambda: FRIDAY, faults=0.6, stall=0)
    found = []
    with simulator.running(platform) as (address, _same), httpx.Client() as http:
        for _ in range(40):
            try:
                found.append(http.post(address, data=search()).text)
            except httpx.HTTPError:
                found.append("no answer")
    return found


def test_in_fault_mode_the_same_seed_goes_wrong_in_the_same_places() -> None:
    first = answers(3)
    assert first == answers(3)
    assert {"no answer", "null", "<html>busy</html>"} <= set(first)


def test_the_command_says_where_it_listens_and_stops_when_asked() -> None:
    code = "from jiedan.connectors.kaola.simulator import serve; serve(0, orders=3, rate=600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        assert httpx.post(address, data={}).json()["error_response"]["code"] == "missing_app_key"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_while_it_runs_orders_appear_and_customers_cancel() -> None:
    platform = Platform(seed=1, now=lambda: FRIDAY)

    class Ticks:
        left = 200

        def wait(self, _seconds: float | None) -> bool:
            self.left -= 1
            return self.left < 0

    simulator._live(platform, 0, 60, Ticks())  # type: ignore[arg-type]
    statuses = [order["order_status"] for order in platform.orders.values()]
    assert len(statuses) == 200
    assert {protocol.CANCEL_ASKED, protocol.CANCELLED} <= set(statuses)
