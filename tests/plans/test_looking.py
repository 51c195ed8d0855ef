"""Nothing that happens all day looks through a table that grows: it would take longer with every order ever taken."""

import pytest
from django.db import connection

from jiedan.acquisition import cancelling, intake
from jiedan.acquisition.models import Listing
from jiedan.connectors import accounts, desk, health
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.desk import Delivery
from jiedan.connectors.yanxuan.answers import kept
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.kernel import notices, worker
from jiedan.orders.models import Order
from tests.cast import Cast, incoming, listing_at, logged_in, order_at, received
from tests.plans.reading import looked_through

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of small tables say something on SQLite only"),
]
STAGES = [stage for stage in OrderStage if stage is not OrderStage.UNROUTED]
READERS = ("taker", "head", "decider", "supervisor")
PAGES = (
    "/", "/orders/", "/orders/?stage=routed", "/orders/?due=overdue", "/orders/?q=13900001111", "/orders/?change=waiting",
    "/orders/?channel=kaola", "/orders/unrouted/", "/listings/", "/listings/?only=mine", "/listings/?only=ending", "/decisions/",
    "/quarantine/", "/reconciliation/", "/imports/", "/resources/", "/notices/", "/bell/",
)  # fmt: skip


@pytest.fixture
def company(cast: Cast) -> Cast:
    """Orders and listings in every stage."""
    for stage in STAGES:
        order_at(stage, cast, f"S-{stage}")
    for listing_stage in ListingStage:
        listing_at(listing_stage, cast)
    return cast


def test_a_table_that_is_looked_through_is_found(cast: Cast) -> None:
    received("K1")
    (found,) = looked_through(lambda: list(Order.objects.filter(summary__icontains="灯")))
    assert found.startswith("orders_order: SELECT")
    assert looked_through(lambda: list(Order.objects.filter(pk=1))) == []


def test_pushes_are_taken_in_by_indexes(cast: Cast) -> None:
    account = _shop()
    told = [
        looked_through(lambda: _push(account, "a")),
        looked_through(lambda: _push(account, "b", buyer_remark="改周末送")),
        looked_through(lambda: _push(account, "b", buyer_remark="改周末送")),
        looked_through(lambda: _push(account, "c", status="cancelled")),
        looked_through(lambda: intake.take_in(incoming("alone"))),
        looked_through(lambda: kept("hangzhou", "P1")),
        looked_through(lambda: cancelling.cancel("webhook", "hangzhou", "P9", "")),
    ]
    assert told == [[]] * len(told)


def test_steps_are_taken_by_indexes(cast: Cast) -> None:
    for stage in STAGES:
        assert looked_through(lambda stage=stage: order_at(stage, cast, f"K-{stage}")) == [], stage  # type: ignore[misc]
    for listing_stage in ListingStage:
        assert looked_through(lambda stage=listing_stage: listing_at(stage, cast)) == [], listing_stage  # type: ignore[misc]


def test_the_worker_finds_its_work_by_indexes(company: Cast) -> None:
    assert looked_through(lambda: worker.round_once(clock.now())) == []
    assert looked_through(lambda: [drain(clock.now()) for _name, drain in worker.BESIDE]) == []
    assert looked_through(lambda: notices.send_mail(clock.now())) == []


@pytest.mark.parametrize("reader", READERS)
def test_pages_are_read_by_indexes(company: Cast, reader: str) -> None:
    client = logged_in(getattr(company, reader))
    pages = [*PAGES, *(f"/orders/{row.ref}/" for row in Order.objects.all())]
    pages += [f"/listings/{row.ref}/" for row in Listing.objects.all()]
    assert {page: found for page in pages if (found := looked_through(lambda page=page: client.get(page)))} == {}  # type: ignore[misc]


def test_the_connections_health_is_read_by_indexes(cast: Cast) -> None:
    _push(_shop(), "m")
    client = logged_in(cast.system_admin)
    assert looked_through(lambda: client.get("/connections/")) == []
    assert looked_through(lambda: health.gauges(clock.now())) == []


def _shop() -> AccountFacts:
    secret = "whsec_YSBzZWNyZXQgdGhhdCBvbmx5IHRoZSBiZW5jaCBoYXM="
    accounts.connect("webhook", "hangzhou", "杭州店", "", {"secret": secret}, clock.now(), code="shop")
    found = accounts.known("webhook", "shop")
    assert found is not None
    return found


def _push(account: AccountFacts, prefix: str, **changes: object) -> None:
    deliveries = [
        Delivery(
            account, "order.paid", b"{}", incoming(f"P{number}", platform="webhook", **changes), f"{prefix}{number}"
        )
        for number in range(8)
    ]
    assert not any(isinstance(found, Exception) for found in desk._settled(deliveries))
