"""Connections and quarantine in a real browser: sound pages, a secret shown once, a message seen through (2.1.2, 6.2.4)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shot
from tests.browser.test_pages import violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser
ORDER = {
    "external_id": "W-1", "kind": "product", "placed_at": "2026-09-18T17:10:00+08:00", "total": "10.00",
    "customer_account": "buyer-7", "goods_amount": "10.00", "receiver": {"name": "欧阳青", "phone": "13812345678"},
    "lines": [{"number": 1, "name": "落地灯", "quantity": 1, "unit_price": "10.00", "amount": "10.00"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def aside(site: Installation) -> dict[str, Any]:
    """A connection that has been tested, and messages of two orders: one that nobody can verify, one that is wrong."""
    raw = json.dumps({"type": "order.paid", "data": ORDER}, ensure_ascii=False)
    found: dict[str, Any] = site.script(
        "import json; from jiedan.connectors import accounts, live_test, quarantine; from jiedan.core import clock\n"
        "from jiedan.connectors.models import Quarantined\n"
        "keys = {'secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}\n"
        "shop = accounts.connect('webhook', 'guanwang', '官网商城', '', keys, clock.now(), code='guanwang')\n"
        "live_test.carry_out(shop.pk)\n"
        "def aside(raw, cause, number):\n"
        "    quarantine.set_aside(account_id=shop.pk, channel='webhook', kind='order', raw=raw.encode(), cause=cause,\n"
        "                         reason=('签名不正确，请检查密钥和签名内容', 'wrong signature'), external_id=number)\n"
        "    return Quarantined.objects.latest('pk').ref\n"
        f"print(json.dumps({{'shop': shop.ref, 'unverified': aside({raw!r}, 'bad_signature', 'W-1'),"
        # Of another order: the one that is trusted makes up for what else waits for its own.
        " 'wrong': aside('{}', 'not_a_message', 'W-2')}))"
    )
    return found


@pytest.mark.parametrize(
    ("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]
)
@pytest.mark.parametrize("number", ["2001", "9001"])
def test_their_pages_are_sound(
    aside: dict[str, Any], person: Callable[..., Page], axe: str, number: str, size: str, theme: str
) -> None:
    page = person(number, size, theme)
    pages = {
        "quarantine": "/quarantine/?cause=bad_signature",
        "message": f"/quarantine/{aside['unverified']}/",
        "connection": f"/connections/{aside['shop']}/",
    }
    if number == "2001":
        pages["trust"] = f"/quarantine/{aside['unverified']}/do/connectors.trust_message/"
    else:
        pages["connect"] = "/connections/new/connectors.connect_shop/"
    unsound: dict[str, list[str]] = {}
    for name, path in pages.items():
        page.goto(path)
        shot(page, f"{name}-{number}-{size}-{theme}")
        found = violations(page, axe)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the screen")
        if "<c-" in page.content():
            found.append("a component was not rendered")
        if found:
            unsound[name] = found
    assert unsound == {}


def test_a_message_is_seen_through_trusted_and_gone_from_the_quarantine(
    aside: dict[str, Any], person: Callable[..., Page]
) -> None:
    page = person("2001", "phone")
    page.goto(f"/quarantine/{aside['unverified']}/")
    expect(page.locator("pre.raw")).not_to_contain_text("欧阳青")
    page.get_by_role("link", name="查看原文").click()
    page.fill("[name=reason]", "核对收货人")
    page.locator("form.card").get_by_role("button").click()
    expect(page.locator("pre.raw")).to_contain_text("欧阳青")
    page.get_by_role("link", name="未经核验直接采用").click()
    page.fill("[name=reason]", "已电话核实")
    page.locator("form.card").get_by_role("button").click()
    expect(page.locator("[aria-current=step]")).to_have_text("已解决")
    expect(page.locator("pre.raw")).not_to_contain_text("欧阳青")


def test_those_that_are_chosen_are_tried_and_each_says_what_became_of_it(
    aside: dict[str, Any], person: Callable[..., Page]
) -> None:
    page = person("1001", "phone")
    page.goto("/quarantine/?cause=not_a_message")
    page.get_by_role("button", name="重试所选消息").click()
    expect(page.locator("tbody tr")).to_contain_text("未完成")
    expect(page.locator("tbody tr")).to_contain_text("仍然无法使用")
    shot(page, "quarantine-done")


def test_a_shop_is_connected_and_its_secret_shown_once(aside: dict[str, Any], person: Callable[..., Page]) -> None:
    page = person("9001")
    page.goto("/connections/")
    page.get_by_role("link", name="连接店铺").click()
    page.select_option("[name=platform]", "webhook")
    for name, value in (("shop", "mendian"), ("name", "门店"), ("code", "mendian")):
        page.fill(f"[name={name}]", value)
    page.locator("form.card").get_by_role("button").click()
    expect(page.locator("main code").first).to_contain_text("whsec_")
    secret = page.locator("main code").first.inner_text()
    page.goto("/connections/")
    page.get_by_role("link", name="门店").click()
    expect(page.locator("main")).to_contain_text("/connect/webhook/mendian")
    assert (secret in page.content(), aside["shop"] in page.content()) == (False, False)
