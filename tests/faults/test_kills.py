"""R1, R2: whatever dies when, what was acknowledged is there once, whole, and the ledger verifies."""

import os
import random
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.rig import SOUND, Clients, Installation, installation, kill_a_backend, token_of, until

pytestmark = pytest.mark.faults
WEB_KILLS = int(os.environ.get("JIEDAN_KILLS", "100"))
DATABASE_KILLS = int(os.environ.get("JIEDAN_DATABASE_KILLS", "60"))


def assert_sound(found: Installation, clients: Clients) -> None:
    state = found.script(SOUND)
    assert (state["ok"], state["problem"]) == (True, None)
    assert (state["half"], state["stale"], state["doubles"]) == ([], [], [])
    assert state["births"] == state["orders"]
    # Each acknowledged order is there exactly once: its key stands in its requirements.
    kept = found.script(
        "import json; from jiedan.orders.models import Order\n"
        "print(json.dumps(list(Order.objects.values_list('requirements', 'pk'))))"
    )
    by_key: dict[str, list[int]] = {}
    for key, pk in kept:
        by_key.setdefault(key, []).append(pk)
    assert [key for key in clients.acknowledged if key not in by_key] == []
    assert [key for key, rows in by_key.items() if len(rows) > 1] == []
    assert set(by_key) <= clients.sent


def test_killing_web_and_worker_at_random_loses_and_doubles_nothing(tmp_path: Path) -> None:
    dice = random.Random(20260918)
    with installation(tmp_path, postgres=False) as (found, _server), found.warm():
        found.start_web()
        found.start_worker()
        with Clients(found, token_of(found, "1001"), count=4, seed=1) as clients:
            while found.kills < WEB_KILLS:
                time.sleep(dice.uniform(0.05, 0.5))
                if dice.random() < 0.75:
                    found.kill(found.web)
                    found.start_web()
                else:
                    found.kill(found.worker)
                    found.start_worker()
            until(lambda: len(clients.acknowledged) >= 50, 60)
        found.stop()
        assert_sound(found, clients)
        assert len(clients.acknowledged) >= WEB_KILLS // 2


def test_killing_postgresql_itself_loses_and_doubles_nothing(tmp_path: Path) -> None:
    dice = random.Random(20260920)
    with installation(tmp_path, postgres=True) as (found, server):
        assert server is not None
        found.start_web()
        with Clients(found, token_of(found, "1001"), count=4, seed=2) as clients:
            for _ in range(DATABASE_KILLS):
                time.sleep(dice.uniform(0.1, 0.6))
                assert server.process is not None
                if dice.random() < 0.5:
                    kill_a_backend(server.process.pid, dice)
                else:
                    # The postmaster: every backend loses its shared memory and goes down with it.
                    server.process.send_signal(signal.SIGQUIT)
                    server.process.wait(20)
                    server.start()
            until(lambda: len(clients.acknowledged) >= 50, 60)
        found.stop()
        assert_sound(found, clients)


def test_the_rig_catches_an_acknowledgement_before_the_commit(tmp_path: Path) -> None:
    """The positive control: an order that was acknowledged but never stored is found."""
    with installation(tmp_path, postgres=False) as (found, _server):
        found.start_web()
        with httpx.Client(timeout=5) as http:
            clients = Clients(found, token_of(found, "1001"), count=0, seed=3)
            clients.enter(http, "stored")
            clients.sent.add("lost")
            clients.acknowledged["lost"] = "JD260918999999"
        found.stop()
        with pytest.raises(AssertionError, match="lost"):
            assert_sound(found, clients)


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
def test_killing_the_worker_in_the_middle_of_a_pull_loses_and_doubles_nothing(tmp_path: Path, postgres: bool) -> None:
    from datetime import timedelta

    from jiedan.connectors.kaola import simulator
    from jiedan.connectors.kaola.generator import make_orders
    from jiedan.core import clock

    dice = random.Random(7)
    platform = simulator.Platform()
    for order in make_orders(300, seed=11, until=clock.now() - timedelta(minutes=2)):
        platform.add(order)
    with installation(tmp_path, postgres=postgres) as (found, _server), simulator.running(platform) as (address, _same):
        found.script(
            "from datetime import timedelta\nfrom jiedan.connectors import accounts\nfrom jiedan.core import clock\n"
            f"accounts.connect('kaola', 'hangzhou', 'x', '{address}', {{'app_key': '{simulator.APP_KEY}', 'secret': "
            f"'{simulator.SECRET}', 'access_token': '{simulator.TOKEN}'}}, clock.now(), every=timedelta(seconds=1))\nprint('{{}}')"
        )
        for _ in range(6):
            found.start_worker()
            time.sleep(dice.uniform(1.5, 3.0))
            found.kill(found.worker)
        found.start_worker()
        count = "import json; from jiedan.orders.models import Order; print(json.dumps(Order.objects.count()))"
        until(lambda: found.script(count) >= 300, 60)
        found.stop()
        state = found.script(SOUND)
        assert (state["ok"], state["orders"], state["doubles"], state["half"]) == (True, 300, [], [])
