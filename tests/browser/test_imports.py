"""A file goes from upload to orders, or to the square, in a real browser, on a desk and on a phone (2.1.1, 2.1.2)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jiedan.connectors.spreadsheet.tests.files import book, row
from jiedan.connectors.spreadsheet.tests.listing_files import listing, listings
from tests.browser.conftest import shot
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser
LONG = "北欧全屋定制家具套装（含沙发、茶几、餐桌椅、落地灯及上门安装服务）豪华限量版"


def _unsound(page: Page, axe: str) -> list[str]:
    found = violations(page, axe)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    if "<c-" in page.content():
        found.append("a component was not rendered")
    return found


@pytest.mark.parametrize(
    ("size", "theme"), [("desk", "light"), ("phone", "dark"), ("desk", "dark"), ("phone", "light")]
)
def test_a_file_is_uploaded_mapped_checked_and_imported(
    person: Callable[..., Page], axe: str, tmp_path: Path, size: str, theme: str
) -> None:
    page, unsound = person("1001", size, theme), dict[str, list[str]]()

    def look(name: str) -> None:
        shot(page, f"import-{name}-{size}-{theme}")
        unsound.update({name: found} if (found := _unsound(page, axe)) else {})

    file = tmp_path / "九月订单汇总.xlsx"
    numbers = [f"{size}-{theme}-{n}" for n in range(30)]
    rows = [row(number, 商品名称=LONG, 数量="若干" if n % 10 == 4 else 2) for n, number in enumerate(numbers)]
    file.write_bytes(book(rows, above=[["九月订单汇总"]]))
    page.goto("/imports/")
    look("list")
    page.get_by_role("link", name="从文件导入").click()
    page.fill("[name=platform]", "taobao")
    page.fill("[name=shop]", f"{size}-{theme}")
    page.set_input_files("[name=content]", file)
    look("upload")
    page.get_by_role("button", name="上传并查看").click()
    page.get_by_role("link", name="对应列并检查").click()
    expect(page.locator("select[name='columns.external_id'] option:checked")).to_have_text("A 订单编号")
    look("columns")
    page.get_by_role("button", name="对应列并检查").click()
    look("moving")
    # The page comes to its end by itself.
    expect(page.locator("[aria-current=step]")).to_have_text("待确认", timeout=60_000)
    expect(page.locator("main")).to_contain_text("若干")
    look("checked")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("[aria-current=step]")).to_have_text("已导入", timeout=60_000)
    look("imported")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载有误的行（附原因）").click()
    assert download.value.suggested_filename == "九月订单汇总-结果.xlsx"
    assert unsound == {}


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_listings_come_into_the_square_from_a_file_and_a_second_one_shows_what_changes(
    person: Callable[..., Page], axe: str, tmp_path: Path, size: str, theme: str
) -> None:
    page, unsound = person("1001", size, theme), dict[str, list[str]]()

    def look(name: str) -> None:
        shot(page, f"import-listings-{name}-{size}-{theme}")
        unsound.update({name: found} if (found := _unsound(page, axe)) else {})

    def upload(*rows: list[object]) -> None:
        file = tmp_path / "九月平台需求汇总（含办公室、门店及样板间改造项目）.xlsx"
        file.write_bytes(listings(*rows))
        page.goto("/listings/")
        page.get_by_role("link", name="从 Excel 导入").click()
        expect(page.locator("[name=holds]")).to_have_value("listings")
        page.fill("[name=platform]", "zhubajie")
        page.fill("[name=shop]", f"{size}-{theme}")
        page.set_input_files("[name=content]", file)
        look("upload")
        page.get_by_role("button", name="上传并查看").click()

    numbers = [f"{size}-{theme}-{n}" for n in range(12)]
    upload(*(listing(number, 需求标题=LONG, 预算="很多" if n == 4 else "1.2万") for n, number in enumerate(numbers)))
    page.get_by_role("link", name="对应列并检查").click()
    expect(page.locator("select[name='columns.summary'] option:checked")).to_have_text("B 需求标题")
    look("columns")
    page.get_by_role("button", name="对应列并检查").click()
    expect(page.locator("[aria-current=step]")).to_have_text("待确认", timeout=60_000)
    look("checked")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("[aria-current=step]")).to_have_text("已导入", timeout=60_000)
    look("imported")
    upload(*(listing(number, 需求标题=LONG, 需求描述="三层楼，周末施工") for number in numbers[:2]))
    expect(page.locator("[aria-current=step]")).to_have_text("待确认", timeout=60_000)
    expect(page.locator("main")).to_contain_text("三层楼，周末施工")
    look("changes")
    page.goto("/imports/")
    look("list")
    page.goto("/listings/")
    look("square")
    assert unsound == {}
