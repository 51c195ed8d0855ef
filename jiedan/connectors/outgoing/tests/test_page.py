"""The page of callbacks shows where each stands, and has one sent again."""

import pytest
from django.test import Client

from jiedan.connectors import accounts
from jiedan.connectors.outgoing import queue
from jiedan.connectors.outgoing.models import Attempt, Outgoing
from jiedan.core import clock
from tests.cast import Cast, logged_in

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def event(cast: Cast) -> Outgoing:
    account = accounts.connect(
        "webhook", "own", "自营网店", "https://shop.example/hook", {"secret": SECRET}, clock.now()
    )
    queue.put(account, "order.accepted", {"type": "order.accepted"}, "k1", clock.now(), None)
    row = Outgoing.objects.get()
    Attempt.objects.create(outgoing=row, at=clock.now(), status=500)
    Outgoing.objects.update(state=Outgoing.GIVEN_UP, attempts=1, last_status=500)
    return row


@pytest.fixture
def admin(cast: Cast) -> Client:
    return logged_in(cast.system_admin)


def test_an_event_is_shown_with_its_attempts_and_narrowed_by_its_state(event: Outgoing, admin: Client) -> None:
    page = admin.get("/connections/outgoing/").content.decode()
    assert [text in page for text in ("order.accepted", "自营网店", "已放弃", "HTTP 500")] == [True] * 4
    assert "order.accepted" not in admin.get("/connections/outgoing/?state=sent").content.decode()
    assert "order.accepted" in admin.get("/connections/outgoing/?state=nonsense").content.decode()


def test_an_event_that_was_given_up_is_sent_again_under_its_own_number(event: Outgoing, admin: Client) -> None:
    assert admin.post(f"/connections/outgoing/{event.pk}/again/").status_code == 302
    again = Outgoing.objects.get()
    assert (again.pk, again.state, again.dedupe_key) == (event.pk, Outgoing.WAITING, "k1")


def test_everything_that_was_given_up_is_sent_again_at_once_and_nothing_else(event: Outgoing, admin: Client) -> None:
    sent = Outgoing.objects.create(
        account=event.account, event="order.cancelled", payload={}, dedupe_key="k2", state=Outgoing.SENT,
        next_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    assert "将已放弃的 1 条全部重新发送" in admin.get("/connections/outgoing/").content.decode()
    assert admin.post("/connections/outgoing/again/").status_code == 302
    assert dict(Outgoing.objects.values_list("pk", "state")) == {event.pk: "waiting", sent.pk: "sent"}
    assert "全部重新发送" not in admin.get("/connections/outgoing/").content.decode()


def test_a_supervisor_looks_on_and_changes_nothing(event: Outgoing, cast: Cast) -> None:
    client = logged_in(cast.supervisor)
    assert "重新发送" not in client.get("/connections/outgoing/").content.decode()
    assert client.post(f"/connections/outgoing/{event.pk}/again/").status_code == 403
    assert client.post("/connections/outgoing/again/").status_code == 403
    assert Outgoing.objects.get().state == Outgoing.GIVEN_UP
