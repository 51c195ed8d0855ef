"""Pages × every person: each opens and shows what is theirs, and for others is as if it weren't there (R15)."""

from itertools import product

import pytest

from jiedan.connectors.outgoing.models import Outgoing
from jiedan.kernel.action import REGISTRY, Action
from tests.cast import FRIDAY, logged_in
from tests.every_action.asking import (
    PAGE_OF,
    asked,
    has_role,
    leaked,
    of,
    same_page,
)
from tests.every_action.world import (
    ABSENT,
    EVERYBODY,
    MARK,
    READS_KIND,
    SEES,
    WORKING,
    World,
    may_act,
)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_the_page_of_a_subject_opens_for_those_who_may_see_it_and_is_404_for_the_rest(who: str, world: World) -> None:
    client = logged_in(world.people[who])
    for name, subject in world.subjects.items():
        folder, absent = PAGE_OF[subject.KIND], ABSENT[subject.KIND]
        answer, nowhere = (client.get(f"/{folder}/{ref}/") for ref in (subject.ref, absent))
        assert nowhere.status_code == 404
        if who in SEES[name]:
            assert (answer.status_code, leaked(answer, world.hidden_from(who))) == (200, set()), name
        else:
            assert answer.status_code == 404, name
            assert same_page(answer, nowhere, subject.ref, absent), name


ON_SUBJECTS = [action for action in REGISTRY if not action.births and action.by_people]


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_step_is_taken_on_a_page_by_those_who_have_the_right_and_by_nobody_else(who: str, world: World) -> None:
    found, client = [], logged_in(world.people[who])
    for action in ON_SUBJECTS:
        for name, subject in world.of_kind(action.on.KIND).items():
            address = f"/{PAGE_OF[subject.KIND]}/{subject.ref}/do/{action.code}/"
            shown = client.get(address).status_code if who in SEES[name] else 404
            taken = asked(client, lambda client: client.post(address)).status_code  # noqa: B023
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
        wanted = 404 if not action.by_people else 200 if has_role(who, action) else 403
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
            assert leaked(answer, world.hidden_from(who)) == set(), f"{who} {query}"


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
        status = asked(client, lambda client: client.post(f"/orders/{ref}/read/")).status_code
        assert status == (204 if who in SEES["order_home"] else 404), who


@pytest.mark.parametrize(
    ("address", "row"), [("/orders/views/{}/drop/", "view"), ("/settings/tokens/{}/revoke/", "token")]
)
def test_a_private_row_is_its_owners_and_for_others_as_if_it_werent_there(address: str, row: str, world: World) -> None:
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        mine, nowhere = (
            asked(client, lambda client: client.post(address.format(key)))  # noqa: B023
            for key in (world.rows[row], 999999)
        )
        assert nowhere.status_code == 404
        assert mine.status_code == (302 if who == "head" else 404), who
        assert who == "head" or same_page(mine, nowhere, address.format(world.rows[row]), address.format(999999))


def test_a_notice_is_marked_read_by_the_one_it_was_for(world: World) -> None:
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        data = {"notice": str(world.rows["notice"])}
        status = asked(client, lambda client: client.post("/notices/read/", data)).status_code  # noqa: B023
        assert status == (302 if who == "head" else 404), who


@pytest.mark.parametrize("step", ["pull"])
def test_only_the_system_administrator_moves_a_connection(step: str, world: World) -> None:
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        address = f"/connections/{world.rows['account']}/{step}/"
        status = asked(client, lambda client: client.post(address)).status_code  # noqa: B023
        assert status == (302 if who == "system_admin" else 403), who


def test_only_the_system_administrator_has_an_event_sent_again(world: World) -> None:
    account = world.subjects["connection"]
    row = Outgoing.objects.create(
        account_id=account.pk, event="order.accepted", payload={}, dedupe_key="x", state=Outgoing.GIVEN_UP,
        next_at=FRIDAY, created_at=FRIDAY,
    )  # fmt: skip
    for who in sorted(EVERYBODY):
        client = logged_in(world.people[who])
        status = asked(client, lambda client: client.post(f"/connections/outgoing/{row.pk}/again/")).status_code
        assert status == (302 if who == "system_admin" else 403), who
    assert Outgoing.objects.get().state == Outgoing.GIVEN_UP
