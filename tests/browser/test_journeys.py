"""The daily work in a real browser: read and accept, refuse with a reason, enter, set a theme (clause 2.1.2)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

ARRIVE = """
import json, random
from jiedan.acquisition import intake
from jiedan.connectors.kaola.generator import make_order
from jiedan.connectors.kaola.parse import parse_order
from jiedan.core import clock
from jiedan.orders.models import Order
from jiedan.people.models import Department
dice = random.Random(%d)
while True:
    raw = make_order(dice, 9000 + %d, clock.now())
    if raw['order_skus'][0]['sku_outer_id'].startswith('家居'): break
intake.take_in(parse_order(raw, 'hangzhou'))
print(json.dumps(Order.objects.get(external_id=raw['order_id']).ref))
"""


def arrive(site: Installation, number: int) -> str:
    ref: str = site.script(ARRIVE % (number, number))
    return ref


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_order_is_read_and_accepted_from_the_inbox(
    site: Installation, person: Callable[..., Page], size: str
) -> None:
    arrive(site, 1 if size == "desk" else 2)
    page = person("1001", size)
    # The inbox holds the most urgent ones; at night all are due at the same moment, and the newest may stand further down.
    card = page.locator("article", has=page.get_by_role("button")).first
    ref = card.get_by_role("link").first.inner_text().strip()
    expect(card.locator("[data-reading]")).to_be_visible()
    card.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_contain_text(ref)
    page.goto(f"/orders/{ref}/")
    expect(page.locator(".headline")).to_contain_text("已接收")
    expect(page.locator(".timeline")).to_contain_text("张晓月")


def test_the_countdown_moves_only_in_working_time(site: Installation, person: Callable[..., Page]) -> None:
    ref = arrive(site, 3)
    page = person("1001")
    page.goto(f"/orders/{ref}/")
    reading = page.locator("[data-due] [data-reading]").first
    before = reading.inner_text()
    page.wait_for_timeout(1500)
    assert re.search(r"\d", before)
    assert re.search(r"\d", reading.inner_text())


def test_a_second_person_is_told_who_was_faster(site: Installation, person: Callable[..., Page]) -> None:
    ref = arrive(site, 4)
    first, second = person("1001"), person("1002")
    for page in (first, second):
        page.goto(f"/orders/{ref}/")
    accept = "form[action$='acquisition.accept_order/'] button"
    first.click(accept)
    expect(first.locator(".headline")).to_contain_text("已接收")
    second.click(accept)
    expect(second.get_by_role("status").first).to_contain_text(ref)
    expect(second.locator(".headline")).to_contain_text("已接收")


def test_a_form_keeps_what_was_typed_and_names_the_wrong_field(person: Callable[..., Page]) -> None:
    page = person("1001")
    page.goto("/orders/new/acquisition.enter_order/")
    page.fill("[name='lines.0.name']", "会议室吸顶灯")
    page.fill("[name='lines.0.unit_price']", "12.345")
    page.fill("[name='customer_name']", "云栖小镇物业")
    page.locator("form[data-draft] button.btn-primary").click()
    expect(page.locator("[name='lines.0.name']")).to_have_value("会议室吸顶灯")
    expect(page.locator("[id='e-lines.0.unit_price']")).to_be_visible()
    expect(page.locator("#e-customer_phone")).to_be_visible()
    page.fill("[name='lines.0.unit_price']", "12.34")
    page.fill("[name='customer_phone']", "13800001111")
    page.select_option("[name='department']", label="家居事业部")
    page.locator("form[data-draft] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/orders/JD\d+/"))


def test_a_draft_survives_a_lost_connection(person: Callable[..., Page]) -> None:
    page = person("1001")
    page.goto("/orders/new/acquisition.enter_order/")
    page.fill("[name='customer_name']", "还没写完的客户")
    page.goto("/orders/")
    page.goto("/orders/new/acquisition.enter_order/")
    expect(page.locator("[name='customer_name']")).to_have_value("还没写完的客户")
    expect(page.locator("[data-draft-note]")).to_be_visible()


def test_keys_lead_to_pages_and_the_palette_finds_an_order(site: Installation, person: Callable[..., Page]) -> None:
    ref = arrive(site, 5)
    page = person("1001")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/orders/")
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill(ref)
    page.locator("#found a").first.click()
    page.wait_for_url(f"**/orders/{ref}/")


def test_without_javascript_an_order_is_accepted_too(site: Installation, person: Callable[..., Page], browser) -> None:
    ref = arrive(site, 6)
    page = person("1001")
    context = browser.new_context(
        base_url=site.address, java_script_enabled=False, locale="zh-CN", storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(f"/orders/{ref}/")
    plain.click("form[action$='acquisition.accept_order/'] button")
    assert "已接收" in plain.locator(".headline").inner_text()
    context.close()
