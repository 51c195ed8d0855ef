"""Pages cost the same however much there is: a fixed number of queries in every stage and at any length of history."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jiedan.contract.models import Contract
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Deadline, Record
from jiedan.orders import access, urgent
from jiedan.orders.models import Order
from jiedan.people.models import ReadingRight
from jiedan.portal.models import Link
from jiedan.screens.rows import order_rows
from tests.cast import FRIDAY, Cast, acting, contract_to, listing_at, logged_in, offered, order_at, received, submitted

MOST = 15
READERS = ("taker", "head", "decider", "supervisor")


def queries(client: Client, path: str) -> int:
    """Of a page that was opened before: the first time the process reads versions that never change."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("stage", [stage for stage in OrderStage if stage is not OrderStage.UNROUTED])
def test_the_page_of_an_order_takes_fifteen_queries_at_most_in_every_stage(cast: Cast, stage: OrderStage) -> None:
    order = order_at(stage, cast)
    for reader in READERS:
        assert queries(logged_in(getattr(cast, reader)), f"/orders/{order.ref}/") <= MOST, reader


@pytest.mark.parametrize("state", [Contract.SUBMITTED, Contract.PASSED, Contract.SENT, Contract.SIGNED])
def test_it_does_so_while_a_contract_is_drawn_up(cast: Cast, state: str) -> None:
    order = order_at(OrderStage.AGREED, cast)
    contract_to(state, order, cast)
    for reader in READERS:
        assert queries(logged_in(getattr(cast, reader)), f"/orders/{order.ref}/") <= MOST, reader


def test_a_long_history_with_many_versions_and_links_costs_no_query_more(cast: Cast) -> None:
    order = order_at(OrderStage.NEGOTIATING, cast)
    offered(order, cast)
    client, taker = logged_in(cast.taker), acting(cast.taker)
    short = queries(client, f"/orders/{order.ref}/")
    for number in range(6):
        dispatch("terms.revise_terms", taker, {"reason": f"第 {number} 次修改"}, subject=order)
        offered(order, cast)
        link = Link.objects.filter(order=order, revoked_at=None).latest("pk")
        dispatch("portal.renew_link", taker, {"link": link.pk}, subject=order)
    for _again in range(200):
        dispatch("acquisition.reveal_contact", taker, {"reason": "核对收货地址"}, subject=order)
    assert Record.objects.filter(subject_type="order", subject_id=order.pk).count() > 200
    assert (short <= MOST, queries(client, f"/orders/{order.ref}/")) == (True, short)


def test_the_page_of_a_deadline_costs_the_same_with_any_number_of_deadlines(cast: Cast) -> None:
    order = order_at(OrderStage.CONFIRMED, cast)
    found = {
        queries(logged_in(cast.head), f"/orders/{order.ref}/deadlines/{row.pk}/")
        for row in Deadline.objects.filter(subject_type="order", subject_id=order.pk)
    }
    assert len(found) == 1
    assert found.pop() <= 7


def test_the_page_of_a_listing_costs_the_same_in_every_stage(cast: Cast) -> None:
    for stage in ListingStage:
        listing = listing_at(stage, cast)
        assert queries(logged_in(cast.head), f"/listings/{listing.ref}/") <= MOST, stage


@pytest.mark.parametrize("path", ["/", "/decisions/"])
def test_workbench_and_decisions_cost_the_same_with_one_order_in_a_stage_and_with_many(cast: Cast, path: str) -> None:
    stages = (OrderStage.ROUTED, OrderStage.ACCEPTED, OrderStage.DECIDING, OrderStage.NEGOTIATING, OrderStage.DECLINED)
    for stage in stages:
        order_at(stage, cast, f"K-{stage}")
    few = {reader: queries(logged_in(getattr(cast, reader)), path) for reader in READERS}
    for number in range(4):
        for stage in stages:
            order_at(stage, cast, f"K{number}-{stage}")
    assert {reader: queries(logged_in(getattr(cast, reader)), path) for reader in READERS} == few


def test_the_order_list_takes_eight_queries(cast: Cast) -> None:
    received()
    for reader in READERS:
        assert queries(logged_in(getattr(cast, reader)), f"/orders/?stage=routed&department={cast.home.pk}") <= 8


def test_the_most_urgent_come_first_out_of_all_stages_and_departments(cast: Cast) -> None:
    orders = [order_at(stage, cast, f"K-{stage}") for stage in (OrderStage.ROUTED, OrderStage.DECIDING)]
    orders += [received(f"K{number}", shop="service", lines=_service()) for number in range(3)]
    received("K9")
    stages = list(OrderStage)
    for reader in READERS:
        actor = acting(getattr(cast, reader))
        plain = list(access.visible(actor, Order).order_by(*urgent.by_due_time()))
        for limit in (1, 3, 50):
            assert list(urgent.most_urgent(actor, stages, limit)) == plain[:limit], reader
        late = FRIDAY + timedelta(days=1)
        assert list(urgent.most_urgent(actor, stages, 50, due_before=late)) == [
            order for order in plain if order.due_at and order.due_at < late
        ]
        of_home = urgent.most_urgent(actor, [OrderStage.ROUTED], 50, departments=[cast.home.pk])
        assert {order.department_id for order in of_home} == {cast.home.pk}


def test_an_order_that_somebody_is_asked_about_is_among_theirs(cast: Cast) -> None:
    order = received()
    ReadingRight.objects.create(staff=cast.outsider, kind="order", subject_id=order.pk, since=FRIDAY)
    actor = acting(cast.outsider)
    assert [row["ref"] for row in order_rows(urgent.most_urgent(actor, list(OrderStage), 5))] == [order.ref]
    assert list(urgent.most_urgent(actor, [OrderStage.DECIDING], 5)) == []
    assert list(urgent.most_urgent(actor, list(OrderStage), 5, departments=[cast.service.pk])) == []
    assert [row["ref"] for row in logged_in(cast.outsider).get("/orders/").context["orders"]] == [order.ref]


def test_each_stage_is_counted_as_far_as_asked(cast: Cast) -> None:
    orders = [order_at(stage, cast, f"K-{stage}") for stage in (OrderStage.DECIDING, OrderStage.ROUTED)]
    orders += [received(f"K{number}", shop="service", lines=_service()) for number in range(3)]
    ReadingRight.objects.create(staff=cast.outsider, kind="order", subject_id=orders[0].pk, since=FRIDAY)
    for reader in (*READERS, "outsider"):
        actor = acting(getattr(cast, reader))
        there = Counter(access.visible(actor, Order).values_list("stage", flat=True))
        for most in (1, 2, 1000):
            expected = {stage: min(most, there[stage]) for stage in OrderStage}
            assert urgent.in_stages(actor, list(OrderStage), most) == expected, reader


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL chooses by its statistics")
def test_a_stage_of_no_order_is_looked_for_in_the_index(cast: Cast) -> None:
    received()
    actor = acting(cast.taker)
    with connection.cursor() as cursor:
        # A copy of the order's row so often that all statistics know is this one stage.
        columns = ", ".join(f'"{field.column}"' for field in Order._meta.local_concrete_fields if not field.primary_key)
        others = columns.replace('"external_id"', "'C' || number")
        cursor.execute(
            f"INSERT INTO orders_order ({columns}) SELECT {others} FROM orders_order, generate_series(1, 20000) number"
        )
        cursor.execute("ANALYZE orders_order")
    with CaptureQueriesContext(connection) as found:
        assert urgent.in_stages(actor, list(OrderStage), 1000)[OrderStage.ROUTED] == 1000
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {found[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "order_dept_stage_due" in plan
    assert "Seq Scan on orders_order" not in plan


def test_who_is_asked_to_decide_sees_it_on_the_workbench_and_who_voted_does_not(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    seen = {"content_hash": submitted(order, cast).content_hash}
    assert [row.ref for row in logged_in(cast.head).get("/").context["to_vote"]] == [order.ref]
    dispatch("evaluation.approve_evaluation", acting(cast.head), seen, subject=order)
    assert logged_in(cast.head).get("/").context["to_vote"] == []


def _service() -> list[dict[str, object]]:
    return [
        {
            "number": 1, "sku": "S2", "name": "灯具上门安装", "category": "服务/安装", "quantity": 1,
            "unit_price": "398.00", "amount": "398.00", "kind": "service",
        }
    ]  # fmt: skip
