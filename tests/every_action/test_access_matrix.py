"""Every route × every person × what is theirs, somebody else's or nowhere: nobody sees or does what isn't theirs (R15).

What is foreign and what is absent give the same 404, byte for byte, so nothing says whether a foreign thing exists.
"""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, include, path

from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import logged_in
from tests.every_action.asking import (
    ROUTES,
    address_of,
    api_violations,
    leaked,
    of,
)
from tests.every_action.routes import KIND_OF, POLICIES, declared, routes
from tests.every_action.world import (
    ABSENT,
    EVERYBODY,
    MARK,
    SEES,
    World,
)


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


BEHIND_LOG_IN = of(
    "account", "own", "own post", "own row view", "own row token", "list", "administrator's row", "page reading",
    "page birth", "page subject", "page step", "page deadline", "page papers", "page paper", "rules compared", "rules drafted",
    "template", "import's parts",
    "paper read", "paper written", "templates read", "template drafted", "template tried", "page link",
)  # fmt: skip


def test_who_isnt_logged_in_is_sent_to_log_in_and_changes_nothing(world: World) -> None:
    before, found = Record.objects.count(), {}
    for route in BEHIND_LOG_IN:
        address = address_of(route, world.subjects["order_home"].ref)
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
        answer = call(address_of(route, world.subjects["order_home"].ref), content_type="application/json")
        if answer.status_code != 401:
            found[route] = answer.status_code
    assert found == {}
    assert Record.objects.count() == before


def test_what_everybody_may_open_says_nothing_of_the_companys_subjects(world: World) -> None:
    hidden = {subject.ref for subject in world.subjects.values()} | {MARK}
    for route in of("public"):
        address = re.sub(r"\^|\$|\(\?P<\w+>[^)]*\)", "", address_of(route, world.subjects["staff_home"].ref))
        for client in (Client(), logged_in(world.people["newcomer"])):
            answer = client.get(address.replace("<path:rest>", "orders.json"))
            assert answer.status_code in (200, 301, 302, 401, 404, 405, 503), route
            assert leaked(answer, hidden) == set(), route


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
