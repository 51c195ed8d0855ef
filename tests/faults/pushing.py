"""Other systems that push orders to a running installation, again and again until they are told that it is stored."""

import http.client
import io
import itertools
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

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
from tests.faults.rig import Installation, free_port, token_of, until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WAYS_IN = ("webhook", "yanxuan", "bulk")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    kind: str
    body: bytes


def connect(found: Installation, channel: str, shop: str = "") -> Target:
    """A shop that pushes, connected; the target is where it pushes to (the web server has to have its port)."""
    found.port, shop = found.port or free_port(), shop or f"storm-{channel}"
    if channel == "bulk":
        return Target(channel, found.port, "/api/v1/orders/bulk", token=token_of(found, "1001"))
    found.script(
        "from jiedan.connectors import accounts\nfrom jiedan.core import clock\n"
        f"accounts.connect('{channel}', '{shop}', '{shop}', '', {{'app_key': 'app-{shop}', 'secret': '{SECRET}'}}, "
        f"clock.now(), code='{shop}')\nprint('{{}}')"
    )
    return Target(channel, found.port, f"/connect/{channel}/{shop}", SECRET, f"app-{shop}")


def rendered(target: Target, order: dict[str, Any], message_id: str = "") -> bytes:
    """The request that brings ORDER, signed now; a repetition has the same body and number."""
    now = datetime.now(UTC)
    if target.channel == "webhook":
        return signed_webhook(target, message_id or f"msg-{order['id']}", webhook_body(order), now)
    if target.channel == "yanxuan":
        return signed_yanxuan(target, compact(yanxuan_order(order)).decode(), now)
    return bulk_request(target, [webhook_order(order)])


def bulk_request(target: Target, orders: list[dict[str, Any]]) -> bytes:
    """Several orders in one request."""
    headers = {"Authorization": f"Bearer {target.token}", "Content-Type": "application/json"}
    return http_request(target, compact({"shop": "bulk", "orders": orders}), headers)


def exchange(port: int, data: bytes, timeout: float = 5.0) -> Answer | None:
    """Send a request over a connection of its own; None when no whole answer came."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as link:
            return over(link, data)
    except (OSError, http.client.HTTPException, ValueError):
        return None


def over(link: socket.socket, data: bytes) -> Answer:
    """Send a request over an open connection. Raises OSError or HTTPException when no whole answer comes."""
    link.sendall(data)
    answer = http.client.HTTPResponse(link, method="POST")
    try:
        answer.begin()
        if answer.length is None and not answer.chunked:
            # The head was cut: nobody can know where the answer ends.
            raise http.client.IncompleteRead(b"")
        body = answer.read()
        return Answer(answer.status, answer.headers.get("Content-Type", ""), body)
    finally:
        answer.close()


def promised(channel: str, answer: Answer | None) -> bool:
    """Whether the answer says that the (one) order is stored."""
    if answer is None or not accepted(channel, answer.status, answer.body):
        return False
    if channel != "bulk":
        return True
    (result,) = json.loads(answer.body)["results"]
    return result["outcome"] in ("created", "unchanged", "changed", "noted")


class Pushers:
    """Several senders at once; each order is sent until it is promised or they are stopped, TOTAL orders at most."""

    def __init__(self, target: Target, count: int, seed: str, total: int = 10**9, timeout: float = 5.0) -> None:
        self.target = target
        self.seed = seed
        self.acknowledged: set[str] = set()
        self.sent: set[str] = set()
        self.answers: Counter[int] = Counter()
        self.unshaped: list[str] = []
        self._born = datetime.now(UTC)
        self._timeout = timeout
        self._total = total
        self._numbers = itertools.count()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]

    def __enter__(self) -> "Pushers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(15)

    def through(self, port: int) -> "Pushers":
        """Send to another port: that of something in between."""
        self.target = replace(self.target, port=port)
        return self

    def wait(self, seconds: float) -> None:
        """Until all TOTAL orders are promised. Raises AssertionError when they aren't in time."""
        end = time.monotonic() + seconds
        while len(self.acknowledged) < self._total:
            missing = self._total - len(self.acknowledged)
            assert time.monotonic() < end, f"{missing} of {self._total} not promised after {seconds} s; {self.answers}"
            time.sleep(0.05)

    def _work(self) -> None:
        while not self._stop.is_set():
            number = next(self._numbers)
            if number >= self._total:
                return
            self.push(number)

    def push(self, number: int) -> None:
        """One order, until it is promised or the senders are stopped."""
        order = facts(number, self.seed, self._born)
        self.sent.add(order["id"])
        while not self._stop.is_set():
            answer = exchange(self.target.port, rendered(self.target, order), self._timeout)
            if answer is not None:
                self.answers[answer.status] += 1
                if answer.status >= 400 and not shaped(self.target.channel, answer):
                    self.unshaped.append(f"{answer.status} {answer.kind} {answer.body[:200]!r}")
            if promised(self.target.channel, answer):
                self.acknowledged.add(order["id"])
                return
            time.sleep(0.02)


def shaped(channel: str, answer: Answer) -> bool:
    """Whether a refusal is in the channel's own form: its envelope, or problem+json with a stable code."""
    try:
        content = json.load(io.BytesIO(answer.body))
    except ValueError:
        return False
    if not isinstance(content, dict):
        return False
    if channel == "yanxuan":
        return {"code", "msg"} <= set(content) and str(content["code"]) != "200"
    told = {"type", "title", "status", "code"} <= set(content) and content["status"] == answer.status
    return told and answer.kind.startswith("application/problem+json")


KEPT = """
import json
import os
from collections import Counter
from jiedan.orders.models import Order
found = Counter(Order.objects.filter(external_id__startswith=%r).values_list('external_id', flat=True))
print(json.dumps(found))
"""


@contextmanager
def storm(targets: Sequence[Target], each: int, timeout: float = 5.0, port: int = 0) -> Iterator[list[Pushers]]:
    """Senders on all these ways in at once, EACH of them on every way; through PORT if it isn't 0."""
    with ExitStack() as stack:
        made = [Pushers(target, each, target.channel[:1].upper(), timeout=timeout) for target in targets]
        yield [stack.enter_context(pushers.through(port) if port else pushers) for pushers in made]


def await_more(everybody: Sequence[Pushers], more: int, seconds: float = 60) -> None:
    """Until each of them has so many more orders promised."""
    wanted = [len(pushers.acknowledged) + more for pushers in everybody]
    until(lambda: all(len(one.acknowledged) >= count for one, count in zip(everybody, wanted, strict=True)), seconds)


def assert_each_once(found: Installation, pushers: Pushers) -> None:
    """What was promised is there exactly once, and nothing that nobody sent; every refusal was in its form."""
    assert pushers.unshaped == []
    kept: dict[str, int] = found.script(KEPT % pushers.seed)
    assert sorted(pushers.acknowledged - set(kept)) == []
    assert [key for key, times in kept.items() if times > 1] == []
    assert set(kept) <= pushers.sent
