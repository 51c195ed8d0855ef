"""Papers, links, templates and tables × every person: given, brought and changed by those who may (R15)."""

import json
import re
from datetime import timedelta
from itertools import product

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiedan.acquisition.models import RoutingVersion
from jiedan.contract.models import ContractTemplate
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.documents.filing import take_in
from jiedan.documents.models import Document
from jiedan.documents.signing import Verdict
from jiedan.documents.uploads import Checked
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.progress import PROGRESS
from tests.cast import FRIDAY, logged_in
from tests.every_action.asking import (
    SHEETS,
    address_of,
    ask_page,
    asked,
    call,
    has_role,
    of,
    paper_routes,
)
from tests.every_action.world import (
    EVERYBODY,
    MARK,
    READS_KIND,
    SEES,
    WORKING,
    World,
    may_act,
)

PAPERS = of("page papers", "api papers")


def test_papers_are_given_to_who_sees_the_order_and_to_nobody_else(world: World) -> None:
    for name, order in world.of_kind("order").items():
        paper = Checked("来函.txt", "text/plain", name.encode(), Verdict())
        number = take_in(order, "other", paper, world.people["head"].pk, FRIDAY).pk  # type: ignore[arg-type]
        for route, who in product(of("page paper", "api paper"), sorted(EVERYBODY - {"former"})):
            address = address_of(re.sub(r"<(int:)?(pk|document)>", str(number), route), order.ref)
            absent = re.sub(rf"/{number}(/?)$", r"/999999\1", address)
            answer = ask_page(world, who, address)
            assert answer.status_code == (200 if who in SEES[name] else 404), f"{who} {address}"
            assert (answer.content == name.encode()) == (who in SEES[name])
            assert ask_page(world, who, absent).status_code == 404


def test_a_customers_link_is_told_to_who_may_send_it_and_to_nobody_else(world: World) -> None:
    renew = REGISTRY["portal.renew_link"]
    for name, order in world.of_kind("order").items():
        assert isinstance(order, Order)
        Order.objects.filter(pk=order.pk).update(stage=OrderStage.ACCEPTED)
        link = links.issue(order, PROGRESS, "", at=FRIDAY, by=None, until=clock.now() + timedelta(days=30))
        for route, who in product([*of("api links"), f"orders/{order.ref}/"], sorted(EVERYBODY - {"former"})):
            answer = ask_page(world, who, address_of(route, order.ref))
            assert answer.status_code == (200 if who in SEES[name] else 404), f"{who} {route}"
            told = link.token in answer.content.decode()
            assert told == (who in SEES[name] and may_act(who, renew.by, name)), f"{who} {route}"


def test_the_page_of_a_link_shows_where_it_leads_to_who_may_send_it_and_is_read_by_who_sees_the_order(
    world: World,
) -> None:
    (route,), send = of("page link"), REGISTRY["portal.send_link"]
    for name, order in world.of_kind("order").items():
        assert isinstance(order, Order)
        Order.objects.filter(pk=order.pk).update(stage=OrderStage.ACCEPTED)
        link = links.issue(order, PROGRESS, "", at=FRIDAY, by=None, until=clock.now() + timedelta(days=30))
        address = address_of(route.replace("<int:pk>", str(link.pk)), order.ref)
        for who in sorted(EVERYBODY - {"former"}):
            answer = ask_page(world, who, address)
            assert answer.status_code == (200 if who in SEES[name] else 404), f"{who} {name}"
            text = answer.content.decode()
            sendable = who in SEES[name] and may_act(who, send.by, name)
            assert (link.token in text, "data:image/svg" in text) == (sendable, sendable), f"{who} {name}"
            assert ask_page(world, who, address.replace(str(link.pk), "999999")).status_code == 404


def test_papers_are_brought_by_who_has_the_right_and_by_nobody_else(world: World) -> None:
    before, attach = Record.objects.count(), REGISTRY["documents.attach_document"]
    for (name, order), route, who in product(world.of_kind("order").items(), PAPERS, sorted(EVERYBODY - {"former"})):
        brought = SimpleUploadedFile("来函.txt", "来函".encode())
        answer = ask_page(world, who, address_of(route, order.ref), {"kind": "other", "file": brought})
        allowed = may_act(who, attach.by, name) and who in SEES[name]
        taken = 201 if route.startswith("api/") else 302
        assert answer.status_code == (taken if allowed else 403 if who in SEES[name] else 404), f"{who} {name} {route}"
    assert (Record.objects.count(), Document.objects.count()) == (before, 0)


def test_a_list_of_papers_is_shown_to_who_sees_the_order(world: World) -> None:
    for (name, order), who in product(world.of_kind("order").items(), sorted(EVERYBODY)):
        status = ask_page(world, who, address_of("api/v1/orders/<ref>/documents", order.ref)).status_code
        assert status == (200 if who in SEES[name] else 404), f"{who} {name}"


def test_routing_rules_are_compared_by_whoever_reads_the_procedure_and_drafted_by_the_decider_alone(
    world: World,
) -> None:
    (compared,) = of("rules compared")
    for who in sorted(EVERYBODY):
        client, before = logged_in(world.people[who]), RoutingVersion.objects.count()
        reads = client.get(f"/{compared}?from=1&to=1").status_code
        assert reads == (200 if who in READS_KIND["procedure"] else 403), who
        for route in of("rules drafted"):
            shown = client.get(address_of(route)).status_code
            taken = asked(client, lambda client: client.post(address_of(route), {"do": "drop"})).status_code  # noqa: B023
            wanted = ((200,), (200, 302, 422)) if who == "decider" else ((403,), (403,))
            assert shown in wanted[0], f"{who} {route}"
            assert taken in wanted[1], f"{who} {route}"
        assert RoutingVersion.objects.count() == before


def test_templates_are_read_by_whoever_reads_the_procedure_and_drafted_by_the_decider_alone(world: World) -> None:
    for who in sorted(EVERYBODY):
        client, reads = logged_in(world.people[who]), who in READS_KIND["procedure"]
        for route in of("templates read"):
            assert client.get(address_of(route)).status_code == (200 if reads else 403), f"{who} {route}"
        for route in of("api templates"):
            address = address_of(route.replace("<kind>", "goods").replace("<int:number>", "0"))
            assert call(world, who, "GET", address).status_code == (200 if reads else 403), f"{who} {route}"
        (drafted,) = of("template drafted")
        shown = client.get(address_of(drafted)).status_code
        taken = asked(client, lambda client: client.post(address_of(drafted), {"do": "drop"})).status_code  # noqa: B023
        assert (shown, taken) == ((200, 302) if who == "decider" else (403, 403)), who
        assert not ContractTemplate.objects.exists()


def test_nobody_tries_a_template_on_an_order_that_isnt_theirs(world: World) -> None:
    ref = world.subjects["order_home"].ref
    ((page,), (program,)) = of("template tried"), of("api template tried")
    for who in sorted(WORKING):
        client, sees = logged_in(world.people[who]), who in SEES["order_home"]
        answer = client.get(f"{address_of(page)}?order={ref}")
        assert answer.status_code == (200 if sees else 422), who
        assert (MARK in answer.content.decode()) == sees, who
        tried = call(
            world, who, "POST", address_of(program.replace("<kind>", "goods")), json.dumps({"order": ref}).encode()
        )
        assert tried.status_code == (200 if sees else 404), who
        assert (MARK in tried.content.decode()) == sees, who


def test_a_table_of_the_catalogue_is_brought_by_who_may_add_to_it_and_by_nobody_else(world: World) -> None:
    (route,), add, before = of("catalogue table"), REGISTRY["resources.add_item"], Record.objects.count()
    checked = {"table": f"编码,名称,部门\nX1,{MARK},HOME"}
    for who in sorted(EVERYBODY):
        client, wanted = logged_in(world.people[who]), 200 if has_role(who, add) else 403
        assert client.get(f"/{route}").status_code == wanted, who
        assert asked(client, lambda client: client.post(f"/{route}", checked)).status_code == wanted, who
        taken = asked(client, lambda client: client.post(f"/{route}", checked | {"go": "take", "reason": "开业"}))
        mine = may_act(who, add.by, "item_home")
        assert taken.status_code == (302 if mine else 422 if wanted == 200 else 403), who
    assert (Record.objects.count(), Client().get(f"/{route}").status_code) == (before, 302)


def test_the_catalogue_is_written_out_for_those_who_may_change_it(world: World) -> None:
    (route,), add = of("catalogue file"), REGISTRY["resources.add_item"]
    for who in sorted(EVERYBODY):
        wanted = 200 if has_role(who, add) else 403
        assert logged_in(world.people[who]).get(f"/{route}").status_code == wanted, who
    assert Client().get(f"/{route}").status_code == 302


def test_a_paper_is_read_by_those_who_see_its_order_and_written_by_those_who_may_hand_it_in(world: World) -> None:
    reading = {name: route for route, name in paper_routes("paper read")}
    writing = {name: route for route, name in paper_routes("paper written")}
    for who, paper in product(sorted(EVERYBODY), sorted(SHEETS)):
        client, by = logged_in(world.people[who]), REGISTRY[SHEETS[paper]].by
        for name in ("order_home", "order_service"):
            ref = world.subjects[name].ref
            step = address_of(writing[paper], ref)
            assert client.get(address_of(reading[paper], ref)).status_code == (200 if who in SEES[name] else 404), who
            taken = asked(client, lambda client: client.post(step, {})).status_code  # noqa: B023
            may = 409 if may_act(who, by, name) else 403
            assert taken == (may if who in SEES[name] else 404), f"{who} {name}"
