"""The simulated shop against the real door, over real HTTP: every order once, every fault accounted for."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.live_server_helper import LiveServer

from jiedan.connectors import accounts
from jiedan.connectors.models import Account, Quarantined
from jiedan.connectors.webhook.generator import make_orders
from jiedan.connectors.webhook.misbehaviour import ENDS_CANCELLED, PLANS, REFUSED
from jiedan.connectors.webhook.sender import SECRET, Sender
from jiedan.core import clock
from jiedan.orders.models import Order
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sender(cast: Cast, live_server: LiveServer) -> Iterator[Sender]:
    accounts.forget()
    accounts.connect("webhook", "own", "自营网店", "", {"secret": SECRET}, clock.now(), code="own")
    found = Sender(f"{live_server.url}/connect/webhook/own", faults=True)
    yield found
    found.close()
    accounts.forget()


def test_whatever_a_shop_gets_wrong_every_order_is_there_once_and_every_fault_is_accounted_for(sender: Sender) -> None:
    orders = make_orders(len(PLANS) + 6, seed=3, until=clock.now() - timedelta(minutes=1))
    stories = sender.push(orders, threads=2)
    assert [story.external_id for story in stories.values() if not story.acknowledged] == []
    assert sorted(Order.objects.values_list("external_id", flat=True)) == sorted(
        order["external_id"] for order in orders
    )
    faults = {story.fault for story in stories.values()} - {""}
    assert faults == set(PLANS)
    for story in stories.values():
        assert story.refusals == ([REFUSED[story.fault]] if story.fault in REFUSED else []), story.fault
    kept = Counter(Quarantined.objects.values_list("cause", flat=True))
    assert kept == Counter(cause for story in stories.values() for cause in story.refusals)
    cancelled = set(Order.objects.filter(stage="cancelled").values_list("external_id", flat=True))
    assert cancelled == {story.external_id for story in stories.values() if story.fault in ENDS_CANCELLED}


def test_the_same_seed_brings_the_same_orders_and_nothing_is_sent_twice_without_faults(sender: Sender) -> None:
    sender.faults = False
    until = clock.now() - timedelta(minutes=1)
    orders = make_orders(5, seed=4, until=until)
    assert orders == make_orders(5, seed=4, until=until)
    assert sender.push(orders) == sender.stories
    assert sender.account() == {"orders": 5, "acknowledged": 5, "messages": 5, "faults": {}, "refused": {}}
    assert Account.objects.get().messages.count() == 5
