"""Kaola's open platform played over real HTTP, for demos, tests and development: the same wire format.

It checks signatures and clocks, keeps orders and refunds in memory, and lets new orders appear as time goes by. In
fault mode it answers wrongly now and then, by a seeded chance.
"""

import json
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jiedan.connectors.kaola import misbehaviour, protocol
from jiedan.connectors.kaola.generator import make_order, make_orders
from jiedan.connectors.kaola.marketplace import APP_KEY, SECRET, TOKEN, Platform, Refused

__all__ = ["APP_KEY", "SECRET", "TOKEN", "Platform", "running", "serve"]

LARGEST_REQUEST = 1 << 20


class _Handler(BaseHTTPRequestHandler):
    """GET with a query, POST with a form body, POST with a query and no body: all three are answered."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    timeout = 30
    platform: Platform

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_REQUEST:
            self.send_error(413)
            return
        self._answer(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: requests carry signatures and tokens."""

    def _answer(self, body: str) -> None:
        fault = self._fault()
        if fault == "slow":
            time.sleep(self.platform.stall)
        elif fault == "move":
            _move(self.platform)
        answer = self._called(body)
        if fault in misbehaviour.BENT:
            answer = misbehaviour.bent(fault, answer, self.platform.dice)
        status, data = 200, json.dumps(answer, ensure_ascii=False).encode()
        if fault in misbehaviour.INSTEAD:
            status, data = misbehaviour.instead(fault, data)
        if self.platform.next_answers:
            status, data = self.platform.next_answers.pop(0)
        if fault == "cut":
            self.close_connection = True
            return
        self._send(status, data, short=fault == "truncated")

    def _called(self, body: str) -> dict[str, Any]:
        pairs = parse_qsl(urlsplit(self.path).query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
        given = dict(pairs)
        try:
            if len(given) != len(set(pairs)):
                raise Refused("illegal_param", "a parameter is given twice")
            with self.platform.lock:
                # Through JSON at once, so that the answer shows one moment.
                copy: dict[str, Any] = json.loads(json.dumps(self.platform.call(given)))
                return copy
        except Refused as refused:
            return refused.envelope()

    def _send(self, status: int, data: bytes, short: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if short else data)
        self.close_connection = self.close_connection or short

    def _fault(self) -> str:
        platform = self.platform
        with platform.lock:
            if platform.next_faults:
                return platform.next_faults.pop(0)
            return platform.dice.choice(misbehaviour.FAULTS) if platform.dice.random() < platform.faults else ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet about clients that hang up; everything else is told as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


@contextmanager
def running(platform: Platform | None = None, port: int = 0, host: str = "127.0.0.1") -> Iterator[tuple[str, Platform]]:
    """A simulator on a free port: its address and its platform."""
    found = platform or Platform()
    server = _Server((host, port), type("Handler", (_Handler,), {"platform": found}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}/router", found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def serve(
    port: int, orders: int = 40, seed: int = 1, rate: float = 4.0, faults: bool = False, host: str = "127.0.0.1"
) -> None:
    """Run the simulator until it is stopped (Ctrl+C, SIGTERM); RATE new orders a minute, 0 for none."""
    platform = Platform(seed=seed, faults=0.05 if faults else 0.0)
    for order in make_orders(orders, seed, platform.now()):
        platform.add(order)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_unused: stopped.set())
    with running(platform, port, host) as (address, _same):
        sys.stdout.write(f"Kaola simulator: {address}\n")
        sys.stdout.flush()
        try:
            _live(platform, orders, rate, stopped)
        except KeyboardInterrupt:
            return


def _live(platform: Platform, number: int, rate: float, stopped: threading.Event) -> None:
    # A stream of its own, so that the same seed gives the same orders whatever clients do.
    dice = random.Random(platform.seed + 1)  # noqa: S311 - a simulation
    while not stopped.wait(60 / rate if rate > 0 else None):
        number += 1
        platform.add(make_order(dice, number, platform.now()))
        if dice.random() < 0.1:
            _customer(platform, dice)


def _customer(platform: Platform, dice: random.Random) -> None:
    """A customer asks to cancel; or one who did is granted it; or one asks for money back."""
    with platform.lock:
        paid = [key for key, order in platform.orders.items() if order["order_status"] == protocol.PAID]
        waiting = [key for key, order in platform.orders.items() if order["order_status"] == protocol.CANCEL_ASKED]
        shipped = [key for key, order in platform.orders.items() if order["order_status"] == protocol.SHIPPED]
        if waiting and dice.random() < 0.5:
            platform.cancel(dice.choice(waiting), protocol.CANCELLED)
        elif shipped and dice.random() < 0.5:
            platform.ask_refund(dice.choice(shipped), f"R{platform.now():%Y%m%d%H%M%S}")
        elif paid:
            platform.cancel(dice.choice(paid), protocol.CANCEL_ASKED)


def _move(platform: Platform) -> None:
    # One order is edited, another shows up late between the older ones.
    with platform.lock:
        paid = [order for order in platform.orders.values() if order["order_status"] == protocol.PAID]
        if not paid:
            return
        platform.dice.choice(paid)["order_business_remark"] = "已与客户电话确认"
        late = protocol.moment(platform.dice.choice(paid)["pay_success_time"]) - timedelta(seconds=1)
        platform.add(make_order(platform.dice, platform.dice.randrange(500_000, 999_999), late))
