"""R1, R2 on the ways in: whatever dies while orders are pushed, what was acknowledged is there once, and whole."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.pushing import WAYS_IN, Pushers, assert_each_once, await_more, connect, storm
from tests.faults.rig import SOUND, Installation, installation, kill_a_backend

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("JIEDAN_PUSH_KILLS", "100"))
DATABASE_KILLS = int(os.environ.get("JIEDAN_PUSH_DATABASE_KILLS", "40"))


UNKEPT = """
import json
from jiedan.connectors.models import Message
from jiedan.orders.models import Order
pushed = Order.objects.filter(channel__in=('webhook', 'yanxuan'))
print(json.dumps(list(pushed.exclude(pk__in=Message.objects.exclude(sealed=None).values('order')).values_list('external_id', flat=True))))
"""
"""Orders that were pushed, but whose raw message isn't there."""


def assert_sound(found: Installation) -> None:
    state = found.script(SOUND)
    assert (state["ok"], state["problem"]) == (True, None)
    assert (state["half"], state["stale"], state["doubles"]) == ([], [], [])
    assert state["births"] == state["orders"]
    assert found.script(UNKEPT) == []


def test_killing_web_and_worker_during_a_storm_of_pushes_loses_and_doubles_nothing(tmp_path: Path) -> None:
    dice = random.Random(20260921)
    with installation(tmp_path, postgres=False) as (found, _server), found.warm():
        targets = [connect(found, channel) for channel in WAYS_IN]
        found.start_web()
        found.start_worker()
        with storm(targets, each=4) as everybody:
            while found.kills < KILLS:
                time.sleep(dice.uniform(0.05, 0.5))
                if dice.random() < 0.75:
                    found.kill(found.web)
                    found.start_web()
                else:
                    found.kill(found.worker)
                    found.start_worker()
            await_more(everybody, 20)
        found.stop()
        for pushers in everybody:
            assert_each_once(found, pushers)
        assert_sound(found)


def test_killing_postgresql_during_a_storm_of_pushes_loses_and_doubles_nothing(tmp_path: Path) -> None:
    dice = random.Random(20260922)
    with installation(tmp_path, postgres=True) as (found, server):
        assert server is not None
        targets = [connect(found, channel) for channel in WAYS_IN]
        found.start_web()
        with storm(targets, each=4) as everybody:
            for _ in range(DATABASE_KILLS):
                time.sleep(dice.uniform(0.1, 0.5))
                assert server.process is not None
                if dice.random() < 0.5:
                    kill_a_backend(server.process.pid, dice)
                else:
                    # The postmaster: every backend loses its shared memory and goes down with it.
                    server.process.send_signal(signal.SIGQUIT)
                    server.process.wait(20)
                    server.start()
            await_more(everybody, 20)
        found.stop()
        for pushers in everybody:
            assert_each_once(found, pushers)
        assert_sound(found)


TOO_EARLY = """
import threading
from jiedan.acquisition.intake import Outcome
from jiedan.connectors import desk
stored = desk._Desk.wait_for
def promised(self, delivery):
    threading.Timer(1.0, lambda: stored(self, delivery)).start()
    return desk.Receipt(Outcome.CREATED, None, '')
desk._Desk.wait_for = promised
"""


def test_the_storm_finds_an_acknowledgement_before_the_commit(tmp_path: Path) -> None:
    """The positive control: a desk that promises first and writes a second later loses what it promised."""
    with installation(tmp_path, postgres=False) as (found, _server):
        target = connect(found, "webhook")
        found.start_web(planted=TOO_EARLY)
        with Pushers(target, count=4, seed="S") as pushers:
            await_more([pushers], 30, seconds=30)
            found.kill(found.web)
        found.stop()
        with pytest.raises(AssertionError):
            assert_each_once(found, pushers)
