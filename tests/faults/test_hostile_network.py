"""R6: a network that loses, cuts, doubles and delays: every order once, whichever way it came in."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from jiedan.connectors.kaola import simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.core import clock
from tests.faults.proxy import FAULTS, FaultProxy
from tests.faults.pushing import WAYS_IN, Pushers, assert_each_once, connect, storm
from tests.faults.rig import Clients, Installation, installation, token_of, until
from tests.faults.test_kills import assert_sound as assert_entered_once
from tests.faults.test_push_kills import assert_sound

pytestmark = pytest.mark.faults
QUICK = [fault for fault in FAULTS if fault != "black_hole"]
"""For who waits half a minute for an answer."""
FAULTED = int(os.environ.get("JIEDAN_FAULTED", "4000"))
"""Pushes that meet a fault, over all the ways in; a quarter as many orders that people enter."""


def connection_faults(proxy: FaultProxy) -> int:
    return sum(proxy.faulted.values())


def test_pushes_over_a_hostile_network_are_each_one_order(tmp_path: Path) -> None:
    with installation(tmp_path, postgres=False) as (found, _server):
        targets = [connect(found, channel) for channel in WAYS_IN]
        found.start_web()
        with FaultProxy(found.port, seed=6) as proxy, storm(targets, each=6, timeout=1.0, port=proxy.port) as everybody:
            until(lambda: connection_faults(proxy) >= FAULTED, 240)
            assert set(proxy.faulted) == set(FAULTS)
        settled(found)
        found.stop()
        for pushers in everybody:
            assert_each_once(found, pushers)
            assert len(pushers.acknowledged) > FAULTED // 30
        assert_sound(found)


def settled(found: Installation) -> None:
    """What was still under way when the senders stopped has been answered."""
    assert found.web is not None
    time.sleep(2)


def test_orders_entered_over_a_hostile_network_are_each_one_order(tmp_path: Path) -> None:
    with installation(tmp_path, postgres=False) as (found, _server):
        found.start_web()
        token = token_of(found, "1001")
        with FaultProxy(found.port, seed=7) as proxy:
            with Clients(found, token, count=8, seed=7, port=proxy.port) as clients:
                until(lambda: connection_faults(proxy) >= FAULTED // 4, 240)
            settled(found)
            found.stop()
            assert_entered_once(found, clients)
            assert len(clients.acknowledged) > FAULTED // 40


def test_orders_pulled_over_a_hostile_network_are_each_one_order(tmp_path: Path) -> None:
    platform = simulator.Platform()
    for order in make_orders(120, seed=6, until=clock.now() - timedelta(minutes=2)):
        platform.add(order)
    with installation(tmp_path, postgres=False) as (found, _server), simulator.running(platform) as (address, _same):
        with FaultProxy(int(address.rsplit(":", 1)[1].split("/")[0]), seed=8, share=0.06, faults=QUICK) as proxy:
            found.script(
                "from datetime import timedelta\nfrom jiedan.connectors import accounts\nfrom jiedan.core import clock\n"
                f"accounts.connect('kaola', 'hangzhou', 'x', '{address.replace(address.rsplit(':', 1)[1].split('/')[0], str(proxy.port))}', "
                f"{{'app_key': '{simulator.APP_KEY}', 'secret': '{simulator.SECRET}', 'access_token': '{simulator.TOKEN}'}}, "
                "clock.now(), every=timedelta(seconds=1))\nprint('{}')"
            )
            found.start_worker()
            count = "import json; from jiedan.orders.models import Order; print(json.dumps(Order.objects.count()))"
            until(lambda: found.script(count) >= 120, 120)
        found.stop()
        assert connection_faults(proxy) > 0
        assert_sound(found)
        assert found.script(count) == 120


FORGETFUL = """
from django.db import connection
with connection.cursor() as sql:
    sql.execute('DROP INDEX one_order_per_external_id')
    sql.execute('DROP INDEX message_once_per_account')
connection.close()
from jiedan.acquisition import intake
from jiedan.connectors import desk
intake._known = lambda given: {}
desk._answered_before = lambda deliveries: {}
"""


def test_the_network_finds_an_intake_that_forgets_what_it_knows(tmp_path: Path) -> None:
    """The positive control: whatever is sent again becomes another order."""
    with installation(tmp_path, postgres=False) as (found, _server):
        target = connect(found, "webhook")
        found.start_web(planted=FORGETFUL)
        with FaultProxy(target.port, seed=9) as proxy, Pushers(target, 8, "N", timeout=1.0).through(proxy.port):
            until(lambda: connection_faults(proxy) >= 60, 60)
        settled(found)
        found.stop()
        state = found.script(KEPT_TWICE)
        assert state > 0


KEPT_TWICE = """
import json
from django.db.models import Count
from jiedan.orders.models import Order
print(json.dumps(Order.objects.values('external_id').annotate(n=Count('pk')).filter(n__gt=1).count()))
"""
