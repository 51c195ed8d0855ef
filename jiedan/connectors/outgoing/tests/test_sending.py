"""Outgoing events over real HTTP: queued once, signed, tried again, and never sent into our own network (2.1.2)."""

import json
import socket
import threading
import time
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
from jiedan.connectors.yanxuan import simulator
from jiedan.core import clock
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Notice, Outbox, Record
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


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(("status", "days", "why"), [(410, 0, "gone"), (500, 3, "silent")])
def test_an_address_that_takes_nothing_is_switched_off_and_the_administrators_are_told(
    cast: Cast, status: int, days: int, why: str
) -> None:
    with receiving((status, {})) as server:
        row = queued(server)
        sender.deliver(row.pk, clock.now() + timedelta(days=days))
    account = Account.objects.get()
    (record,) = Record.objects.filter(action="connectors.switch_off_address")
    assert (account.address, json.loads(record.body)["facts"]["why"]) == ("", why)
    notices.carry_out(clock.now())
    told = Notice.objects.filter(reaction="address_off").values_list("staff__number", flat=True)
    assert cast.system_admin.number in set(told)


@pytest.mark.usefixtures("cast", "local")
def test_an_address_that_took_something_meanwhile_stays_though_one_event_is_given_up() -> None:
    with receiving((200, {}), (500, {})) as server:
        row = queued(server)
        other = Outgoing.objects.create(
            account=row.account, event="order.accepted", payload={}, dedupe_key="k2", next_at=row.next_at,
            created_at=row.created_at,
        )  # fmt: skip
        sender.deliver(other.pk, clock.now())
        sender.deliver(row.pk, clock.now() + timedelta(days=3))
    row.refresh_from_db()
    assert (row.state, Account.objects.get().address != "") == ("given_up", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cast", "local")
def test_a_receiver_that_hangs_holds_up_no_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole, receiving((200, {})) as server:
        row = queued(server)
        hung = accounts.connect(
            "webhook", "hole", "黑洞", f"http://127.0.0.1:{hole.getsockname()[1]}/", {"secret": SECRET}, clock.now(),
            code="hole",
        )  # fmt: skip
        queue.put(Account.objects.get(pk=hung.pk), "order.accepted", {}, "k0", clock.now() - timedelta(hours=1), None)
        assert sender.drain(clock.now()) == 2
        until = time.monotonic() + 10
        while not server.arrived and time.monotonic() < until:
            time.sleep(0.01)
        assert sender.drain(clock.now()) == 0
        waiting = Outgoing.objects.get(account=hung)
        assert (len(server.arrived), waiting.attempts) == (1, 0)
        # The hole answers at last, so that nothing is under way when the test ends.
        line, _address = hole.accept()
        line.close()
        while Outgoing.objects.get(account=hung).attempts == 0 or sender.is_busy():
            time.sleep(0.01)
    row.refresh_from_db()
    assert row.state == "sent"


@pytest.mark.usefixtures("cast")
def test_nothing_is_sent_into_our_own_network() -> None:
    with receiving((200, {})) as server:
        row = queued(server)
        sender.deliver(row.pk, clock.now())
    row.refresh_from_db()
    assert (server.arrived, row.state, row.last_error) == ([], "waiting", "NotPublic")


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
@pytest.mark.usefixtures("local")
def test_a_distributor_takes_the_decision_on_a_cancellation_out_of_the_queue_and_verifies_it(cast: Cast) -> None:
    moment = clock.now()
    distributor = simulator.Distributor("http://127.0.0.1:9/", now=lambda: moment)
    distributor.callback_faults = ["error_500", "cut", "refuse"]
    keys = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET}
    with simulator.running(distributor) as address:
        row = accounts.connect("yanxuan", "hangzhou", "分销", address, keys, clock.now(), code="y")
        Account.objects.filter(pk=row.pk).update(callbacks=["yanxuan.callback.order.cancel"])
        order = received("Y1", platform="yanxuan")
        dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
        dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "同意"}, subject=order)
        notices.carry_out(clock.now())
        call = Outgoing.objects.get()
        for _attempt in range(4):
            sender.deliver(call.pk, Outgoing.objects.get().next_at)
    found = [json.loads(given["orderCancelResult"]) for given in distributor.callbacks]
    tries = [try_.status or try_.error for try_ in Attempt.objects.order_by("pk")]
    assert found == [{"orderId": "Y1", "cancelStatus": 1, "rejectReason": None}]
    assert (tries, Outgoing.objects.get().state) == ([500, "RemoteProtocolError", 200, 200], "sent")


@pytest.mark.django_db
def test_a_cancellation_of_our_own_is_an_exception_to_the_distributor_who_is_not_told_our_reason(cast: Cast) -> None:
    keys = {"app_key": "k", "secret": "s"}
    row = accounts.connect("yanxuan", "hangzhou", "分销", "https://example.com/in", keys, clock.now(), code="y")
    Account.objects.filter(pk=row.pk).update(callbacks=["yanxuan.notification.order.exceptional"])
    order = received("Y1", platform="yanxuan")
    dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "供应商倒闭，内部情况"}, subject=order)
    notices.carry_out(clock.now())
    call = Outgoing.objects.get()
    assert (call.event, json.loads(call.payload["text"])) == (
        "yanxuan.notification.order.exceptional",
        {"orderId": "Y1", "reason": "供货方无法履行该订单", "extData": None},
    )


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
