"""Programs × every person: each reads and does exactly what its owner may (R15)."""

import json
from itertools import product

import pytest
from django.test import Client

from jiedan.kernel.action import REGISTRY
from tests.every_action.asking import (
    SHEETS,
    address_of,
    api_violations,
    call,
    has_role,
    of,
    paper_routes,
)
from tests.every_action.routes import KIND_OF, parts
from tests.every_action.world import (
    ABOVE,
    ABSENT,
    EVERYBODY,
    HOME,
    READS_KIND,
    SEES,
    SERVICE,
    World,
    may_act,
)


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
        answer = call(world, who, "GET", f"/{route}?limit=200")
        listed = {row["ref"] for row in json.loads(answer.content)["items"]}
        mine = {subject.ref for name, subject in world.of_kind(kind).items() if who in SEES[name]}
        assert listed & {subject.ref for subject in world.subjects.values()} == mine, f"{who} {route}"
        assert who in READS_KIND[kind] or listed == set(), f"{who} {route}"


def test_who_has_no_role_for_it_brings_nothing_new(world: World) -> None:
    for route, who in product(of("api birth"), sorted(EVERYBODY)):
        action = REGISTRY[parts(route)["code"]]
        status = call(world, who, "POST", f"/{route}").status_code
        assert status == (422 if has_role(who, action) else 403), f"{who} {route}"


def test_capacity_is_told_to_programs_by_department(world: World) -> None:
    (route,) = of("api capacity")
    assert Client().get(f"/{route}").status_code == 401
    for who in sorted(EVERYBODY):
        found = json.loads(call(world, who, "GET", f"/{route}").content)
        mine = {"家居事业部"} if who in HOME else {"服务事业部"} if who in SERVICE else set()
        wanted = {"家居事业部", "服务事业部"} if who in ABOVE else mine
        assert {row["department"]["name"] for row in found} == wanted, who


def test_a_paper_is_read_and_written_by_programs_as_on_the_page(world: World) -> None:
    whom = product(sorted(EVERYBODY), ("order_home", "order_service"))
    for (route, paper), (who, name) in product(paper_routes("api paper written"), whom):
        by = REGISTRY[SHEETS[paper]].by
        address = address_of(route, world.subjects[name].ref)
        seen, may = who in SEES[name], may_act(who, by, name)
        assert call(world, who, "GET", address).status_code == (200 if seen else 404), f"{who} {name}"
        assert call(world, who, "PATCH", address).status_code == ((409 if may else 403) if seen else 404), who
