"""Messages about listings are kept by their number like orders' are: once, sealed, with their effect (2.1.1, 2.1.2)."""

import json
from typing import Any

import pytest
from django.db import DatabaseError

from jiedan.acquisition.models import Listing
from jiedan.connectors import health
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.connectors.reconciliation.pushed import read_day
from jiedan.connectors.webhook import listings, square
from jiedan.connectors.webhook.tests.test_listings import account as account  # a fixture
from jiedan.connectors.webhook.tests.test_listings import listing, said, tell
from jiedan.connectors.webhook.tests.test_push import order, push
from jiedan.kernel.models import Record
from jiedan.orders import vault
from jiedan.orders.models import DataKey, Order
from tests.cast import FRIDAY, Cast, logged_in

pytestmark = pytest.mark.django_db


def raw(message: Message) -> dict[str, Any]:
    assert message.key is not None
    assert message.sealed is not None
    text = vault.unseal(message.key.opened(), bytes(message.sealed), "message")["raw"]
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_same_number_again_is_answered_like_the_first_time(account: Account, cast: Cast) -> None:
    first = said(tell(listing()))
    assert first == (200, {"outcome": "created", "number": Listing.objects.get().ref})
    assert said(tell(listing())) == first
    assert (Listing.objects.count(), Message.objects.count()) == (1, 1)
    assert Record.objects.filter(subject_type="listing").count() == 1


def test_the_same_number_with_another_text_is_refused_and_nothing_changes(account: Account, cast: Cast) -> None:
    tell(listing())
    newer = listing(budget="9000.00", updated_at="2026-09-18T17:05:00+08:00")
    status, problem = said(tell(newer))
    assert (status, problem["code"]) == (409, "message_id_reused")
    assert f"{Listing.objects.get().budget}" == "7200.00"
    assert Message.objects.count() == 1


@pytest.mark.parametrize("order_first", [True, False])
def test_a_number_counts_for_orders_and_listings_alike(account: Account, cast: Cast, order_first: bool) -> None:
    messages = [lambda: push(order(), "m1"), lambda: tell(listing())]
    first, second = messages if order_first else reversed(messages)
    assert first().status_code == 200
    assert said(second())[1]["code"] == "message_id_reused"
    assert Order.objects.count() + Listing.objects.count() == 1


def test_what_changes_something_is_kept_as_it_came_under_the_listings_own_key(account: Account, cast: Cast) -> None:
    tell(listing())
    tell(listing(), "m2")
    tell(listing(budget="9000.00", updated_at="2026-09-18T17:05:00+08:00"), "m3")
    tell({"external_id": "Q1"}, "m4", square.WITHDRAWN)
    kept = list(Message.objects.order_by("pk"))
    assert [(row.message_id, row.kind, row.outcome) for row in kept] == [
        ("m1", "listing.posted", "created"),
        ("m2", "listing.posted", "unchanged"),
        ("m3", "listing.posted", "changed"),
        ("m4", "listing.withdrawn", "cancelled"),
    ]
    assert {row.listing for row in kept} == {Listing.objects.get()}
    assert [row.sealed is None for row in kept] == [False, True, False, False]
    assert raw(kept[2])["data"]["budget"] == "9000.00"
    assert len({row.key_id for row in kept if row.key_id}) == 1
    assert "吊灯".encode() not in bytes(kept[0].sealed or b"")


def test_a_listing_that_nobody_knows_is_kept_without_its_text(account: Account, cast: Cast) -> None:
    keys = DataKey.objects.count()
    assert said(tell({"external_id": "Q9"}, "m1", square.WITHDRAWN))[1] == {"outcome": "unchanged", "number": ""}
    assert said(tell({"external_id": "Q9"}, "m1", square.WITHDRAWN))[1] == {"outcome": "unchanged", "number": ""}
    message = Message.objects.get()
    assert (message.listing, message.sealed, DataKey.objects.count()) == (None, None, keys)


def test_a_message_that_cannot_be_kept_has_no_effect(
    account: Account, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(listings, "_keep", full)
    status, problem = said(tell(listing()))
    assert (status, problem["code"]) == (503, "not_stored")
    assert (Listing.objects.count(), Message.objects.count(), Record.objects.filter(subject_type="listing").count()) == (
        0, 0, 0,
    )  # fmt: skip
    monkeypatch.undo()
    assert said(tell(listing()))[1]["outcome"] == "created"


def test_the_connections_health_counts_messages_about_listings_and_their_errors(account: Account, cast: Cast) -> None:
    tell(listing())
    tell(listing(budget="-1"), "m2")
    (found,) = health.connections(FRIDAY)
    assert (found.last_at, found.state, found.hour.wrong, found.hour.all) == (FRIDAY, "works", 1, 2)
    assert found.lag is not None
    assert "商机广场" in logged_in(cast.system_admin).get("/connections/").content.decode()


def test_a_day_is_not_compared_by_what_was_said_of_listings(account: Account, cast: Cast) -> None:
    tell(listing())
    day = read_day(account, FRIDAY.date())
    assert (day.more, dict(day.theirs)) == ([], {})


def test_a_good_message_settles_what_waits_of_that_listing_and_of_no_order(account: Account, cast: Cast) -> None:
    tell(listing(summary=""))
    push(order(external_id="Q1", total="1.00"), "m2")
    assert sorted(Quarantined.objects.values_list("kind", flat=True)) == ["listing", "order"]
    tell(listing(), "m3")
    assert dict(Quarantined.objects.values_list("kind", "stage")) == {"listing": "settled", "order": "waiting"}
    tell(listing(summary=""), "m4")
    push(order(external_id="Q1"), "m5")
    found = Quarantined.objects.filter(kind="order").get()
    assert found.stage == "settled"


def test_what_could_not_be_read_stands_among_the_messages_as_a_listing(account: Account, cast: Cast) -> None:
    tell(listing(summary=""))
    message = Quarantined.objects.get()
    page = logged_in(cast.decider).get(f"/quarantine/{message.ref}/").content.decode()
    assert "<dd>listing</dd>" in page
    assert "<dd>Q1</dd>" in page
