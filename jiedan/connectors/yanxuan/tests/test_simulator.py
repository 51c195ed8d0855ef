"""The simulated distributor goes wrong in every known way, and each of them is accounted for on our side."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from jiedan.connectors import accounts
from jiedan.connectors.models import Quarantined
from jiedan.connectors.yanxuan import misbehaviour, protocol, simulator
from jiedan.connectors.yanxuan.generator import make_orders
from jiedan.connectors.yanxuan.parse import parse_order
from jiedan.connectors.yanxuan.simulator import APP_KEY, SECRET, Distributor
from jiedan.connectors.yanxuan.tests.conftest import connected
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast

FAULTS = len(misbehaviour.PLANS)


@pytest.fixture
def target(transactional_db: None, live_server: LiveServer) -> Iterator[str]:
    Cast.enter()
    accounts.forget()
    connected("fenxiao-1")
    yield f"{live_server.url}/connect/yanxuan/fenxiao-1"
    accounts.forget()


def test_orders_are_the_same_for_the_same_seed_and_readable() -> None:
    orders = make_orders(200, seed=7, until=FRIDAY)
    assert orders == make_orders(200, seed=7, until=FRIDAY)
    assert orders != make_orders(200, seed=8, until=FRIDAY)
    assert len({order["orderId"] for order in orders}) == 200
    found = [parse_order(order, "hangzhou") for order in orders]
    assert [str(one.total) for one in found] == [order["realPrice"] for order in orders]


def test_every_plan_ends_with_a_good_create_or_its_cancellation() -> None:
    (order,) = make_orders(1, seed=1, until=FRIDAY)
    for name, made in misbehaviour.PLANS.items():
        last = made(order)[-1]
        assert (last.method, last.way) == (protocol.CREATE, ""), name
        assert parse_order(json.loads(last.business["order"]), "hangzhou").external_id == order["orderId"]


def test_without_faults_every_order_comes_in_once(target: str) -> None:
    distributor = Distributor(target, seed=3)
    orders = make_orders(20, seed=3, until=clock.now())
    stories = distributor.push(orders)
    distributor.close()
    cancelled = {number for number, story in stories.items() if story.fault == "cancelled"}
    assert {story.fault for story in stories.values()} <= {"", "cancelled"}
    assert all(story.acknowledged for story in stories.values())
    assert {found.external_id: found.stage == OrderStage.CANCELLED for found in Order.objects.all()} == {
        number: number in cancelled for number in stories
    }
    assert not Quarantined.objects.exists()


def test_with_every_fault_each_order_is_there_once_and_each_fault_accounted_for(target: str) -> None:
    distributor = Distributor(target, seed=5, faults=True)
    orders = make_orders(FAULTS + 11, seed=5, until=clock.now())
    stories = distributor.push(orders, threads=3)
    distributor.close()
    assert {story.fault for story in stories.values()} >= set(misbehaviour.PLANS)
    for story in stories.values():
        expected = [misbehaviour.REFUSED[story.fault]] if story.fault in misbehaviour.REFUSED else []
        assert (story.acknowledged, story.refusals) == (True, expected), story
    found = {order.external_id: order for order in Order.objects.all()}
    assert found.keys() == {order["orderId"] for order in orders}
    assert {number for number, order in found.items() if order.stage == OrderStage.CANCELLED} == {
        number for number, story in stories.items() if story.fault in misbehaviour.ENDS_CANCELLED
    }
    totals = {order["orderId"]: Decimal(order["realPrice"]) for order in orders}
    assert {number: order.total for number, order in found.items()} == totals
    kept: Counter[str] = Counter()
    for row in Quarantined.objects.all():
        kept[row.cause] += row.times
    assert kept == distributor.account()["refused"]


def test_a_wrong_secret_gets_nothing_in(target: str) -> None:
    distributor = Distributor(target, secret="wrong")
    stories = distributor.push(make_orders(3, seed=1, until=clock.now()))
    distributor.close()
    assert [story.acknowledged for story in stories.values()] == [False] * 3
    assert not Order.objects.exists()
    assert [row.cause for row in Quarantined.objects.all()] == ["sign_wrong"] * 3


@pytest.mark.parametrize(
    ("fault", "status", "kept"), [("", 200, 1), ("refuse", 200, 0), ("error_500", 500, 0), ("cut", 0, 0)]
)
def test_the_distributor_takes_callbacks_and_goes_wrong_when_told(fault: str, status: int, kept: int) -> None:
    distributor = Distributor("http://127.0.0.1:9/", now=lambda: FRIDAY, callback_faults=[fault])
    given = protocol.signed(protocol.CANCEL_DECIDED, {"orderCancelResult": "{}"}, APP_KEY, SECRET, FRIDAY)
    with simulator.running(distributor) as address:
        try:
            found = httpx.post(address, data=given).status_code
        except httpx.HTTPError:
            found = 0
    assert (found, len(distributor.callbacks)) == (status, kept)


def test_the_distributor_takes_no_callback_that_is_not_signed() -> None:
    distributor = Distributor("http://127.0.0.1:9/", now=lambda: FRIDAY)
    given = protocol.signed(protocol.CANCEL_DECIDED, {"orderCancelResult": "{}"}, APP_KEY, "wrong", FRIDAY)
    with simulator.running(distributor) as address:
        assert httpx.post(address, data=given).json()["subErrCode"] == "sign_wrong"
    assert distributor.callbacks == []


def test_the_command_pushes_and_writes_down_what_it_did(target: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    command = [
        sys.executable, "-c", "from jiedan.cli import main; main()", "simulate", "yanxuan", "--port", "0", "--once",
        "--orders", str(FAULTS), "--faults", "--target", target, "--log", str(log),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    stories = [json.loads(line) for line in log.read_text().splitlines()]
    assert (figures["orders"], figures["acknowledged"]) == (FAULTS, FAULTS)
    assert {story["fault"] for story in stories} == set(misbehaviour.PLANS)
    assert {found.external_id for found in Order.objects.all()} == {story["order_id"] for story in stories}
