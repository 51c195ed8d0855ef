"""接单广场 in a real browser: narrowed, chosen many at once with a preview, taken back, held with a clock (2.1.1)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shot
from tests.browser.test_pages import violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser

PAGES = {
    "square": "/listings/",
    "square-mine": "/listings/?only=mine",
    "square-ending": "/listings/?only=ending",
    "square-kept": "/listings/?least=60&sort=newest",
    "square-dismissed": "/listings/?stage=dismissed",
    "square-empty": "/listings/?q=没有这样的需求",
    "workbench-held": "/",
}
LONG = (
    "某某某连锁酒店集团有限公司华东大区二〇二六年度公共区域与客房灯具更新改造（含旧灯拆除、运输、安装、调试与三年质保）"
)


@pytest.fixture(scope="module")
def filled(site: Installation) -> str:
    """Listings with long words, one held with an agreed day, two that end soon; the reference of the one held."""
    found = site.script(
        "import json; from datetime import timedelta; from jiedan.core import clock\n"
        "from jiedan.demo.company import _actor; from jiedan.kernel.dispatch import dispatch\n"
        "from jiedan.people.models import Staff\n"
        "taker = _actor(Staff.objects.get(number='1001')); now = clock.now()\n"
        "def post(summary, days):\n"
        "    until = (now + timedelta(days=days)).isoformat()\n"
        "    given = {'department': taker.department_id, 'summary': summary, 'category': '家居/灯具', 'budget': '1234567.80',\n"
        "        'region': '浙江省杭州市西湖区文三路 1 号', 'valid_until': until, 'needed_on': until[:10], 'details': '工期紧。' * 60}\n"
        "    return dispatch('acquisition.post_listing', taker, given).subject\n"
        f"held = post('{LONG}', 9); [post(f'{LONG} {{n}}', 1) for n in range(2)]; [post(f'展厅射灯 {{n}} 批', 20) for n in range(3)]\n"
        "dispatch('acquisition.claim_listing', taker, {}, subject=held)\n"
        "given = {'channel': 'phone', 'learned': '要先看样品', 'next_step': '寄三款样灯并附检测报告，确认色温与显色指数',\n"
        "    'next_on': (now + timedelta(days=1)).date().isoformat()}\n"
        "dispatch('acquisition.contact_customer', taker, given, subject=held)\n"
        "print(json.dumps({'ref': held.ref}))"
    )
    return str(found["ref"])


@pytest.mark.parametrize(
    ("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]
)
def test_its_pages_are_sound(filled: str, person: Callable[..., Page], axe: str, size: str, theme: str) -> None:
    page = person("1001", size, theme)
    unsound: dict[str, list[str]] = {}
    for name, path in (PAGES | {"listing-held": f"/listings/{filled}/"}).items():
        page.goto(path)
        if page.locator("details summary").count():
            page.locator("details summary").first.click()
        unsound |= _unsound(page, axe, f"{name}-{size}-{theme}")
    page.goto("/listings/?q=展厅射灯")
    page.get_by_role("checkbox", name="选择 LS").first.check()
    page.get_by_role("button", name="放弃").click()
    unsound |= _unsound(page, axe, f"square-many-{size}-{theme}")
    assert unsound == {}


def _unsound(page: Page, axe: str, name: str) -> dict[str, list[str]]:
    shot(page, name)
    found = violations(page, axe)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    if "<c-" in page.content():
        found.append("a component was not rendered")
    return {name: found} if found else {}


def test_many_are_dismissed_with_a_preview_and_one_is_taken_back(filled: str, person: Callable[..., Page]) -> None:
    page = person("1001", "phone")
    page.goto("/listings/?q=展厅射灯")
    for number in (0, 1):
        page.get_by_role("checkbox", name="选择 LS").nth(number).check()
    page.get_by_role("button", name="放弃").click()
    expect(page.get_by_text("所选 2 条中可办理 2 条")).to_be_visible()
    page.get_by_role("button", name="2 条").click()
    expect(page.get_by_text("有字段需要修改").or_(page.locator(".invalid-feedback").first).first).to_be_visible()
    page.get_by_label("原因").fill("展厅项目已由总部统一采购")
    page.get_by_role("button", name="2 条").click()
    expect(page.get_by_role("heading", name="成功 2 条，未成功 0 条")).to_be_visible()
    page.locator("[role=status] a").first.click()
    page.get_by_role("link", name="重新开放").first.click()
    page.get_by_label("原因").fill("总部采购取消")
    page.get_by_role("button", name="重新开放").click()
    expect(page.get_by_text("待认领").first).to_be_visible()


def test_a_narrowed_square_is_kept_as_a_view_and_opened_again(filled: str, person: Callable[..., Page]) -> None:
    page = person("1001")
    page.goto("/listings/")
    page.get_by_role("link", name="3 天内到期").click()
    expect(page.locator("[data-row]").first).to_contain_text("某某某连锁酒店集团")
    page.get_by_label("视图名称").fill("快到期的")
    page.get_by_role("button", name="保存").click()
    page.goto("/listings/")
    page.get_by_role("link", name="快到期的").click()
    expect(page.get_by_role("link", name="3 天内到期")).to_have_attribute("aria-current", "true")


def test_what_i_hold_stands_on_the_workbench_with_its_clock(filled: str, person: Callable[..., Page]) -> None:
    page = person("1001", "phone")
    held = page.locator("section", has=page.get_by_role("heading", name="我认领的广场订单"))
    expect(held).to_contain_text("按约定再次联系客户")
    held.get_by_role("link", name=filled).click()
    expect(page.get_by_text("按约定再次联系客户").first).to_be_visible()
