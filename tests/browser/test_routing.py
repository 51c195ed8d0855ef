"""Routing rules drafted, tried, replayed and put in force in a real browser; unrouted orders given away (1.3.4, 2.1.2)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shot
from tests.browser.test_pages import violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

PAGES = {
    "routing": "/procedure/routing/",
    "routing-draft": "/procedure/routing/draft/",
    "routing-rule": "/procedure/routing/draft/1/",
    "routing-try": "/procedure/routing/try/?shop=ningbo&category=家居/灯具&amount=800&region=浙江省 杭州市&words=需要上门安装",
    "routing-replay": "/procedure/routing/replay/",
    "routing-text": "/procedure/ZD000001/do/acquisition.set_routing/",
    "unrouted": "/orders/unrouted/",
}
RULES = (
    "SERV, word=安装|上门, region=浙江省|江苏省 南京市, amount=500-\n"
    "HOME+MAMA, category=家居|母婴|美妆, hours=within, most_open=2000\n"
    "MAMA, category=母婴/纸尿裤, hours=within\nHOME, category=家居\nMAMA, category=母婴|美妆\nSERV, category=服务"
)
SET = """
from jiedan.acquisition.routing_input import as_text
from jiedan.acquisition.routing_rules import codes, newest
from jiedan.demo.company import _actor
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Procedure
from jiedan.people.models import Staff
import json
before = as_text(newest().rules, {pk: code for code, pk in codes().items()})
given = {'rules': %r, 'reason': %r}
dispatch('acquisition.set_routing', _actor(Staff.objects.get(number='2001')), given, subject=Procedure.objects.get())
print(json.dumps(before))
"""
UNROUTED = """
from decimal import Decimal
from jiedan.acquisition.incoming import IncomingLine
from jiedan.acquisition.intake import take_in
from jiedan.core import clock
from tests.cast import incoming
line = IncomingLine(number=1, name='智能手环 · 运动防水款（黑色，含两条替换腕带与充电底座）', category='数码/穿戴',
    quantity=3, unit_price=Decimal('132.00'), amount=Decimal('396.00'))
for n in range(6):
    take_in(incoming(f'U{n}', shop='宁波保税区海外旗舰店', lines=[line], goods_amount='396.00', total='396.00',
        placed_at=clock.now(), paid_at=clock.now()))
print('{}')
"""


@pytest.fixture(scope="module")
def ruled(site: Installation) -> Iterator[None]:
    """Rules with every condition in force, and six orders that none of them fits; afterwards the rules of before."""
    before = site.script(SET % (RULES, "旺季前调整：上门安装归服务部，工作时间内两个事业部均衡"))
    site.script(UNROUTED)
    yield
    site.script(SET % (before, "恢复原规则"))


@pytest.mark.parametrize(
    ("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]
)
def test_its_pages_are_sound(ruled: None, person: Callable[..., Page], axe: str, size: str, theme: str) -> None:
    page = person("2001", size, theme)
    page.goto(PAGES["routing-draft"])
    page.get_by_role("button", name="规则 3 上移").click()
    unsound: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(path)
        shot(page, f"{name}-{size}-{theme}")
        found = violations(page, axe)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the screen")
        if "<c-" in page.content():
            found.append("a component was not rendered")
        if found:
            unsound[name] = found
    assert unsound == {}


def test_a_rule_is_made_of_an_unrouted_order_and_the_waiting_ones_are_given_away(
    ruled: None, person: Callable[..., Page]
) -> None:
    page = person("2001", "phone")
    page.goto("/orders/unrouted/")
    page.locator("[data-row]", has_text="宁波保税区海外旗舰店").get_by_role("link", name="据此建规则").first.click()
    expect(page.get_by_label("店铺")).to_have_value("宁波保税区海外旗舰店")
    page.get_by_role("checkbox", name="家居事业部").check()
    page.get_by_role("button", name="加入草稿").click()
    expect(page.get_by_text("店铺为“宁波保税区海外旗舰店”；类目属于“数码/穿戴” → 家居事业部")).to_be_visible()
    page.get_by_role("link", name="历史订单回放").click()
    expect(page.get_by_text("与第 2 版的去向不同")).to_be_visible()
    page.goto("/procedure/routing/draft/")
    page.get_by_label("原因").fill("手环订单归家居事业部")
    page.get_by_role("button", name="生效").click()
    expect(page.get_by_role("heading", name="分派规则")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("新的分派规则已生效")
    page.goto("/orders/unrouted/")
    waiting = page.locator("[data-row]").count()  # the six, and what other pages' tests left
    assert waiting >= 6
    page.get_by_label("全选").check()
    page.get_by_label("部门").select_option(label="家居事业部")
    page.get_by_label("原因").fill("手环归家居")
    page.get_by_role("button", name="分派所选订单").click()
    expect(page.get_by_role("heading", name=f"已分派 {waiting} 单，未分派 0 单")).to_be_visible()
    expect(page.get_by_text("没有待分派的订单")).to_be_visible()
    shot(page, "unrouted-given")
