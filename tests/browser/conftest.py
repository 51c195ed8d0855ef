"""A running installation and a real Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.faults.rig import ROOT, Installation, installation

CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZES = {"desk": (1440, 900), "phone": (360, 740)}
PASSWORD = "jiedan-demo-2026"
SHOTS = ROOT / "var" / "screenshots"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("site"), postgres=False) as (found, _server):
        found.script(
            "from jiedan.demo import company, resources, square\nresources.fill()\nlist(company._past(30, 5, company.clock.now()))\n"
            "square.fill()\nprint('{}')"
        )
        found.start_web()
        found.start_worker()
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield found
        found.close()


@pytest.fixture
def person(site: Installation, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Log somebody in: person("1001", size="phone", theme="dark")."""
    contexts = []

    def log_in(number: str, size: str = "desk", theme: str = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=site.address, viewport={"width": width, "height": height}, locale="zh-CN", color_scheme=theme
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", number)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit] >> nth=0")
        page.wait_for_url("**/")
        return page

    yield log_in
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def shot(page: Page, name: str) -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    try:
        page.screenshot(path=path)
    except Error:
        # Chromium now and then can't take a picture on a busy machine; a second time it can.
        page.screenshot(path=path)
    return path
