"""Every page in a real browser: no error on the console, nothing wider than the screen, no accessibility violation."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import shot
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

PAGES = {
    "workbench": ("1001", "/"),
    "orders": ("1001", "/orders/"),
    "order": ("1001", "ORDER"),
    "deadline": ("1001", "DEADLINE"),
    "transfer": ("1001", "TRANSFER"),
    "attach": ("1001", "ATTACH"),
    "verify": ("1001", "/verify/"),
    "enter-order": ("1001", "/orders/new/acquisition.enter_order/"),
    "listings": ("1001", "/listings/"),
    "post-listing": ("1001", "/listings/new/acquisition.post_listing/"),
    "procedure": ("1001", "/procedure/"),
    "set-values": ("2001", "/procedure/values/"),
    "calendar": ("1001", "/calendar/?year=2026"),
    "catalogue": ("1002", "/resources/"),
    "item": ("1002", "/resources/ML000001/"),
    "new-item": ("1002", "/resources/new/resources.add_item/"),
    "catalogue-table": ("1002", "/resources/table/"),
    "stock": ("1002", "/resources/stock/"),
    "equipment": ("1002", "/equipment/"),
    "capacity": ("1002", "/resources/capacity/"),
    "people": ("9002", "/people/"),
    "person": ("9002", "PERSON"),
    "notices": ("1001", "/notices/"),
    "settings": ("1001", "/settings/"),
    "connections": ("9001", "/connections/"),
    "forbidden": ("1001", "/people/"),
    "missing": ("1001", "/orders/JD260101999999/"),
    "password": ("1001", "/accounts/password/change/"),
    "second-factor": ("1001", "/accounts/2fa/"),
    "sessions": ("1001", "/accounts/sessions/"),
}
EXPECTED = {"forbidden": "403", "missing": "404"}


def address_of(site: Installation, name: str) -> str:
    code = (
        "import json; from jiedan.orders.models import Order; from jiedan.kernel.models import Deadline\n"
        "from jiedan.people.models import Staff\n"
        "o = Order.objects.filter(department__code='HOME').order_by('-pk').first()\n"
        "d = Deadline.objects.filter(subject_type='order', subject_id=o.pk).first()\n"
        "s = Staff.objects.get(number='1001')\n"
        "print(json.dumps({'ORDER': f'/orders/{o.ref}/', 'DEADLINE': f'/orders/{o.ref}/deadlines/{d.pk}/',"
        " 'ATTACH': f'/orders/{o.ref}/do/documents.attach_document/',"
        " 'TRANSFER': f'/orders/{o.ref}/do/acquisition.transfer_order/', 'PERSON': f'/people/{s.ref}/'}))"
    )
    found: dict[str, str] = site.script(code)
    return found[name]


@pytest.mark.parametrize(
    ("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]
)
@pytest.mark.parametrize("number", sorted({who for who, _path in PAGES.values()}))
def test_every_page_is_sound(
    site: Installation, person: Callable[..., Page], axe: str, number: str, size: str, theme: str
) -> None:
    page = person(number, size, theme)
    unsound: dict[str, list[str]] = {}
    for name, (who, path) in PAGES.items():
        if who != number:
            continue
        wrong: list[str] = []
        listen = lambda message, wrong=wrong: wrong.append(message.text) if message.type == "error" else None  # noqa: E731
        page.on("console", listen)
        page.goto(path if path.startswith("/") else address_of(site, path))
        page.wait_for_load_state("networkidle")
        page.remove_listener("console", listen)
        shot(page, f"{name}-{size}-{theme}")
        found = [text for text in wrong if EXPECTED.get(name, "-") not in text]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the screen")
        if "<c-" in page.content():
            found.append("a component was not rendered")
        found += violations(page, axe)
        if found:
            unsound[name] = found
    assert unsound == {}


def violations(page: Page, axe: str) -> list[str]:
    # The page's own policy forbids inline scripts; the checker comes in through the debugger instead.
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]


def test_the_checker_finds_a_planted_violation(person: Callable[..., Page], axe: str) -> None:
    """The positive control."""
    page = person("1001")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"/static/build/favicon.svg\">')")
    assert any(one.startswith("image-alt") for one in violations(page, axe))
