"""R13: more than ten thousand bad inputs, each correctly signed: an answer each, never a failure of ours."""

import http.client
import itertools
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.pushes import (
    Target,
    accepted,
    compact,
    facts,
    http_request,
    signed_webhook,
    signed_yanxuan,
    webhook_body,
    webhook_order,
    yanxuan_order,
)
from tests.faults import hostile
from tests.faults.hostile import Bad
from tests.faults.pushing import WAYS_IN, connect, over, shaped
from tests.faults.rig import SOUND, Installation, installation

pytestmark = pytest.mark.faults
INPUTS = int(os.environ.get("JIEDAN_BAD_INPUTS", "3600"))
"""For each of the ways in, at least; three of them are more than ten thousand."""
CLIENTS = 4
GROWTH = 50 << 20
"""Bytes by which the web process may have grown."""


@dataclass
class Found:
    """What came of the inputs."""

    answers: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    unshaped: list[str] = field(default_factory=list)
    accepted: int = 0


def inputs(channel: str) -> Iterator[Bad]:
    order = facts(1, "B", datetime(2026, 9, 18, 9, tzinfo=UTC))
    shape: dict[str, Any] = yanxuan_order(order) if channel == "yanxuan" else webhook_order(order)
    body = webhook_body(order) if channel == "webhook" else compact(shape)
    for number, data in enumerate(hostile.NOT_JSON):
        yield f"not JSON {number}", data
    for name, data in hostile.orders(shape):
        yield name, data if channel == "yanxuan" else wrapped(channel, data)
    for seed in itertools.count():
        yield from hostile.broken(body if channel != "bulk" else wrapped(channel, body), seed, 500)


def wrapped(channel: str, order: bytes) -> bytes:
    if channel == "bulk":
        return b'{"shop":"bulk","orders":[' + order + b"]}"
    return b'{"type":"order.paid","timestamp":"2026-09-18T09:00:00Z","data":' + order + b"}"


def signed(target: Target, number: int, data: bytes) -> bytes:
    now = datetime.now(UTC)
    if target.channel == "webhook":
        return signed_webhook(target, f"bad-{number}", data, now)
    if target.channel == "yanxuan":
        return signed_yanxuan(target, data.decode("utf-8", "surrogateescape"), now)
    return http_request(target, data, {"Authorization": f"Bearer {target.token}", "Content-Type": "application/json"})


def send_all(target: Target, given: list[Bad], found: Found) -> None:
    """By a few clients at once, each over one connection as long as it lasts."""
    numbered = list(enumerate(given))
    threads = [
        threading.Thread(target=_client, args=(target, numbered[start::CLIENTS], found)) for start in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(target: Target, given: list[tuple[int, Bad]], found: Found) -> None:
    link = _connected(target)
    for number, (name, data) in given:
        request = signed(target, number, data)
        try:
            answer = over(link, request)
        except (OSError, http.client.HTTPException) as error:
            found.dropped.append(f"{name}: {error!r}")
            link.close()
            link = _connected(target)
            continue
        if answer.status == 413:
            # Too large to be read: the connection ends with the answer.
            link.close()
            link = _connected(target)
        found.answers[answer.status] += 1
        if answer.status >= 500:
            found.failures.append(f"{name}: {answer.status} {answer.body[:300]!r}")
        if accepted(target.channel, answer.status, answer.body):
            found.accepted += 1
        elif not shaped(target.channel, answer):
            found.unshaped.append(f"{name}: {answer.status} {answer.kind} {answer.body[:300]!r}")
    link.close()


def _connected(target: Target) -> socket.socket:
    return socket.create_connection(("127.0.0.1", target.port), timeout=60)


def resident(found: Installation) -> int:
    assert found.web is not None
    parent = psutil.Process(found.web.pid)
    return max(process.memory_info().rss for process in (parent, *parent.children(recursive=True)))


def tried(
    tmp_path: Path,
    door: Callable[[Installation], Target],
    inputs: Iterator[Bad],
    count: int,
    check: Callable[[Found], None],
    planted: str = "",
) -> None:
    """Send COUNT of the INPUTS to a new installation, whose size is first taken after 300 of them."""
    with installation(tmp_path, postgres=False) as (installed, _server):
        target = door(installed)
        installed.start_web(planted=planted)
        given = list(itertools.islice(inputs, count))
        found = Found()
        send_all(target, given[:300], found)
        before = resident(installed)
        send_all(target, given[300:], found)
        grown = resident(installed) - before
        installed.stop()
        check(found)
        assert sum(found.answers.values()) == len(given)
        assert grown < GROWTH
        state = installed.script(SOUND)
        assert (state["ok"], state["half"], state["stale"], state["doubles"]) == (True, [], [], [])
        assert state["births"] == state["orders"]


def well_answered(found: Found) -> None:
    assert found.failures == []
    assert found.dropped == []
    assert found.unshaped == []


@pytest.mark.parametrize("channel", WAYS_IN)
def test_bad_inputs_with_right_signatures_are_all_answered_and_none_fails(tmp_path: Path, channel: str) -> None:
    tried(tmp_path, lambda found: connect(found, channel), inputs(channel), INPUTS, well_answered)


def test_the_inputs_find_a_reader_that_fails(tmp_path: Path) -> None:
    """The positive control: a reader that trusts the order's lines to be a list of objects."""
    planted = (
        "from jiedan.connectors.yanxuan import methods\n"
        "honest = methods.parse_order\n"
        "def trusting(*given, **named):\n"
        "    raw = next(value for value in given if isinstance(value, dict))\n"
        "    [line['skuId'] for line in raw['orderSkus']]\n"
        "    return honest(*given, **named)\n"
        "methods.parse_order = trusting\n"
    )
    with pytest.raises(AssertionError):
        tried(tmp_path, lambda found: connect(found, "yanxuan"), inputs("yanxuan"), 400, well_answered, planted)
