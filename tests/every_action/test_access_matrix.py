"""Every route × every person × what is theirs, somebody else's or nowhere: nobody sees or does what isn't theirs (R15).

What is foreign and what is absent give the same 404, byte for byte, so nothing says whether a foreign thing exists.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, include, path

from jiedan.acquisition.models import RoutingVersion
from jiedan.connectors.outgoing.models import Outgoing
from jiedan.contract.models import ContractTemplate
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.documents.filing import take_in
from jiedan.documents.models import Document
from jiedan.documents.signing import Verdict
from jiedan.documents.uploads import Checked
from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.kinds import all_kinds
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.progress import PROGRESS
from tests.cast import FRIDAY, Cast, logged_in
from tests.every_action.routes import KIND_OF, POLICIES, declared, parts, routes
from tests.every_action.world import (
    ABOVE,
    ABSENT,
    EVERYBODY,
    HOME,
    MARK,
    READS_KIND,
    SEES,
    SERVICE,
    WORKING,
    World,
    enter,
    may_act,
)

ROUTES = sorted(set(routes(get_resolver().url_patterns)))
PAGE_OF = {kind: model.FOLDER for kind, model in all_kinds().items()}


def of(*policies: str) -> list[str]:
    return [route for route in ROUTES if declared(route)[:1] and declared(route)[0] in policies]


@pytest.fixture
def world(cast: Cast) -> World:
    return enter(cast)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Every route has a policy ------------------------------------------------------------------------------------------


def undeclared(patterns: Any) -> list[str]:
    """Routes without exactly one policy."""
    return [route for route in routes(patterns) if len(declared(route)) != 1]


def test_every_route_has_exactly_one_policy() -> None:
    assert undeclared(get_resolver().url_patterns) == []


def test_every_policy_is_some_routes() -> None:
    optional = {pattern for pattern in POLICIES if "dingtalk" in pattern}
    stale = [p for p in POLICIES if not any(re.fullmatch(p, route) for route in ROUTES)]
    assert set(stale) <= optional


def test_the_written_down_company_covers_every_kind_and_every_person(world: World) -> None:
    assert set(world.people) == EVERYBODY
    assert set(world.subjects) == set(SEES)
    assert {subject.KIND for subject in world.subjects.values()} == set(ABSENT) == set(KIND_OF.values())


# Without logging in ------------------------------------------------------------------------------------------------


def _address(
    route: str, ref: str = "JD260918000001", folder: str = "orders", code: str = "acquisition.accept_order"
) -> str:
    given = {
        "ref": ref,
        "folder": folder,
        "code": code,
        "pk": "1",
        "number": "1",
        "token": "x",
        "document": "1",
        "step": "risks",
        "kind": "goods",
    }
    for name, value in given.items():
        route = re.sub(rf"<(str:|int:|slug:)?{name}>", value, route)
    return f"/{route}"


BEHIND_LOG_IN = of(
    "account", "own", "own post", "own row view", "own row token", "list", "administrator's row", "page reading",
    "page birth", "page subject", "page step", "page deadline", "page papers", "page paper", "rules compared", "rules drafted",
    "template", "import's parts",
    "paper read", "paper written", "templates read", "template drafted", "template tried", "page link",
)  # fmt: skip


def test_who_isnt_logged_in_is_sent_to_log_in_and_changes_nothing(world: World) -> None:
    before, found = Record.objects.count(), {}
    for route in BEHIND_LOG_IN:
        address = _address(route, world.subjects["order_home"].ref)
        shown, taken = Client().get(address), Client().post(address)
        places = {
            answer.headers.get("Location", "").partition("?")[0]
            for answer in (shown, taken)
            if answer.status_code != 405
        }
        if taken.status_code != 302 or shown.status_code not in (302, 405) or places != {"/accounts/login/"}:
            found[route] = (shown.status_code, taken.status_code, places)
    assert found == {}
    assert Record.objects.count() == before


def test_who_brings_no_token_gets_401_and_changes_nothing(world: World) -> None:
    before, found = Record.objects.count(), {}
    for route in of(
        "api list", "api subject", "api step", "api birth", "api papers", "api paper", "api paper written", "api links",
        "api templates", "api template tried",
    ):  # fmt: skip
        call = Client().post if "actions" in route or route.endswith("/try") else Client().get
        answer = call(_address(route, world.subjects["order_home"].ref), content_type="application/json")
        if answer.status_code != 401:
            found[route] = answer.status_code
    assert found == {}
    assert Record.objects.count() == before


def test_what_everybody_may_open_says_nothing_of_the_companys_subjects(world: World) -> None:
    hidden = {subject.ref for subject in world.subjects.values()} | {MARK}
    for route in of("public"):
        address = re.sub(r"\^|\$|\(\?P<\w+>[^)]*\)", "", _address(route, world.subjects["staff_home"].ref))
        for client in (Client(), logged_in(world.people["newcomer"])):
            answer = client.get(address.replace("<path:rest>", "orders.json"))
            assert answer.status_code in (200, 301, 302, 401, 404, 405, 503), route
            assert _leaked(answer, hidden) == set(), route


# Programs ----------------------------------------------------------------------------------------------------------


def _call(world: World, who: str, method: str, address: str, body: bytes = b"{}") -> HttpResponse:
    headers = {"Authorization": f"Bearer {world.tokens[who]}"}
    with undone():
        return Client().generic(method, address, body, content_type="application/json", headers=headers)


def _leaked(answer: HttpResponse, hidden: set[str]) -> set[str]:
    text = answer.content.decode()
    return {secret for secret in hidden if secret in text}


def api_violations(
    world: World, route: str, kind: str, code: str = "", people: Collection[str] = EVERYBODY
) -> list[str]:
    """Who of PEOPLE gets from a route of the API what the company's rules don't give them, or not what they do give."""
    method, found = "POST" if code else "GET", []
    for who in sorted(people):
        absent = _call(world, who, method, _address(route, ABSENT[kind], code=code))
        for name, subject in world.of_kind(kind).items():
            answer = _call(world, who, method, _address(route, subject.ref, code=code))
            if who in SEES[name]:
                wrong = _wrong_for_reader(answer, who, name, code) or _leaked(answer, world.hidden_from(who))
            else:
                same = (answer.content, dict(answer.headers)) == (absent.content, dict(absent.headers))
                wrong = answer.status_code != 404 or not same
            if wrong:
                found.append(f"{who} {method} {route} {name}: {answer.status_code}")
    return found


def _wrong_for_reader(answer: HttpResponse, who: str, name: str, code: str) -> bool:
    if not code:
        return answer.status_code != 200
    if may_act(who, REGISTRY[code].by, name, REGISTRY[code].wherever):
        return answer.status_code in (401, 403, 404) or answer.status_code >= 500
    return answer.status_code != 403


@pytest.mark.parametrize("kind", sorted(ABSENT))
def test_a_program_reads_exactly_what_its_owner_may(kind: str, world: World) -> None:
    reads = [route for route in of("api subject") if KIND_OF[parts(route)["folder"]] == kind]
    assert len(reads) == 5
    assert [wrong for route in reads for wrong in api_violations(world, route, kind)] == []


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_program_does_exactly_what_its_owner_may(who: str, world: World) -> None:
    found = []
    for route in of("api step"):
        about = parts(route)
        found += api_violations(world, route, KIND_OF[about["folder"]], about["code"], {who})
    assert found == []


def test_a_list_holds_what_its_reader_may_see_and_nothing_else(world: World) -> None:
    for route, who in product(of("api list"), sorted(EVERYBODY)):
        kind = KIND_OF[parts(route)["folder"]]
        answer = _call(world, who, "GET", f"/{route}?limit=200")
        listed = {row["ref"] for row in json.loads(answer.content)["items"]}
        mine = {subject.ref for name, subject in world.of_kind(kind).items() if who in SEES[name]}
        assert listed & {subject.ref for subject in world.subjects.values()} == mine, f"{who} {route}"
        assert who in READS_KIND[kind] or listed == set(), f"{who} {route}"


def test_who_has_no_role_for_it_brings_nothing_new(world: World) -> None:
    for route, who in product(of("api birth"), sorted(EVERYBODY)):
        action = REGISTRY[parts(route)["code"]]
        status = _call(world, who, "POST", f"/{route}").status_code
        assert status == (422 if _has_role(who, action) else 403), f"{who} {route}"


def _has_role(who: str, action: Action) -> bool:
    return any(may_act(who, action.by, f"x_{place}") for place in ("home", "service", "company"))


# Pages -------------------------------------------------------------------------------------------------------------


def _ask(world: World, who: str, address: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """A page's or a program's request for papers; with DATA it brings one."""
    program = address.startswith("/api/")
    client = Client() if program else logged_in(world.people[who])
    headers = {"Authorization": f"Bearer {world.tokens[who]}"} if program else {}
    with undone():
        return client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)


PAPERS = of("page papers", "api papers")


def test_papers_are_given_to_who_sees_the_order_and_to_nobody_else(world: World) -> None:
    for name, order in world.of_kind("order").items():
        paper = Checked("来函.txt", "text/plain", name.encode(), Verdict())
        number = take_in(order, "other", paper, world.people["head"].pk, FRIDAY).pk  # type: ignore[arg-type]
        for route, who in product(of("page paper", "api paper"), sorted(EVERYBODY - {"former"})):
            address = _address(re.sub(r"<(int:)?(pk|document)>", str(number), route), order.ref)
            absent = re.sub(rf"/{number}(/?)$", r"/999999\1", address)
            answer = _ask(world, who, address)
            assert answer.status_code == (200 if who in SEES[name] else 404), f"{who} {address}"
            assert (answer.content == name.encode()) == (who in SEES[name])
            assert _ask(world, who, absent).status_code == 404


def test_a_customers_link_is_told_to_who_may_send_it_and_to_nobody_else(world: World) -> None:
    renew = REGISTRY["portal.renew_link"]
    for name, order in world.of_kind("order").items():
        assert isinstance(order, Order)
        Order.objects.filter(pk=order.pk).update(stage=OrderStage.ACCEPTED)
        link = links.issue(order, PROGRESS, "", at=FRIDAY, by=None, until=clock.now() + timedelta(days=30))
        for route, who in product([*of("api links"), f"orders/{order.ref}/"], sorted(EVERYBODY - {"former"})):
            answer = _ask(world, who, _address(route, order.ref))
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
        address = _address(route.replace("<int:pk>", str(link.pk)), order.ref)
        for who in sorted(EVERYBODY - {"former"}):
            answer = _ask(world, who, address)
            assert answer.status_code == (200 if who in SEES[name] else 404), f"{who} {name}"
            text = answer.content.decode()
            sendable = who in SEES[name] and may_act(who, send.by, name)
            assert (link.token in text, "data:image/svg" in text) == (sendable, sendable), f"{who} {name}"
            assert _ask(world, who, address.replace(str(link.pk), "999999")).status_code == 404


def test_papers_are_brought_by_who_has_the_right_and_by_nobody_else(world: World) -> None:
    before, attach = Record.objects.count(), REGISTRY["documents.attach_document"]
    for (name, order), route, who in product(world.of_kind("order").items(), PAPERS, sorted(EVERYBODY - {"former"})):
        brought = SimpleUploadedFile("来函.txt", "来函".encode())
        answer = _ask(world, who, _address(route, order.ref), {"kind": "other", "file": brought})
        allowed = may_act(who, attach.by, name) and who in SEES[name]
        taken = 201 if route.startswith("api/") else 302
        assert answer.status_code == (taken if allowed else 403 if who in SEES[name] else 404), f"{who} {name} {route}"
    assert (Record.objects.count(), Document.objects.count()) == (before, 0)


def test_a_list_of_papers_is_shown_to_who_sees_the_order(world: World) -> None:
    for (name, order), who in product(world.of_kind("order").items(), sorted(EVERYBODY)):
        status = _ask(world, who, _address("api/v1/orders/<ref>/documents", order.ref)).status_code
        assert status == (200 if who in SEES[name] else 404), f"{who} {name}"


Ask = Callable[[Client], HttpResponse]


def _asked(client: Client, ask: Ask) -> HttpResponse:
    with undone():
        return ask(client)


_VARYING = re.compile(r'(nonce|name="csrfmiddlewaretoken" value|content|data-csrf|hx-headers)=["\'][^"\']*["\']')


def _same_page(answer: HttpResponse, other: HttpResponse, ref: str, absent: str) -> bool:
    texts = (answer.content.decode().replace(ref, "?"), other.content.decode().replace(absent, "?"))
    return _VARYING.sub("", texts[0]) == _VARYING.sub("", texts[1])


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_the_page_of_a_subject_opens_for_those_who_may_see_it_and_is_404_for_the_rest(who: str, world: World) -> None:
    client = logged_in(world.people[who])
    for name, subject in world.subjects.items():
        folder, absent = PAGE_OF[subject.KIND], ABSENT[subject.KIND]
        answer, nowhere = (client.get(f"/{folder}/{ref}/") for ref in (subject.ref, absent))
        assert nowhere.status_code == 404
        if who in SEES[name]:
            assert (answer.status_code, _leaked(answer, world.hidden_from(who))) == (200, set()), name
        else:
            assert answer.status_code == 404, name
            assert _same_page(answer, nowhere, subject.ref, absent), name


ON_SUBJECTS = [action for action in REGISTRY if not action.births and action.by_people]


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_step_is_taken_on_a_page_by_those_who_have_the_right_and_by_nobody_else(who: str, world: World) -> None:
    found, client = [], logged_in(world.people[who])
    for action in ON_SUBJECTS:
        for name, subject in world.of_kind(action.on.KIND).items():
            address = f"/{PAGE_OF[subject.KIND]}/{subject.ref}/do/{action.code}/"
            shown = client.get(address).status_code if who in SEES[name] else 404
            taken = _asked(client, lambda client: client.post(address)).status_code  # noqa: B023
            if _wrong_on_page(shown, taken, who, name, action):
                found.append(f"{who} {address} {name}: {shown} {taken}")
    assert found == []


def _wrong_on_page(shown: int, taken: int, who: str, name: str, action: Action) -> bool:
    if who not in SEES[name]:
        return taken != 404
    if may_act(who, action.by, name, action.wherever):
        return shown != 200 or taken not in (200, 302, 409, 422)
    return shown not in (200, 403) or taken != 403


def test_a_step_of_the_machine_has_no_page(world: World) -> None:
    machine = [action for action in REGISTRY if not action.by_people and not action.births]
    assert len(machine) >= 3
    client = logged_in(world.people["decider"])
    for action in machine:
        address = f"/orders/{world.subjects['order_home'].ref}/do/{action.code}/"
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


def test_the_page_for_something_new_is_there_for_its_roles_alone(world: World) -> None:
    for action, who in product([action for action in REGISTRY if action.births], sorted(EVERYBODY)):
        answer = logged_in(world.people[who]).get(f"/{PAGE_OF[action.on.KIND]}/new/{action.code}/")
        wanted = 404 if not action.by_people else 200 if _has_role(who, action) else 403
        assert answer.status_code == wanted, f"{who} {action.code}"


QUERIES = {
    "orders/": ["", f"?q={MARK}", "?stage=routed", "?due=running", "?channel=kaola"],
    "palette/": ["", f"?q={MARK}", "?q=JD"],
    "": ["", "?part=inbox"],
    "listings/": ["", "?stage=open"],
}
LIST_KIND = {
    "orders/": "order", "listings/": "listing", "people/": "staff", "calendar/": "calendar", "procedure/": "procedure",
    "procedure/values/": "procedure", "connections/": "connection", "connections/outgoing/": "connection",
    "reconciliation/": "reconciliation", "quarantine/": "message", "imports/": "import",
    "decisions/": "order", "procedure/decisions/": "procedure",
    "resources/": "item", "resources/stock/": "item", "resources/capacity/": "item", "equipment/": "equipment",
    "procedure/scopes/": "listing", "procedure/routing/": "procedure", "procedure/routing/try/": "order", "orders/unrouted/": "order",
}  # fmt: skip


@pytest.mark.parametrize("route", of("own", "list"))
def test_a_page_of_many_shows_nobody_what_isnt_theirs(route: str, world: World) -> None:
    departments = [f"?department={world.people[who].department_id}" for who in ("head", "other_head", "decider")]
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        for query in QUERIES.get(route, [""]) + (departments if route == "orders/" else []):
            answer = client.get(f"/{route}{query}")
            allowed = route not in LIST_KIND or who in READS_KIND[LIST_KIND[route]]
            assert answer.status_code in ((200, 302) if allowed else (403,)), f"{who} {query}"
            assert _leaked(answer, world.hidden_from(who)) == set(), f"{who} {query}"


def test_the_positive_half_the_lists_do_show_what_is_theirs(world: World) -> None:
    for who, name in (("taker", "order_home"), ("deputy", "order_home"), ("outsider", "order_moved")):
        client, ref = logged_in(world.people[who]), world.subjects[name].ref
        for address in ("/", "/orders/", f"/orders/?q={MARK}", f"/palette/?q={MARK}"):
            assert ref in client.get(address).content.decode(), f"{who} {address}"


def test_a_deadline_is_explained_only_under_its_own_subject(world: World) -> None:
    key, client = world.rows["deadline"], logged_in(world.people["decider"])
    home, service = world.subjects["order_home"].ref, world.subjects["order_service"].ref
    assert client.get(f"/orders/{home}/deadlines/{key}/").status_code == 200
    assert client.get(f"/orders/{service}/deadlines/{key}/").status_code == 404
    assert logged_in(world.people["outsider"]).get(f"/orders/{home}/deadlines/{key}/").status_code == 404


def test_routing_rules_are_compared_by_whoever_reads_the_procedure_and_drafted_by_the_decider_alone(
    world: World,
) -> None:
    (compared,) = of("rules compared")
    for who in sorted(EVERYBODY):
        client, before = logged_in(world.people[who]), RoutingVersion.objects.count()
        reads = client.get(f"/{compared}?from=1&to=1").status_code
        assert reads == (200 if who in READS_KIND["procedure"] else 403), who
        for route in of("rules drafted"):
            shown = client.get(_address(route)).status_code
            taken = _asked(client, lambda client: client.post(_address(route), {"do": "drop"})).status_code  # noqa: B023
            wanted = ((200,), (200, 302, 422)) if who == "decider" else ((403,), (403,))
            assert shown in wanted[0], f"{who} {route}"
            assert taken in wanted[1], f"{who} {route}"
        assert RoutingVersion.objects.count() == before


def test_templates_are_read_by_whoever_reads_the_procedure_and_drafted_by_the_decider_alone(world: World) -> None:
    for who in sorted(EVERYBODY):
        client, reads = logged_in(world.people[who]), who in READS_KIND["procedure"]
        for route in of("templates read"):
            assert client.get(_address(route)).status_code == (200 if reads else 403), f"{who} {route}"
        for route in of("api templates"):
            address = _address(route.replace("<kind>", "goods").replace("<int:number>", "0"))
            assert _call(world, who, "GET", address).status_code == (200 if reads else 403), f"{who} {route}"
        (drafted,) = of("template drafted")
        shown = client.get(_address(drafted)).status_code
        taken = _asked(client, lambda client: client.post(_address(drafted), {"do": "drop"})).status_code  # noqa: B023
        assert (shown, taken) == ((200, 302) if who == "decider" else (403, 403)), who
        assert not ContractTemplate.objects.exists()


def test_nobody_tries_a_template_on_an_order_that_isnt_theirs(world: World) -> None:
    ref = world.subjects["order_home"].ref
    ((page,), (program,)) = of("template tried"), of("api template tried")
    for who in sorted(WORKING):
        client, sees = logged_in(world.people[who]), who in SEES["order_home"]
        answer = client.get(f"{_address(page)}?order={ref}")
        assert answer.status_code == (200 if sees else 422), who
        assert (MARK in answer.content.decode()) == sees, who
        tried = _call(
            world, who, "POST", _address(program.replace("<kind>", "goods")), json.dumps({"order": ref}).encode()
        )
        assert tried.status_code == (200 if sees else 404), who
        assert (MARK in tried.content.decode()) == sees, who


def test_a_table_of_the_catalogue_is_brought_by_who_may_add_to_it_and_by_nobody_else(world: World) -> None:
    (route,), add, before = of("catalogue table"), REGISTRY["resources.add_item"], Record.objects.count()
    checked = {"table": f"编码,名称,部门\nX1,{MARK},HOME"}
    for who in sorted(EVERYBODY):
        client, wanted = logged_in(world.people[who]), 200 if _has_role(who, add) else 403
        assert client.get(f"/{route}").status_code == wanted, who
        assert _asked(client, lambda client: client.post(f"/{route}", checked)).status_code == wanted, who
        taken = _asked(client, lambda client: client.post(f"/{route}", checked | {"go": "take", "reason": "开业"}))
        mine = may_act(who, add.by, "item_home")
        assert taken.status_code == (302 if mine else 422 if wanted == 200 else 403), who
    assert (Record.objects.count(), Client().get(f"/{route}").status_code) == (before, 302)


def test_the_catalogue_is_written_out_for_those_who_may_change_it(world: World) -> None:
    (route,), add = of("catalogue file"), REGISTRY["resources.add_item"]
    for who in sorted(EVERYBODY):
        wanted = 200 if _has_role(who, add) else 403
        assert logged_in(world.people[who]).get(f"/{route}").status_code == wanted, who
    assert Client().get(f"/{route}").status_code == 302


def test_capacity_is_told_to_programs_by_department(world: World) -> None:
    (route,) = of("api capacity")
    assert Client().get(f"/{route}").status_code == 401
    for who in sorted(EVERYBODY):
        found = json.loads(_call(world, who, "GET", f"/{route}").content)
        mine = {"家居事业部"} if who in HOME else {"服务事业部"} if who in SERVICE else set()
        wanted = {"家居事业部", "服务事业部"} if who in ABOVE else mine
        assert {row["department"]["name"] for row in found} == wanted, who


def test_nobody_tries_an_order_that_isnt_theirs_against_the_rules(world: World) -> None:
    ref = world.subjects["order_home"].ref
    for who in sorted(WORKING):
        answer = logged_in(world.people[who]).get(f"/procedure/routing/try/?order={ref}")
        assert answer.status_code == (200 if who in SEES["order_home"] else 422), who
        assert (MARK in answer.content.decode()) == (who in SEES["order_home"]), who


def test_opening_an_order_that_isnt_ones_own_leaves_no_reading_record(world: World) -> None:
    ref = world.subjects["order_home"].ref
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        status = _asked(client, lambda client: client.post(f"/orders/{ref}/read/")).status_code
        assert status == (204 if who in SEES["order_home"] else 404), who


SHEETS = {
    "evaluation": "evaluation.submit_evaluation",
    "terms": "terms.offer_terms",
    "contract": "contract.submit_contract",
}
"""The papers of an order by their place, and the step that whoever writes them may take."""


def _paper_routes(policy: str) -> list[tuple[str, str]]:
    found = [(route, next(name for name in SHEETS if f"/{name}" in route)) for route in of(policy)]
    assert sorted(name for _route, name in found) == sorted(SHEETS)
    return found


def test_a_paper_is_read_and_written_by_programs_as_on_the_page(world: World) -> None:
    whom = product(sorted(EVERYBODY), ("order_home", "order_service"))
    for (route, paper), (who, name) in product(_paper_routes("api paper written"), whom):
        by = REGISTRY[SHEETS[paper]].by
        address = _address(route, world.subjects[name].ref)
        seen, may = who in SEES[name], may_act(who, by, name)
        assert _call(world, who, "GET", address).status_code == (200 if seen else 404), f"{who} {name}"
        assert _call(world, who, "PATCH", address).status_code == ((409 if may else 403) if seen else 404), who


def test_a_paper_is_read_by_those_who_see_its_order_and_written_by_those_who_may_hand_it_in(world: World) -> None:
    reading = {name: route for route, name in _paper_routes("paper read")}
    writing = {name: route for route, name in _paper_routes("paper written")}
    for who, paper in product(sorted(EVERYBODY), sorted(SHEETS)):
        client, by = logged_in(world.people[who]), REGISTRY[SHEETS[paper]].by
        for name in ("order_home", "order_service"):
            ref = world.subjects[name].ref
            step = _address(writing[paper], ref)
            assert client.get(_address(reading[paper], ref)).status_code == (200 if who in SEES[name] else 404), who
            taken = _asked(client, lambda client: client.post(step, {})).status_code  # noqa: B023
            may = 409 if may_act(who, by, name) else 403
            assert taken == (may if who in SEES[name] else 404), f"{who} {name}"


@pytest.mark.parametrize(
    ("address", "row"), [("/orders/views/{}/drop/", "view"), ("/settings/tokens/{}/revoke/", "token")]
)
def test_a_private_row_is_its_owners_and_for_others_as_if_it_werent_there(address: str, row: str, world: World) -> None:
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        mine, nowhere = (
            _asked(client, lambda client: client.post(address.format(key)))  # noqa: B023
            for key in (world.rows[row], 999999)
        )
        assert nowhere.status_code == 404
        assert mine.status_code == (302 if who == "head" else 404), who
        assert who == "head" or _same_page(mine, nowhere, address.format(world.rows[row]), address.format(999999))


def test_a_notice_is_marked_read_by_the_one_it_was_for(world: World) -> None:
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        data = {"notice": str(world.rows["notice"])}
        status = _asked(client, lambda client: client.post("/notices/read/", data)).status_code  # noqa: B023
        assert status == (302 if who == "head" else 404), who


@pytest.mark.parametrize("step", ["pull"])
def test_only_the_system_administrator_moves_a_connection(step: str, world: World) -> None:
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        address = f"/connections/{world.rows['account']}/{step}/"
        status = _asked(client, lambda client: client.post(address)).status_code  # noqa: B023
        assert status == (302 if who == "system_admin" else 403), who


def test_only_the_system_administrator_has_an_event_sent_again(world: World) -> None:
    account = world.subjects["connection"]
    row = Outgoing.objects.create(
        account_id=account.pk, event="order.accepted", payload={}, dedupe_key="x", state=Outgoing.GIVEN_UP,
        next_at=FRIDAY, created_at=FRIDAY,
    )  # fmt: skip
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        status = _asked(client, lambda client: client.post(f"/connections/outgoing/{row.pk}/again/")).status_code
        assert status == (302 if who == "system_admin" else 403), who
    assert Outgoing.objects.get().state == Outgoing.GIVEN_UP


# The positive control ----------------------------------------------------------------------------------------------


def unscoped(_request: HttpRequest, ref: str) -> HttpResponse:
    """A view as they are written in a hurry: the row by its key, whoever asks."""
    order = Order.objects.filter(pk=Order.pk_of(ref)).first()
    return HttpResponse(order.summary if order else "", status=200 if order else 404)


urlpatterns = [path("api/v1/orders/<ref>/leak", unscoped), path("", include("jiedan.urls"))]


def test_a_planted_route_without_a_policy_is_named() -> None:
    assert undeclared(urlpatterns[:1]) == ["api/v1/orders/<ref>/leak"]


def test_a_planted_unscoped_view_is_caught(world: World) -> None:
    with override_settings(ROOT_URLCONF="tests.every_action.test_access_matrix"):
        found = api_violations(world, "api/v1/orders/<ref>/leak", "order")
    assert "outsider GET api/v1/orders/<ref>/leak order_home: 200" in found
    assert "audit_admin GET api/v1/orders/<ref>/leak order_service: 200" in found
