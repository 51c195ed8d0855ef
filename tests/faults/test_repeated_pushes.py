"""R11 over HTTP: forty deliveries of one order at once, half of them with another body, are one order each time."""

import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.pushes import Target, facts
from tests.faults.pushing import WAYS_IN, Answer, connect, over, promised, rendered, shaped
from tests.faults.rig import SOUND, installation
from tests.faults.test_hostile_network import FORGETFUL

pytestmark = pytest.mark.faults
ROUNDS = int(os.environ.get("JIEDAN_REPEATED", "40"))
AT_ONCE = 40


def forty_at_once(target: Target, number: int, own_ids: bool) -> list[Answer]:
    """One order by forty over connections of their own; every other says another address."""
    order = facts(number, "R", datetime(2026, 9, 18, 9, tzinfo=UTC))
    other: dict[str, Any] = order | {"address": "文三路 999 号"}
    gate = threading.Barrier(AT_ONCE)
    answers: list[Answer] = []

    def deliver(who: int) -> None:
        with socket.create_connection(("127.0.0.1", target.port), timeout=60) as link:
            data = rendered(target, other if who % 2 else order, f"msg-{number}-{who if own_ids else 0}")
            gate.wait(30)
            answers.append(over(link, data))

    threads = [threading.Thread(target=deliver, args=(who,)) for who in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("channel", WAYS_IN)
def test_forty_pushes_of_one_order_at_once_are_one_order(tmp_path: Path, channel: str, postgres: bool) -> None:
    with installation(tmp_path, postgres=postgres) as (found, _server):
        target = connect(found, channel)
        found.start_web()
        rounds = [forty_at_once(target, number, own_ids=number % 2 == 1) for number in range(ROUNDS)]
        found.stop()
        state = found.script(SOUND)
    assert [len(answers) for answers in rounds] == [AT_ONCE] * ROUNDS
    for answers in rounds:
        kept = [answer for answer in answers if promised(channel, answer)]
        refused = [answer for answer in answers if answer not in kept]
        assert len(kept) >= AT_ONCE // 2
        assert [answer for answer in refused if answer.status >= 500 or not shaped(channel, answer)] == []
    assert (state["orders"], state["births"], state["doubles"], state["half"]) == (ROUNDS, ROUNDS, [], [])
    assert (state["ok"], state["stale"]) == (True, [])


def test_a_number_used_for_another_text_is_refused_and_the_first_text_stands(tmp_path: Path) -> None:
    with installation(tmp_path, postgres=False) as (found, _server):
        target = connect(found, "webhook")
        found.start_web()
        answers = forty_at_once(target, 1, own_ids=False)
        found.stop()
        changes = found.script(CHANGES)
    assert sorted({answer.status for answer in answers if not promised("webhook", answer)}) == [409]
    assert sum(promised("webhook", answer) for answer in answers) == AT_ONCE // 2
    assert changes == ["acquisition.receive_order"]


CHANGES = """
import json
from jiedan.kernel.models import Record
print(json.dumps(list(Record.objects.filter(subject_type='order').order_by('seq').values_list('action', flat=True))))
"""


def test_the_forty_find_a_way_in_that_forgets_what_it_knows(tmp_path: Path) -> None:
    """The positive control: without the constraints and the look-ups, one order becomes several."""
    with installation(tmp_path, postgres=False) as (found, _server):
        target = connect(found, "webhook")
        found.start_web(planted=FORGETFUL)
        forty_at_once(target, 1, own_ids=True)
        found.stop()
        state = found.script(SOUND)
    assert state["orders"] > 1
