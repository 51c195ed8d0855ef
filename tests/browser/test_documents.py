"""A paper goes on file, is read back and is held against ours, with a real browser's form."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jiedan.documents.tests.papers import pdf, picture
from tests.browser.conftest import shot
from tests.browser.test_pages import address_of, violations
from tests.faults.rig import Installation

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_scanned_contract_is_attached_and_downloaded(
    site: Installation, person: Callable[..., Page], axe: str, tmp_path: Path, size: str
) -> None:
    page, order = person("1001", size=size), address_of(site, "ORDER")
    scan = tmp_path / f"双方签署的合同-{size}.pdf"
    scan.write_bytes(pdf(1 if size == "desk" else 2))
    page.goto(order)
    card = page.locator("#documents")
    if not card.locator("select[name=kind]").is_visible():
        card.locator("summary").click()
    card.locator("select[name=kind]").select_option("signed_contract")
    card.locator("input[type=file]").set_input_files(scan)
    card.locator("button").click()
    expect(page.locator("#documents a", has_text=scan.name)).to_be_visible()
    card.scroll_into_view_if_needed()
    shot(page, f"documents-{size}")
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as download:
        page.locator("#documents a", has_text=scan.name).click()
    assert download.value.suggested_filename == scan.name
    assert download.value.path().read_bytes() == scan.read_bytes()


def test_a_file_that_isnt_what_it_says_comes_back_with_the_reason(
    site: Installation, person: Callable[..., Page], axe: str, tmp_path: Path
) -> None:
    page = person("1001")
    fake = tmp_path / "合同.pdf"
    fake.write_bytes(picture())
    page.goto(address_of(site, "ATTACH"))
    page.locator("input[type=file]").set_input_files(fake)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("form.card button").click()
    assert answered.value.status == 422
    expect(page.locator("#e-file")).to_contain_text("文件内容与扩展名不符")
    assert violations(page, axe) == []
