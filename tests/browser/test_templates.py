"""Contract templates in a real browser: a draft of one's own, a fault named by its clause, trying it, put in force (2.3.2)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_agreeing import NEGOTIATE
from tests.browser.test_evaluating import sound
from tests.browser.test_journeys import arrive
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_decision_maker_changes_a_template_tries_it_and_puts_it_in_force(
    site: Installation, person: Callable[..., Page], axe: str, size: str
) -> None:
    ref = arrive(site, 80 + (size == "phone"))
    site.script(NEGOTIATE % ref)
    page = person("2001", size)
    page.goto("/procedure/contracts/")
    sound(page, axe, f"templates-{size}")
    kind = "goods" if size == "desk" else "service"
    page.goto(f"/procedure/contracts/{kind}/draft/")
    sound(page, axe, f"template-draft-{size}")
    price = page.locator("textarea[name='text.price']")
    whole = price.input_value()
    price.fill(whole.replace("{总价大写}", "{大写总价}"))
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#e-price")).to_contain_text("占位符“{大写总价}”不存在")
    sound(page, axe, f"template-refused-{size}")
    price.fill(whole.replace("总价款", "合同总金额为人民币"))
    page.locator("summary", has_text="其他可选条款").click()
    page.fill("input[name='heading.further_1']", "知识产权")
    page.fill("textarea[name='text.further_1']", "乙方交付的图纸和说明书，甲方可为使用目的复制。")
    page.get_by_role("button", name="保存并用订单试拟").click()
    page.wait_for_url("**/try/?draft=1")
    page.fill("input[name=order]", ref)
    page.get_by_role("button", name="查看合同").click()
    expect(page.locator("main")).to_contain_text("合同总金额为人民币")
    sound(page, axe, f"template-tried-{size}")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.goto(f"/procedure/contracts/{kind}/draft/")
    page.get_by_role("button", name="设定并生效").click()
    expect(page.locator("#e-reason")).to_be_visible()
    page.fill("input[name=reason]", "法务审定，增加知识产权条款")
    page.get_by_role("button", name="设定并生效").click()
    page.wait_for_url("**/procedure/contracts/")
    expect(page.locator(f"#{kind}")).to_contain_text("法务审定")
    sound(page, axe, f"templates-changed-{size}")
    page.locator(f"#{kind}").get_by_role("button", name="查看差异").click()
    expect(page.locator("main ins").first).to_be_visible()
    sound(page, axe, f"template-compared-{size}")
