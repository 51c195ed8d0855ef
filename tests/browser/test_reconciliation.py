"""A day that differs from the platform, mended with one click in a real browser (clause 6.1.2)."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jiedan.connectors.china_time import CHINA
from jiedan.connectors.kaola import simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.simulator import Platform
from jiedan.core import clock
from tests.browser.conftest import shot
from tests.browser.test_pages import violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def differing(site: Installation) -> Iterator[dict[str, Any]]:
    """A shop whose two orders of yesterday nobody has pulled, compared; the reference of the comparison."""
    # Compared here and now: by itself it would be from two in the morning on, and a shop's days begin with yesterday.
    today = datetime.combine(clock.now().astimezone(CHINA).date(), time(), CHINA)
    yesterday = (today - timedelta(days=1)).date()
    platform = Platform()
    with simulator.running(platform) as (address, _same):
        for order in make_orders(2, seed=21, until=today - timedelta(hours=2), span=timedelta(hours=5)):
            platform.add(order | {"order_skus": [sku | {"sku_outer_id": "家居/灯具-1"} for sku in order["order_skus"]]})
        credentials = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET, "access_token": simulator.TOKEN}
        found = site.script(
            "import json; from django.db import transaction; from jiedan.connectors import accounts\n"
            "from jiedan.connectors.reconciliation import daily; from jiedan.core import clock\n"
            "from jiedan.connectors.reconciliation.models import Reconciliation\n"
            "from jiedan.kernel.models import PeriodicTask\n"
            "with transaction.atomic():\n"
            f"    shop = accounts.connect('kaola', 'duizhang', '考拉对账店', {address!r}, {credentials!r}, clock.now())\n"
            "    PeriodicTask.objects.filter(name='pull kaola duizhang').delete()\n"
            "from datetime import date\n"
            f"daily.compare(shop, date.fromisoformat('{yesterday}'), daily.last_moment(clock.now()))\n"
            "row = Reconciliation.objects.get(account=shop, stage='open')\n"
            "print(json.dumps({'ref': row.ref, 'open': row.open_differences}))"
        )
        yield found


@pytest.mark.parametrize(
    ("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]
)
def test_its_pages_are_sound(
    differing: dict[str, Any], person: Callable[..., Page], axe: str, size: str, theme: str
) -> None:
    page = person("2001", size, theme)
    unsound: dict[str, list[str]] = {}
    for name, path in (("reconciliation", "/reconciliation/"), ("comparison", f"/reconciliation/{differing['ref']}/")):
        page.goto(path)
        for summary in page.locator("details > summary").all():
            summary.click()
        shot(page, f"{name}-{size}-{theme}")
        found = violations(page, axe)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the screen")
        if "<c-" in page.content():
            found.append("a component was not rendered")
        if found:
            unsound[name] = found
    assert unsound == {}


def test_each_order_is_mended_with_one_click_and_the_day_is_settled(
    differing: dict[str, Any], person: Callable[..., Page]
) -> None:
    assert differing["open"] == 2
    page = person("1001", "phone")
    page.goto("/reconciliation/")
    page.click("a:has-text('¥') >> nth=0")
    page.get_by_role("button", name="修复 1").click()
    expect(page.locator("tbody").get_by_text("已补录订单")).to_have_count(1)
    page.get_by_role("button", name="修复 2").click()
    expect(page.locator("tbody").get_by_text("已补录订单")).to_have_count(2)
    expect(page.locator("[aria-current=step]")).to_have_text("差异已处理")
    shot(page, "comparison-mended")
