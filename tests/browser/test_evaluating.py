"""Evaluating and deciding in a real browser: written, submitted, decided by a majority with a thumb; another declined (2.2)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shot
from tests.browser.test_journeys import arrive
from tests.browser.test_pages import violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

ACCEPT = """
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Procedure
from jiedan.orders.models import Order
from jiedan.people.actor import actor_for
from jiedan.core import clock
from jiedan.people.models import Staff
def actor(number):
    who = Staff.objects.get(number=number)
    return actor_for(who.pk, who.number, who.name, who.department_id, clock.now())
rules = {'rules': 'majority head+1004+2001', 'reason': '三人过半'}
dispatch('evaluation.set_decision_rules', actor('2001'), rules, subject=Procedure.objects.get(pk=1))
dispatch('acquisition.accept_order', actor('1001'), {}, subject=Order.objects.get(pk=Order.pk_of(%r)))
print('{}')
"""


def sound(page: Page, axe: str, name: str) -> None:
    """Nothing wrong with the page in this size, and a picture of it to look at."""
    page.wait_for_load_state("networkidle")
    shot(page, name)
    assert violations(page, axe) == [], name
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), name


def evaluate(page: Page, axe: str, ref: str, size: str) -> None:
    """The taker writes the evaluation step by step; it saves itself on the way."""
    page.goto(f"/orders/{ref}/evaluation/feasibility/")
    for name in ("scope", "resources", "difficulty"):
        page.locator(f"input[name='{name}.grade'][value=yes]").check()
        page.fill(f"textarea[name='{name}.grounds']", "与常规订单相同，人手足够")
    expect(page.locator("#saved")).to_contain_text("张晓月")
    sound(page, axe, f"evaluation-feasibility-{size}")
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url("**/risks/")
    for name in ("credit", "legal", "platform", "delivery"):
        page.select_option(f"select[name='{name}.likelihood']", "1")
        page.select_option(f"select[name='{name}.impact']", "2")
    page.select_option("select[name='market.likelihood']", "3")
    page.select_option("select[name='market.impact']", "3")
    sound(page, axe, f"evaluation-risks-{size}")
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url("**/conclusion/")
    page.locator("input[name=recommendation][value=take]").check()
    page.fill("textarea[name=next_step]", "与客户确认送货日期和安装要求")
    page.get_by_role("button", name="提交决策").click()
    expect(page.get_by_role("alert").first).to_contain_text("高于“低”的风险须有应对措施")
    sound(page, axe, f"evaluation-missing-{size}")
    page.goto(f"/orders/{ref}/evaluation/risks/")
    page.fill("textarea[name='market.grounds']", "灯具原料价格上涨")
    page.fill("textarea[name='market.measure']", "签约前锁定供货价")
    page.select_option("select[name='market.owner']", index=1)
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url("**/conclusion/")
    sound(page, axe, f"evaluation-conclusion-{size}")
    page.get_by_role("button", name="提交决策").click()
    page.wait_for_url(f"**/orders/{ref}/")
    expect(page.locator(".headline")).to_contain_text("评估待决策")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_order_is_evaluated_and_a_majority_of_three_takes_it_on(
    site: Installation, person: Callable[..., Page], axe: str, size: str
) -> None:
    ref = arrive(site, 60 + (size == "phone"))
    site.script(ACCEPT % ref)
    taker = person("1001", size)
    sound(taker, axe, f"workbench-evaluations-{size}")
    evaluate(taker, axe, ref, size)
    sound(taker, axe, f"order-deciding-{size}")
    head = person("1002", size)
    head.goto("/decisions/")
    sound(head, axe, f"decisions-{size}")
    head.locator("article", has_text=ref).get_by_role("button", name="同意承接").click()
    head.wait_for_url("**/decisions/")
    expect(head.locator("article", has_text=ref)).to_have_count(0)
    other = person("1004", size)
    other.goto("/decisions/")
    card = other.locator("article", has_text=ref)
    expect(card).to_contain_text("李建国")
    sound(other, axe, f"decisions-votes-{size}")
    card.get_by_role("button", name="同意承接").click()
    other.wait_for_url("**/decisions/")
    other.goto(f"/orders/{ref}/")
    expect(other.get_by_role("heading").first).not_to_contain_text(ref)
    taker.goto(f"/orders/{ref}/")
    expect(taker.locator(".headline")).to_contain_text("洽谈中")
    sound(taker, axe, f"order-negotiating-{size}")
    taker.goto(f"/orders/{ref}/evaluation/")
    sound(taker, axe, f"evaluation-read-{size}")


def test_an_order_is_declined_with_reason_and_advice(site: Installation, person: Callable[..., Page], axe: str) -> None:
    ref = arrive(site, 63)
    site.script(ACCEPT % ref)
    evaluate(person("1001"), axe, ref, "desk-declined")
    for number in ("1002", "2001"):
        page = person(number, "phone")
        page.goto("/decisions/")
        page.locator("article", has_text=ref).get_by_role("link", name="不承接").click()
        page.fill("textarea[name=reason]", "交期无法满足")
        page.fill("textarea[name=advice]", "可改选现货型号")
        sound(page, axe, f"decline-{number}")
        page.get_by_role("button", name="不予承接").click()
        page.wait_for_url("**/decisions/")
    page.goto(f"/orders/{ref}/")
    expect(page.locator(".headline")).to_contain_text("不承接")
    expect(page.get_by_text("客户尚未告知")).to_be_visible()


def test_the_rules_are_read_and_set(site: Installation, person: Callable[..., Page], axe: str) -> None:
    page = person("2001", "phone")
    for path in ("", "set_decision_rules", "set_screening"):
        page.goto(f"/procedure/ZD000001/do/evaluation.{path}/" if path else "/procedure/decisions/")
        sound(page, axe, f"decision-rules-{path or 'read'}")
