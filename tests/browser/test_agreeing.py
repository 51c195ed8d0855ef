"""Terms, contract and entry in a real browser: staff at a desk, the customer on a phone without an account (2.3)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SIZES
from tests.browser.test_evaluating import sound
from tests.browser.test_journeys import arrive
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

NEGOTIATE = """
from jiedan.kernel.dispatch import dispatch
from jiedan.evaluation import papers
from jiedan.evaluation.models import DecisionVersion, Evaluation
from jiedan.kernel.models import Procedure
from jiedan.orders.models import Order
from jiedan.people.actor import actor_for
from jiedan.core import clock
from jiedan.people.models import Staff
def actor(number):
    who = Staff.objects.get(number=number)
    return actor_for(who.pk, who.number, who.name, who.department_id, clock.now())
rules = {'rules': 'single head', 'reason': '负责人决定'}
dispatch('evaluation.set_decision_rules', actor('2001'), rules, subject=Procedure.objects.get(pk=1))
order = Order.objects.get(pk=Order.pk_of(%r))
dispatch('acquisition.accept_order', actor('1001'), {}, subject=order)
low = {'likelihood': 1, 'impact': 2}
sheet = {name: {'grade': 'yes', 'grounds': '常规订单'} for name in ('scope', 'resources', 'difficulty')}
sheet |= {name: low for name in ('credit', 'market', 'legal', 'platform', 'delivery')}
papers.save(order, actor('1001'), sheet | {'recommendation': 'take', 'next_step': '约定条款'}, None, clock.now())
dispatch('evaluation.submit_evaluation', actor('1001'), {}, subject=order)
seen = {'content_hash': Evaluation.objects.get(order=order, state='submitted').content_hash}
dispatch('evaluation.approve_evaluation', actor('1002'), seen, subject=order)
print('{}')
"""


@pytest.fixture
def phone(site: Installation, browser: Browser) -> Iterator[Page]:
    """The customer's telephone."""
    width, height = SIZES["phone"]
    context = browser.new_context(
        base_url=site.address, viewport={"width": width, "height": height}, locale="zh-CN", has_touch=True
    )
    yield context.new_page()
    context.close()


def link_on(page: Page, ref: str) -> str:
    """The address that staff send to the customer, without the host."""
    page.goto(f"/orders/{ref}/")
    address = page.locator("#portal input[readonly]").first.input_value()
    return "/p/" + address.partition("/p/")[2]


def write_terms(page: Page, axe: str, ref: str, size: str) -> None:
    page.goto(f"/orders/{ref}/terms/sheet/")
    page.fill("textarea[name=requirements]", "按页面规格，暖光，含灯泡")
    page.fill("textarea[name=acceptance]", "通电无闪烁，外观无划痕")
    page.fill("input[name=deliver_on]", "2027-03-01")
    page.fill("textarea[name=delivery]", "快递送货上门，签收后两日内安装")
    page.check("input[name=contract_wanted]")
    expect(page.locator("#saved")).to_contain_text("张晓月")
    sound(page, axe, f"terms-sheet-{size}")
    page.get_by_role("button", name="发给客户确认").click()
    page.wait_for_url(f"**/orders/{ref}/#portal")


def answer_terms(phone: Page, axe: str, address: str) -> None:
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("请确认条款")
    sound(phone, axe, "portal-terms")
    for item in ("requirements", "delivery", "price", "payment"):
        phone.check(f"input[name={item}][value=agree]")
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator(".invalid-feedback").first).to_contain_text("请填写您的姓名")
    phone.fill("input[name=name]", "欧阳青")
    phone.check("input[name=consent]")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("status").first).to_contain_text("您已于")
    sound(phone, axe, "portal-terms-agreed")


def sign(phone: Page, axe: str, address: str) -> None:
    phone.goto(address)
    phone.locator("details", has_text="对本条提出意见").last.locator("summary").click()
    phone.locator("textarea[name=words]").last.fill("请开具增值税发票")
    phone.get_by_role("button", name="提交意见").last.click()
    expect(phone.locator("main")).to_contain_text("请开具增值税发票")
    canvas = phone.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 20, box["y"] + 20)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 120, box["y"] + 60, steps=8)
    phone.mouse.up()
    phone.fill("input[name=name]", phone.locator("[data-named]").inner_text())
    phone.select_option("select[name=capacity]", "self")
    phone.check("input[name=consent]")
    assert phone.input_value("input[name=drawn]").startswith("M")
    sound(phone, axe, "portal-contract")
    phone.get_by_role("button", name="签署合同").click()
    expect(phone.get_by_role("status").first).to_contain_text("您已于")


def verify(phone: Page, axe: str, content: bytes) -> None:
    """Whoever is presented with the file finds out on a telephone whether it is the one that was signed."""
    for data, said, name in (
        (content, "未被改动", "verify-good"),
        (content[:3000] + bytes([content[3000] ^ 1]) + content[3001:], "请勿采信", "verify-altered"),
    ):
        phone.goto("/verify/")
        phone.set_input_files("input[type=file]", {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": data})
        phone.locator("form button").first.click()
        expect(phone.get_by_role("status")).to_contain_text(said)
        sound(phone, axe, name)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_terms_are_agreed_a_contract_signed_by_both_and_the_order_entered(
    site: Installation, person: Callable[..., Page], phone: Page, axe: str, size: str
) -> None:
    ref = arrive(site, 70 + (size == "phone"))
    site.script(NEGOTIATE % ref)
    taker = person("1001", size)
    write_terms(taker, axe, ref, size)
    sound(taker, axe, f"order-terms-offered-{size}")
    answer_terms(phone, axe, link_on(taker, ref))
    taker.goto(f"/orders/{ref}/terms/")
    sound(taker, axe, f"terms-read-{size}")
    taker.goto(f"/orders/{ref}/contract/draft/")
    sound(taker, axe, f"contract-draft-{size}")
    taker.get_by_role("button", name="提交审查").click()
    taker.wait_for_url(f"**/orders/{ref}/")
    head = person("1002", size)
    head.goto(f"/orders/{ref}/contract/")
    sound(head, axe, f"contract-read-{size}")
    head.get_by_role("link", name="审查合同").click()
    head.select_option("select[name=verdict]", "pass")
    for name in ("lawful", "definite", "unambiguous", "complete", "as_agreed"):
        head.check(f"input[name={name}]")
    sound(head, axe, f"contract-review-{size}")
    head.get_by_role("button", name="审查合同").click()
    head.wait_for_url(f"**/orders/{ref}/")
    taker.goto(f"/orders/{ref}/do/contract.send_contract/")
    taker.get_by_role("button", name="将合同发给客户").click()
    taker.wait_for_url(f"**/orders/{ref}/")
    sign(phone, axe, link_on(taker, ref))
    head.goto(f"/orders/{ref}/do/contract.countersign_contract/")
    head.fill("input[name=post]", "家居事业部经理")
    sound(head, axe, f"contract-countersign-{size}")
    head.get_by_role("button", name="公司签署").click()
    head.wait_for_url(f"**/orders/{ref}/")
    expect(head.locator(".headline")).to_contain_text("合同已签")
    phone.reload()
    expect(phone.get_by_role("status").first).to_contain_text("双方签署")
    with phone.expect_download() as download:
        phone.locator("main a[href*='/files/']").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF")
    verify(phone, axe, content)
    taker.goto(f"/orders/{ref}/")
    sound(taker, axe, f"order-signed-{size}")
    taker.locator("form[action$='confirmation.confirm_order/'] button").click()
    expect(taker.locator(".headline")).to_contain_text("已录入")
    sound(taker, axe, f"order-entered-{size}")


def test_a_customer_follows_the_order_on_a_link_and_an_altered_one_leads_nowhere(
    site: Installation, person: Callable[..., Page], phone: Page, axe: str
) -> None:
    ref = arrive(site, 73)
    site.script(NEGOTIATE % ref)
    taker = person("1001")
    taker.goto(f"/orders/{ref}/")
    taker.get_by_role("button", name="给客户查看进度的链接").click()
    address = link_on(taker, ref)
    phone.goto(address)
    expect(phone.locator("main")).to_contain_text("洽谈中")
    sound(phone, axe, "portal-progress")
    answer = phone.goto(address[:-2] + "x/")
    assert answer is not None
    assert answer.status == 404
    sound(phone, axe, "portal-nothing")
    taker.goto(f"/orders/{ref}/attempts/")
    sound(taker, axe, "attempts")
