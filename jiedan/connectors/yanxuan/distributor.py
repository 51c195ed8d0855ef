"""A simulated distributor: pushes orders over real HTTP, keeps at it until each is acknowledged, writes down everything."""

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
from urllib.parse import urlencode, urlsplit

import httpx

from jiedan.connectors.yanxuan import misbehaviour, protocol
from jiedan.connectors.yanxuan.misbehaviour import Order, Step
from jiedan.core import clock

APP_KEY, SECRET = "demo-yanxuan-key", "demo-yanxuan-secret"
ATTEMPTS = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One request and what came of it: HTTP's status (0: no answer), the envelope's code and subErrCode, the result."""

    method: str
    way: str
    status: int
    code: int
    cause: str
    result: object = None


@dataclass(slots=True)
class Story:
    """All that was done about one order."""

    order_id: str
    fault: str
    sent: list[Sent] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the last request was answered with success."""
        return bool(self.sent) and self.sent[-1].code == 200

    @property
    def refusals(self) -> list[str]:
        """The causes for which requests were refused."""
        return [one.cause for one in self.sent if one.code not in (0, 200, 503)]


@dataclass
class Distributor:
    """A client of the channel; `stories` holds what it did, `callbacks` what it was told."""

    target: str
    app_key: str = APP_KEY
    secret: str = SECRET
    seed: int = 1
    faults: bool = False
    now: Callable[[], datetime] = clock.now
    patience: float = 10.0
    stories: dict[str, Story] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    callback_faults: list[str] = field(default_factory=list)
    """How the next callbacks are answered: "error_500", "cut", "refuse"."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._http = httpx.Client(timeout=self.patience, trust_env=False)
        self._dice = random.Random(self.seed)  # noqa: S311 - a simulation

    def push(self, orders: Sequence[Order], threads: int = 4) -> dict[str, Story]:
        """Push all of these, several at once; the requests about one order keep their sequence."""
        plans = [
            (order, *misbehaviour.plan(order, number, self.faults, self._dice)) for number, order in enumerate(orders)
        ]
        with ThreadPoolExecutor(threads) as crew:
            for done in [crew.submit(self._told, order, name, steps) for order, name, steps in plans]:
                done.result()
        return self.stories

    def call(self, method: str, **business: str) -> Sent:
        """One request as it should be, again until there is an answer."""
        return self._kept_at(Step(method, business))[-1]

    def account(self) -> dict[str, Any]:
        """The figures of what was done: orders, acknowledged, by fault, refused by cause."""
        stories = self.stories.values()
        return {
            "orders": len(stories),
            "acknowledged": sum(story.acknowledged for story in stories),
            "requests": sum(len(story.sent) for story in stories),
            "faults": dict(Counter(story.fault for story in stories if story.fault)),
            "refused": dict(Counter(cause for story in stories for cause in story.refusals)),
            "callbacks": len(self.callbacks),
        }

    def lines(self) -> list[str]:
        """The stories, a JSON object each."""
        return [json.dumps(asdict(story), ensure_ascii=False) for story in self.stories.values()]

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _told(self, order: Order, name: str, steps: list[Step]) -> None:
        story = Story(order["orderId"], name)
        with self.lock:
            self.stories[story.order_id] = story
        for step in steps:
            story.sent += self._kept_at(step)

    def _kept_at(self, step: Step) -> list[Sent]:
        """Send it; what isn't broken on purpose is sent again while there is no answer, or a "come back later"."""
        sent = [self._sent(step)]
        while step.way not in ("cut", "lost") and sent[-1].code in (0, 503) and len(sent) < ATTEMPTS:
            time.sleep(min(2.0, 0.05 * 2 ** len(sent)))
            sent.append(self._sent(step))
        return sent

    def _sent(self, step: Step) -> Sent:
        given = protocol.signed(step.method, step.business, self.app_key, self.secret, self.now() + step.off)
        if step.way == "bad_sign":
            given["sign"] = given["sign"][::-1]
        body = urlencode(given).encode()
        if step.way in ("cut", "lost"):
            self._broken_off(body, len(body) // 2 if step.way == "cut" else len(body))
            return Sent(step.method, step.way, 0, 0, "")
        try:
            answer = self._http.post(self.target, content=body, headers=FORM)
            envelope = answer.json()
        except (httpx.HTTPError, ValueError):
            return Sent(step.method, step.way, 0, 0, "")
        return Sent(
            step.method, step.way, answer.status_code, int(envelope["code"]), envelope["subErrCode"] or "", envelope["result"]
        )  # fmt: skip

    def _broken_off(self, body: bytes, length: int) -> None:
        """Send LENGTH bytes of BODY and hang up."""
        where = urlsplit(self.target)
        head = (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
        )
        try:
            with socket.create_connection((where.hostname or "", where.port or 80), self.patience) as line:
                line.sendall(head.encode() + body[:length])
                # The server gets to see what there is before the line goes dead.
                time.sleep(0.02)
        except OSError:
            return
