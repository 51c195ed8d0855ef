"""How routes are asked as each person of the written-down company, and what an answer must not hold."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.kinds import all_kinds
from tests.cast import logged_in
from tests.every_action.routes import declared, routes
from tests.every_action.world import (
    ABSENT,
    EVERYBODY,
    SEES,
    World,
    may_act,
)

ROUTES = sorted(set(routes(get_resolver().url_patterns)))
PAGE_OF = {kind: model.FOLDER for kind, model in all_kinds().items()}


def of(*policies: str) -> list[str]:
    return [route for route in ROUTES if declared(route)[:1] and declared(route)[0] in policies]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def address_of(
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


Ask = Callable[[Client], HttpResponse]


def call(world: World, who: str, method: str, address: str, body: bytes = b"{}") -> HttpResponse:
    headers = {"Authorization": f"Bearer {world.tokens[who]}"}
    with undone():
        return Client().generic(method, address, body, content_type="application/json", headers=headers)


def leaked(answer: HttpResponse, hidden: set[str]) -> set[str]:
    text = answer.content.decode()
    return {secret for secret in hidden if secret in text}


def api_violations(
    world: World, route: str, kind: str, code: str = "", people: Collection[str] = EVERYBODY
) -> list[str]:
    """Who of PEOPLE gets from a route of the API what the company's rules don't give them, or not what they do give."""
    method, found = "POST" if code else "GET", []
    for who in sorted(people):
        absent = call(world, who, method, address_of(route, ABSENT[kind], code=code))
        for name, subject in world.of_kind(kind).items():
            answer = call(world, who, method, address_of(route, subject.ref, code=code))
            if who in SEES[name]:
                wrong = wrong_for_reader(answer, who, name, code) or leaked(answer, world.hidden_from(who))
            else:
                same = (answer.content, dict(answer.headers)) == (absent.content, dict(absent.headers))
                wrong = answer.status_code != 404 or not same
            if wrong:
                found.append(f"{who} {method} {route} {name}: {answer.status_code}")
    return found


def wrong_for_reader(answer: HttpResponse, who: str, name: str, code: str) -> bool:
    if not code:
        return answer.status_code != 200
    if may_act(who, REGISTRY[code].by, name, REGISTRY[code].wherever):
        return answer.status_code in (401, 403, 404) or answer.status_code >= 500
    return answer.status_code != 403


def has_role(who: str, action: Action) -> bool:
    return any(may_act(who, action.by, f"x_{place}") for place in ("home", "service", "company"))


def ask_page(world: World, who: str, address: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """A page's or a program's request for papers; with DATA it brings one."""
    program = address.startswith("/api/")
    client = Client() if program else logged_in(world.people[who])
    headers = {"Authorization": f"Bearer {world.tokens[who]}"} if program else {}
    with undone():
        return client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)


def asked(client: Client, ask: Ask) -> HttpResponse:
    with undone():
        return ask(client)


_VARYING = re.compile(r'(nonce|name="csrfmiddlewaretoken" value|content|data-csrf|hx-headers)=["\'][^"\']*["\']')


def same_page(answer: HttpResponse, other: HttpResponse, ref: str, absent: str) -> bool:
    texts = (answer.content.decode().replace(ref, "?"), other.content.decode().replace(absent, "?"))
    return _VARYING.sub("", texts[0]) == _VARYING.sub("", texts[1])


SHEETS = {
    "evaluation": "evaluation.submit_evaluation",
    "terms": "terms.offer_terms",
    "contract": "contract.submit_contract",
}
"""The papers of an order by their place, and the step that whoever writes them may take."""


def paper_routes(policy: str) -> list[tuple[str, str]]:
    found = [(route, next(name for name in SHEETS if f"/{name}" in route)) for route in of(policy)]
    assert sorted(name for _route, name in found) == sorted(SHEETS)
    return found
