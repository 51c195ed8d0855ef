"""A simulated shop or square: sends Standard Webhooks over real HTTP, keeps at it until each is acknowledged."""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from jiedan.connectors.webhook import misbehaviour
from jiedan.connectors.webhook.misbehaviour import Order, Step
from jiedan.connectors.webhook.signing import headers
from jiedan.core import clock

SECRET = "whsec_ZGVtby13ZWJob29rLXNlY3JldC1vZi1qaWVkYW4h"  # noqa: S105 - the demo's, known to everybody
ATTEMPTS = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """One message and what came of it: its number, HTTP's status (0: no answer), the outcome or the problem's code."""

    message_id: str
    way: str
    status: int
    found: str


@dataclass(slots=True)
class Story:
    """All that was sent about one order."""

    external_id: str
    fault: str
    sent: list[Sent] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the last message was taken."""
        return bool(self.sent) and self.sent[-1].status == 200

    @property
    def refusals(self) -> list[str]:
        """The codes with which messages were refused."""
        return [one.found for one in self.sent if one.status not in (0, 200, 503)]


Plan = Callable[[Order, int, bool, random.Random], tuple[str, list[Step]]]
"""The name of what goes wrong, and the messages."""


@dataclass
class Sender:
    """The shop; `stories` holds what it did."""

    target: str
    secret: str = SECRET
    seed: int = 1
    faults: bool = False
    now: Callable[[], datetime] = clock.now
    patience: float = 10.0
    plan: Plan = misbehaviour.plan
    """What is sent about each: orders, unless it is told otherwise."""
    stories: dict[str, Story] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._http = httpx.Client(timeout=self.patience, trust_env=False)
        self._dice = random.Random(self.seed)  # noqa: S311 - a simulation
        self._lock = threading.Lock()

    def push(self, orders: Sequence[Order], threads: int = 4) -> dict[str, Story]:
        """Send all of these, several at once; the messages about one order keep their sequence."""
        plans = [(order, *self.plan(order, number, self.faults, self._dice)) for number, order in enumerate(orders)]
        with ThreadPoolExecutor(threads) as crew:
            for done in [crew.submit(self._told, order, name, steps) for order, name, steps in plans]:
                done.result()
        return self.stories

    def account(self) -> dict[str, Any]:
        """The figures of what was done: orders, acknowledged, by fault, refused by code."""
        stories = self.stories.values()
        return {
            "orders": len(stories),
            "acknowledged": sum(story.acknowledged for story in stories),
            "messages": sum(len(story.sent) for story in stories),
            "faults": dict(Counter(story.fault for story in stories if story.fault)),
            "refused": dict(Counter(code for story in stories for code in story.refusals)),
        }

    def lines(self) -> list[str]:
        """The stories, a JSON object each."""
        return [json.dumps(asdict(story), ensure_ascii=False) for story in self.stories.values()]

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _told(self, order: Order, name: str, steps: list[Step]) -> None:
        story = Story(order["external_id"], name)
        with self._lock:
            self.stories[story.external_id] = story
        number = 0
        for step in steps:
            number += step.way != "again"
            story.sent += self._kept_at(step, f"{story.external_id}-{number}")

    def _kept_at(self, step: Step, message_id: str) -> list[Sent]:
        """Send it; what isn't broken on purpose is sent again while there is no answer, or a "come back later"."""
        sent = [self._sent(step, message_id)]
        while step.way not in ("cut", "lost") and sent[-1].status in (0, 503) and len(sent) < ATTEMPTS:
            time.sleep(min(2.0, 0.05 * 2 ** len(sent)))
            sent.append(self._sent(step, message_id))
        return sent

    def _sent(self, step: Step, message_id: str) -> Sent:
        signed = headers(self.secret, message_id, self.now() + step.off, step.body)
        if step.way == "bad_signature":
            signed["webhook-signature"] = headers(self.secret, "another", self.now(), step.body)["webhook-signature"]
        if step.way in ("cut", "lost"):
            self._broken_off(step.body, signed, len(step.body) // 2 if step.way == "cut" else len(step.body))
            return Sent(message_id, step.way, 0, "")
        try:
            answer = self._http.post(
                self.target, content=step.body, headers={**signed, "Content-Type": "application/json"}
            )
            content = answer.json()
        except (httpx.HTTPError, ValueError):
            return Sent(message_id, step.way, 0, "")
        return Sent(message_id, step.way, answer.status_code, str(content.get("outcome") or content.get("code")))

    def _broken_off(self, body: bytes, signed: dict[str, str], length: int) -> None:
        """Send LENGTH bytes of BODY and hang up."""
        where = urlsplit(self.target)
        named = {**signed, "Host": where.netloc, "Content-Length": str(len(body)), "Connection": "close"}
        head = f"POST {where.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items())
        try:
            with socket.create_connection((where.hostname or "", where.port or 80), self.patience) as line:
                line.sendall(head.encode() + b"\r\n" + body[:length])
                # The server gets to see what there is before the line goes dead.
                time.sleep(0.02)
        except OSError:
            return
