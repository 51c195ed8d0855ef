"""R6 on the way out: over a hostile network each event arrives at least once, and its receiver sees one number."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

import pytest
from standardwebhooks import Webhook

from tests.faults.proxy import FAULTS, FaultProxy
from tests.faults.rig import Installation, installation

pytestmark = pytest.mark.faults
EVENTS = int(os.environ.get("JIEDAN_EVENTS", "100"))
"""Events that are sent."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUICK = [fault for fault in FAULTS if fault != "black_hole"]
"""A black hole costs eight seconds each, and ends like a lost answer."""


class Consumer(ThreadingHTTPServer):
    """Verifies what arrives with the package of the specification and counts it by its number."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        self.lock = Lock()
        self.arrived: Counter[str] = Counter()
        self.orders: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Consuming)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up is part of the test."""


class _Consuming(BaseHTTPRequestHandler):
    server: Consumer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # Raises for what was cut or altered on the way.
        found = Webhook(SECRET).verify(body, {name.lower(): value for name, value in self.headers.items()})
        with self.server.lock:
            self.server.arrived[self.headers["webhook-id"]] += 1
            self.server.orders[self.headers["webhook-id"]] = found["data"]["external_id"]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def consuming() -> Iterator[Consumer]:
    with Consumer() as consumer:
        Thread(target=consumer.serve_forever, args=(0.05,), daemon=True).start()
        yield consumer
        consumer.shutdown()


QUEUE = """
from jiedan.connectors import accounts
from jiedan.connectors.outgoing import queue
from jiedan.core import clock
now = clock.now()
for shop in range(6):
    row = accounts.connect("webhook", f"shop-{{shop}}", "x", "http://127.0.0.1:{port}/", {{"secret": "{secret}"}}, now, code=f"s{{shop}}")
    for n in range(shop, {count}, 6):
        payload = {{"type": "order.accepted", "timestamp": now.isoformat(), "data": {{"external_id": str(n)}}}}
        queue.put(row, "order.accepted", payload, f"k{{n}}", now, None)
print("{{}}")
"""
SEE_IT_THROUGH = """
import time
from jiedan.connectors.outgoing.models import Outgoing
from jiedan.core import clock
until = time.monotonic() + 100
while time.monotonic() < until and Outgoing.objects.filter(state="waiting").exists():
    # Nobody here waits for a pause of minutes: what has failed is due again at once.
    Outgoing.objects.filter(state="waiting", attempts__gt=0).update(next_at=clock.now())
    time.sleep(0.3)
print(Outgoing.objects.filter(state="waiting").count())
"""


def sent_through(found: Installation, faults: list[str]) -> tuple[Consumer, Counter[str]]:
    with consuming() as consumer, FaultProxy(consumer.server_address[1], 6, share=0.5, faults=faults) as proxy:
        found.script(QUEUE.format(port=proxy.port, secret=SECRET, count=EVENTS))
        found.start_worker()
        assert found.script(SEE_IT_THROUGH) == 0
        found.stop()
        return consumer, proxy.faulted


def test_every_event_arrives_and_is_one_number_to_its_receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEDAN_PRIVATE_RECEIVERS", "1")
    with installation(tmp_path, postgres=False) as (found, _server):
        consumer, faulted = sent_through(found, QUICK)
    assert sorted(consumer.orders.values(), key=int) == [str(n) for n in range(EVENTS)]
    assert len(consumer.arrived) == EVENTS
    # Some arrived more than once, under one number each: that is what receivers keep numbers for.
    assert max(consumer.arrived.values()) > 1
    assert set(faulted) == set(QUICK)


def test_a_sender_that_asks_only_once_loses_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEDAN_PRIVATE_RECEIVERS", "1")
    with installation(tmp_path, postgres=False) as (found, _server):
        # Positive control: after the first failure an event counts as sent.
        found.script(
            "from django.db import connection\nwith connection.cursor() as sql:\n"
            '    sql.execute("CREATE TRIGGER once AFTER UPDATE OF attempts ON outgoing_outgoing WHEN NEW.attempts = 1 '
            "BEGIN UPDATE outgoing_outgoing SET state = 'sent' WHERE id = NEW.id; END\")\nprint('{}')"
        )
        consumer, _faulted = sent_through(found, QUICK)
    assert len(consumer.arrived) < EVENTS
