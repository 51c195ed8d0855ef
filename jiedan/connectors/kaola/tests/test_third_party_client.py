"""A client that somebody else wrote (PyPI `kaola` 0.0.9, for tests only) works against the simulator but for its host.

Its ways, seen in its source: it posts a form body; leaves None out of signature and body alike; sends v=1.0; reads
the clock itself, in China time; strips the outer name off an answer but hands an error envelope on as it came;
misspells refund_remark (refund_remard), which a server has to bear; never times out; and keeps the credentials of
the shop used last in objects that all shops share, so it can't serve two shops at a time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from kaola.api.kaola import KaoLa

from jiedan.connectors.kaola import protocol, simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.simulator import Platform
from jiedan.core import clock


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def platform(now: datetime) -> Iterator[tuple[str, Platform]]:
    with simulator.running() as (address, found):
        for order in make_orders(25, seed=2, until=now - timedelta(minutes=5), span=timedelta(hours=1)):
            found.add(order)
        yield address, found


def shop(address: str, secret: str = simulator.SECRET) -> Any:
    found = KaoLa(simulator.APP_KEY, secret, access_token=simulator.TOKEN)
    found._host = address
    return found


def period(now: datetime) -> tuple[str, str]:
    return protocol.stamp(now - timedelta(hours=3)), protocol.stamp(now)


def test_it_searches_page_by_page(platform: tuple[str, Platform], now: datetime) -> None:
    found = [shop(platform[0]).order.search_order(1, 1, *period(now), page_no=page) for page in (1, 2)]
    assert [(page["total_count"], len(page["orders"])) for page in found] == [(25, 20), (25, 5)]
    seen = {order["order_id"] for page in found for order in page["orders"]}
    assert seen == set(platform[1].orders)


def test_it_searches_for_one_order(platform: tuple[str, Platform], now: datetime) -> None:
    order_id = next(iter(platform[1].orders))
    found = shop(platform[0]).order.search_order(1, 1, *period(now), order_id=order_id)
    assert [order["order_id"] for order in found["orders"]] == [order_id]


def test_it_reads_an_order(platform: tuple[str, Platform]) -> None:
    order_id, raw = next(iter(platform[1].orders.items()))
    assert shop(platform[0]).order.get_order(order_id) == {"order": raw}


def test_it_ships_and_adds_a_package(platform: tuple[str, Platform]) -> None:
    order_id = next(iter(platform[1].orders))
    delivery = shop(platform[0]).delivery
    assert delivery.delivery(order_id, "SF", "SF1")["order_id"] == order_id
    assert delivery.add_package(order_id, "ZTO", "Z1")["order_id"] == order_id
    assert [row["express_no"] for row in platform[1].deliveries] == ["SF1", "Z1"]
    assert platform[1].orders[order_id]["order_status"] == protocol.SHIPPED
    assert {"express_company_code": "ZTO", "express_company_name": "中通"} in delivery.get_express_company()[
        "logistics_companys"
    ]


def test_it_searches_and_settles_refunds(platform: tuple[str, Platform], now: datetime) -> None:
    for number, order_id in enumerate(list(platform[1].orders)[:3]):
        platform[1].ask_refund(order_id, f"R{number}", now - timedelta(hours=1))
    service = shop(platform[0]).service
    assert service.search_refund(1, *period(now))["total_count"] == 3
    assert service.get_refund("R0")["refundDetailInfoDTO"]["refund_id"] == "R0"
    assert service.agree_refund("R0", refund_remark="同意")["refund_id"] == "R0"
    assert service.refuse_refund("R1", "超过期限")["refund_id"] == "R1"
    assert service.agree_refund_goods("R2")["refund_id"] == "R2"
    assert [row["refund_status_detail"] for row in platform[1].refunds.values()] == [2, 3, 4]
    assert service.refuse_refund_goods("R2", "x")["error_response"]["code"] == "Business_error_code"


def test_its_wrong_secret_is_answered_with_an_error_envelope(platform: tuple[str, Platform]) -> None:
    found = shop(platform[0], secret="other").order.get_order("1")
    assert found["error_response"]["code"] == "illegal_param"
