"""A platform's change in a real browser: both sides on the order's page and on the step, decided with a thumb (2.1.2)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shot
from tests.browser.test_journeys import arrive
from tests.browser.test_pages import violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

CHANGE = """
import json, random
from jiedan.acquisition import intake, taking_in
from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.people.actor import actor_for
from jiedan.core import clock
from jiedan.people.models import Staff
order = Order.objects.get(pk=Order.pk_of(%r))
who = Staff.objects.get(number='1001')
dispatch('acquisition.accept_order', actor_for(who.pk, who.number, who.name, who.department_id, clock.now()), {}, subject=order)
rows = [IncomingLine(number=r.number, sku=r.sku, name=r.name, category=r.category, kind=r.kind, quantity=r.quantity + 1,
        unit_price=r.unit_price, amount=r.unit_price * (r.quantity + 1)) for r in order.lines.all()]
rows.append(IncomingLine(number=99, sku='家居/灯具-9999', name='可调光智能落地灯遥控器及备用电池组合装（加长版名称以检验换行）', quantity=1,
            unit_price='10.00', amount='10.00'))
total = sum(r.amount for r in rows)
new = IncomingOrder(platform=order.channel, shop=order.shop, external_id=order.external_id, kind=order.kind,
    placed_at=order.placed_at, paid_at=order.paid_at, promised_on='2026-12-31', lines=rows, goods_amount=total, total=total,
    receiver=Receiver(name='司马光', phone='13900000000', province='浙江省', city='宁波市', address='中山路 8 号'),
    buyer_remark='请改到周末送货，送货前打电话。')
print(json.dumps(intake.take_in(new).value))
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_change_is_seen_and_decided(
    site: Installation, person: Callable[..., Page], axe: str, size: str, theme: str
) -> None:
    ref = arrive(site, 20 + 2 * (size == "phone") + (theme == "dark"))
    assert site.script(CHANGE % ref) == "noted"
    page = person("1001", size, theme)
    unsound = {}
    for name, path in (
        ("workbench", "/"),
        ("list", "/orders/?change=waiting"),
        ("order", f"/orders/{ref}/"),
        ("step", f"/orders/{ref}/do/acquisition.take_over_change/"),
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_text(ref).first).to_be_visible()
        shot(page, f"change-{name}-{size}-{theme}")
        found = violations(page, axe)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the screen")
        if found:
            unsound[name] = found
    assert unsound == {}
    page.fill("textarea[name=reason], input[name=reason]", "客户来电确认，同意按平台新内容执行")
    page.get_by_role("button", name="接受变更").click()
    page.wait_for_url(f"**/orders/{ref}/")
    expect(page.get_by_text("平台数据有变更")).to_have_count(0)
    expect(page.get_by_text("可调光智能落地灯").first).to_be_visible()
