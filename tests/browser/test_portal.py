"""The customer's pages and sending their links, in a real browser: both sizes, both themes, with and without scripts."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import SIZES
from tests.browser.test_agreeing import NEGOTIATE
from tests.browser.test_evaluating import sound
from tests.browser.test_journeys import arrive
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

LINKS = """
import json
from jiedan.contract.models import Contract
from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.people.actor import actor_for
from jiedan.people.models import Staff
from jiedan.portal.links import customer
from jiedan.portal.models import Link
from jiedan.terms import papers
from jiedan.terms.models import TermSheet
def actor(number):
    who = Staff.objects.get(number=number)
    return actor_for(who.pk, who.number, who.name, who.department_id, clock.now())
taker, head = actor('1001'), actor('1002')
order = Order.objects.get(pk=Order.pk_of(%r))
written = {'requirements': '会议室落地灯两盏，暖光，含灯泡；包装须防震，外箱注明“易碎”', 'acceptance': '通电无闪烁，外观无划痕',
           'deliver_on': '2027-03-01', 'delivery': '快递送货上门，签收后两日内安装', 'contract_wanted': True}
papers.save(order, taker, written, None, clock.now())
dispatch('terms.offer_terms', taker, {}, subject=order)
found = {'offered': Link.objects.latest('pk').token}
if %r:
    sheet = TermSheet.objects.get(order=order, state='offered')
    link = Link.objects.latest('pk')
    agreed = dict.fromkeys(('requirements', 'delivery', 'price', 'payment'), 'agree') | {'name': '欧阳青', 'consent': 'on'}
    behind = {'link': link.pk, 'content_hash': sheet.content_hash, 'address': '10.0.0.7', 'device': 'phone'}
    dispatch('terms.answer_terms', customer(order), agreed | behind, subject=order, channel='portal')
    order = Order.objects.get(pk=order.pk)
    dispatch('contract.submit_contract', taker, {}, subject=order)
    seen = {'content_hash': Contract.objects.get(order=order, state='submitted').content_hash}
    ticked = dict.fromkeys(('lawful', 'definite', 'unambiguous', 'complete', 'as_agreed'), True)
    dispatch('contract.review_contract', head, seen | ticked | {'verdict': 'pass'}, subject=order)
    dispatch('contract.send_contract', taker, seen, subject=order)
    found['contract'] = Link.objects.latest('pk').token
    dispatch('portal.share_order', taker, {}, subject=order)
    old = Link.objects.latest('pk')
    found['ended'] = old.token
    dispatch('portal.share_order', taker, {}, subject=order)
    found['progress'] = Link.objects.latest('pk').token
print(json.dumps(json.dumps(found)))
"""

SMALL = """() => [...document.querySelectorAll(
    ".portal a, .portal button, .portal summary, .portal input:not([type=hidden]), .portal textarea, .portal select")]
  .filter((one) => one.offsetParent !== null)
  .map((one) => [one.outerHTML.slice(0, 80), (one.closest("label") ?? one).getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5)"""
"""What a thumb could miss: lower than 44 px (a box or a dot counts with its label)."""


def links_of(site: Installation, number: int, *, agreed: bool = True) -> tuple[str, dict[str, str]]:
    ref = arrive(site, number)
    site.script(NEGOTIATE % ref)
    found: dict[str, str] = json.loads(site.script(LINKS % (ref, agreed)))
    return ref, {name: f"/p/{token}/" for name, token in found.items()}


@pytest.fixture
def customer(site: Installation, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A customer's browser: customer("phone", theme="dark", locale="en-GB", java_script_enabled=False)."""
    contexts = []

    def opened(size: str, theme: str = "light", **more: object) -> BrowserContext:
        width, height = SIZES[size]
        given = {"locale": "zh-CN", **more}
        context = browser.new_context(
            base_url=site.address, viewport={"width": width, "height": height}, color_scheme=theme, **given
        )
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("size", "theme"), [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]
)
def test_every_page_is_sound_and_every_control_large_enough_for_a_thumb(
    site: Installation, customer: Callable[..., BrowserContext], axe: str, size: str, theme: str
) -> None:
    number = 80 + 2 * ["phonelight", "phonedark", "desklight", "deskdark"].index(size + theme)
    _ref, made = links_of(site, number)
    _other, fresh = links_of(site, number + 1, agreed=False)
    pages = {
        "offered": (fresh["offered"], 200), "answered": (made["offered"], 200), "contract": (made["contract"], 200),
        "progress": (made["progress"], 200), "ended": (made["ended"], 410), "nothing": ("/p/x/", 404),
    }  # fmt: skip
    page = customer(size, theme, has_touch=size == "phone").new_page()
    for name, (address, status) in pages.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, name
        sound(page, axe, f"portal-{name}-{size}-{theme}")
        assert page.evaluate(SMALL) == [], name
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link leads nowhere")
    page.goto(made["progress"])
    expect(page.locator("main")).to_contain_text("What was agreed")
    sound(page, axe, f"portal-english-{size}-{theme}")


def test_terms_are_agreed_and_a_contract_is_signed_without_any_script(
    site: Installation, customer: Callable[..., BrowserContext]
) -> None:
    _ref, fresh = links_of(site, 90, agreed=False)
    _other, made = links_of(site, 91)
    page = customer("phone", java_script_enabled=False).new_page()
    page.goto(fresh["offered"])
    for item in ("requirements", "delivery", "price", "payment"):
        page.check(f"input[name={item}][value=agree]")
    page.fill("input[name=name]", "欧阳青")
    page.check("input[name=consent]")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status").first).to_contain_text("您已于")
    page.goto(made["contract"])
    expect(page.locator("canvas")).to_be_hidden()
    page.fill("input[name=name]", page.locator("[data-named]").inner_text())
    page.check("input[name=consent]")
    page.get_by_role("button", name="签署合同").click()
    expect(page.get_by_role("status").first).to_contain_text("您已于")


def test_two_devices_answer_at_once_and_going_back_changes_nothing(
    site: Installation, customer: Callable[..., BrowserContext]
) -> None:
    _ref, fresh = links_of(site, 92, agreed=False)
    phone, desk = customer("phone").new_page(), customer("desk").new_page()
    for page in (phone, desk):
        page.goto(fresh["offered"])
        for item in ("requirements", "delivery", "price", "payment"):
            page.check(f"input[name={item}][value=agree]")
        page.fill("input[name=name]", "欧阳青")
        page.check("input[name=consent]")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("status").first).to_contain_text("您已于")
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_role("alert")).to_contain_text("您刚才的提交未作任何更改")
    expect(desk.get_by_role("status").first).to_contain_text("您已于")
    phone.go_back()
    if phone.get_by_role("button", name="提交").count():
        phone.get_by_role("button", name="提交").click()
        expect(phone.get_by_role("alert")).to_contain_text("未作任何更改")
    expect(phone.get_by_role("status").first).to_contain_text("您已于")


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_staff_show_copy_and_mail_a_link_and_see_what_became_of_it(
    site: Installation, person: Callable[..., Page], axe: str, size: str, theme: str
) -> None:
    ref, made = links_of(site, 94 + (size == "phone"))
    staff = person("1001", size, theme)
    staff.context.grant_permissions(["clipboard-read", "clipboard-write"])
    staff.goto(f"/orders/{ref}/")
    sound(staff, axe, f"order-links-{size}-{theme}")
    staff.get_by_role("link", name="发送、二维码、访问记录").first.click()
    expect(staff.get_by_role("img", name="链接二维码")).to_be_visible()
    staff.get_by_role("button", name="复制并登记已发送").click()
    expect(staff.locator("table").first).to_contain_text("复制到聊天或短信")
    assert staff.evaluate("navigator.clipboard.readText()").endswith(made["progress"])
    staff.get_by_role("button", name="客户已扫码").click()
    expect(staff.locator("table").first).to_contain_text("当面扫码")
    staff.fill("input[name=email]", "wang@")
    staff.get_by_role("button", name="发送邮件").click()
    expect(staff.locator(".invalid-feedback").first).to_contain_text("不是邮箱地址")
    sound(staff, axe, f"link-refused-{size}-{theme}")
    staff.fill("input[name=email]", "wang.fang@example.com")
    staff.get_by_role("button", name="发送邮件").click()
    expect(staff.locator("table").first).to_contain_text("w***@example.com")
    expect(staff.locator("body")).not_to_contain_text("wang.fang@")
    staff.wait_for_timeout(2500)
    staff.reload()
    expect(staff.locator("table").first).to_contain_text("邮件服务器已于")
    sound(staff, axe, f"link-{size}-{theme}")
