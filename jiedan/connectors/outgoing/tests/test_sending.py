"""Outgoing events over real HTTP: queued once, signed, tried again, and never sent into our own network (2.1.2)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from jiedan.connectors import accounts
from jiedan.connectors.models import Account
from jiedan.connectors.outgoing import queue, sender
from jiedan.connectors.outgoing.models import Attempt, Outgoing
from jiedan.core import clock
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Outbox, Record
from jiedan.people.actor import SYSTEM
from tests.cast import Cast, acting, received

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver(ThreadingHTTPServer):
    """Answers what it was told to, one after the other, and keeps what arrived."""

    def __init__(self, answers: list[tuple[int, dict[str, str]]]) -> None:
        self.answers, self.arrived = answers, list[tuple[dict[str, str], bytes]]()
        super().__init__(("127.0.0.1", 0), _Answering)


class _Answering(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.arrived.append((dict(self.headers.items()), body))
        status, headers = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def receiving(*answers: tuple[int, dict[str, str]]) -> Iterator[Receiver]:
    with Receiver(list(answers)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def local(settings: Any) -> None:
    settings.PRIVATE_RECEIVERS = True


def queued(server: Receiver) -> Outgoing:
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    account = accounts.connect("webhook", "hangzhou", "网店", address, {"secret": SECRET}, clock.now(), code="shop-a")
    payload: dict[str, Any] = {"type": "order.accepted", "timestamp": clock.now().isoformat(), "data": {}}
    queue.put(Account.objects.get(pk=account.pk), "order.accepted", payload, "k1", clock.now(), None)
    return Outgoing.objects.get()


@pytest.mark.usefixtures("cast", "local")
def test_what_arrives_is_verified_by_the_package_of_the_specification() -> None:
    with receiving((204, {})) as server:
        row = queued(server)
        # The package compares with the machine's own clock.
        moment = datetime.now(UTC)
        sender.deliver(row.pk, moment)
    headers, body = server.arrived[0]
    found = Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    row.refresh_from_db()
    assert (found["type"], headers["webhook-id"], row.state) == ("order.accepted", f"out-{row.pk}", "sent")


@pytest.mark.usefixtures("cast", "local")
def test_a_failure_is_tried_again_after_a_pause_under_the_same_number() -> None:
    now = clock.now()
    with receiving((500, {}), (200, {})) as server:
        row = queued(server)
        sender.deliver(row.pk, now)
        sender.deliver(row.pk, now)
        row.refresh_from_db()
        assert (row.state, row.attempts, row.next_at, len(server.arrived)) == (
            "waiting", 1, now + timedelta(seconds=5), 1,
        )  # fmt: skip
        sender.deliver(row.pk, now + timedelta(seconds=5))
    row.refresh_from_db()
    assert (row.state, list(Attempt.objects.order_by("pk").values_list("status", flat=True))) == ("sent", [500, 200])
    assert {headers["webhook-id"] for headers, _body in server.arrived} == {f"out-{row.pk}"}


@pytest.mark.usefixtures("cast", "local")
@pytest.mark.parametrize(
    ("answer", "state", "seconds"),
    [
        ((429, {"Retry-After": "300"}), "waiting", 300),
        ((502, {}), "waiting", 60),
        ((302, {"Location": "http://127.0.0.1:1/"}), "waiting", 5),
        ((410, {}), "given_up", 120),
    ],
)
def test_an_answer_decides_when_it_goes_on(answer: tuple[int, dict[str, str]], state: str, seconds: int) -> None:
    now = clock.now()
    with receiving(answer) as server:
        row = queued(server)
        sender.deliver(row.pk, now)
    row.refresh_from_db()
    assert (row.state, row.last_status, len(server.arrived)) == (state, answer[0], 1)
    assert state == "given_up" or row.next_at == now + timedelta(seconds=seconds)


@pytest.mark.usefixtures("cast")
def test_nothing_is_sent_into_our_own_network() -> None:
    with receiving((200, {})) as server:
        row = queued(server)
        sender.deliver(row.pk, clock.now())
    row.refresh_from_db()
    assert (server.arrived, row.state, row.last_error) == ([], "waiting", "NotPublic")


@pytest.mark.parametrize(
    "host", ["127.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:8.8.8.8", "2002:7f00:1::", "0"]
)
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(sender.NotPublic):
        sender.checked(host, 80)


@pytest.mark.django_db
def test_an_accepted_order_is_queued_once_however_often_the_reaction_runs(cast: Cast) -> None:
    accounts.connect("webhook", "hangzhou", "网店", "https://example.com/in", {"secret": SECRET}, clock.now(), code="a")
    order = received("W1", platform="webhook")
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    notices.carry_out(clock.now())
    record = Record.objects.get(action="acquisition.accept_order")
    queue.after_step(record, clock.now())
    row = Outgoing.objects.get()
    assert (row.event, row.payload["data"], Outbox.objects.count()) == (
        "order.accepted", {"number": order.ref, "external_id": "W1", "stage": "accepted"}, 0,
    )  # fmt: skip


@pytest.mark.usefixtures("cast")
def test_a_decided_cancellation_is_queued_for_a_registered_distributor() -> None:
    keys = {"app_key": "k", "secret": "s"}
    row = accounts.connect("yanxuan", "hangzhou", "分销", "https://example.com/in", keys, clock.now(), code="y")
    Account.objects.filter(pk=row.pk).update(callbacks=["yanxuan.callback.order.cancel"])
    order = received("Y1", platform="yanxuan")
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    dispatch("acquisition.cancel_order", SYSTEM, {"reason": "客户已取消"}, subject=order)
    notices.carry_out(clock.now())
    assert json.loads(Outgoing.objects.get().payload["text"])["orderId"] == "Y1"


@pytest.mark.django_db
def test_a_refused_cancellation_tells_the_distributor_why(cast: Cast) -> None:
    keys = {"app_key": "k", "secret": "s"}
    row = accounts.connect("yanxuan", "hangzhou", "分销", "https://example.com/in", keys, clock.now(), code="y")
    Account.objects.filter(pk=row.pk).update(callbacks=["yanxuan.callback.order.cancel"])
    order = received("Y1", platform="yanxuan")
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    order.refresh_from_db()
    dispatch("acquisition.refuse_cancel", acting(cast.head), {"reason": "已经发货"}, subject=order)
    notices.carry_out(clock.now())
    assert json.loads(Outgoing.objects.get().payload["text"])["rejectReason"] == "已经发货"
