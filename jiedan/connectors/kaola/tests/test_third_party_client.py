"""A client that somebody else wrote (PyPI `kaola`, for tests only) works against the simulator but for its host."""

from datetime import timedelta

from kaola.api.kaola import KaoLa
from kaola.api.order import Order

from jiedan.connectors.kaola import protocol, simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.core import clock


class Shop(KaoLa):
    order = Order()


def test_it_searches_and_reads_an_order() -> None:
    now = clock.now()
    (raw,) = make_orders(1, seed=2, until=now - timedelta(minutes=5), span=timedelta(hours=1))
    with simulator.running() as (address, platform):
        platform.add(raw)
        shop = Shop(simulator.APP_KEY, simulator.SECRET, access_token=simulator.TOKEN)
        shop._host = address
        start, end = protocol.stamp(now - timedelta(hours=3)), protocol.stamp(now)
        found = shop.order.search_order(1, 1, start, end)
        assert [order["order_id"] for order in found["orders"]] == [raw["order_id"]]
        assert shop.order.get_order(raw["order_id"])["order"]["receiver_name"] == raw["receiver_name"]
