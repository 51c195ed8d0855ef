"""The customers' own host (JIEDAN_PORTAL_URL): links point there, nothing of the staff's answers there (S-28)."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from jiedan import config
from jiedan.config import WrongSetting
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.portal import links
from jiedan.portal.models import Link, Visit
from tests.cast import Cast, acting, logged_in, order_at

PORTAL, STAFF = "kehu.example.com", "jiedan.example.com"


@pytest.fixture
def hosts(settings: Settings) -> None:
    cache.clear()
    settings.BASE_URL, settings.PORTAL_URL = f"http://{STAFF}", f"http://{PORTAL}"
    settings.ALLOWED_HOSTS = [PORTAL, STAFF]


@pytest.fixture
def link(cast: Cast, hosts: None) -> Link:
    order = order_at(OrderStage.ACCEPTED, cast)
    dispatch("portal.share_order", acting(cast.taker), {}, subject=order)
    return Link.objects.latest("pk")


def read(tmp_path: Path, **env: str) -> config.Config:
    return config.read(
        {"JIEDAN_KEYS_DIR": str(tmp_path / "keys"), "JIEDAN_DATABASE_URL": f"sqlite:///{tmp_path}/x", **env}
    )


def test_without_the_setting_everything_is_on_one_host(tmp_path: Path) -> None:
    found = read(tmp_path, JIEDAN_BASE_URL="https://jiedan.example.com")
    assert found.portal_url == "https://jiedan.example.com"


def test_the_host_is_allowed_and_links_point_there(tmp_path: Path) -> None:
    given = {"JIEDAN_BASE_URL": "https://jiedan.example.com", "JIEDAN_PORTAL_URL": "https://kehu.example.com/"}
    found = read(tmp_path, **given)
    assert found.portal_url == "https://kehu.example.com"
    assert {"jiedan.example.com", "kehu.example.com"} <= set(found.allowed_hosts)


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ("kehu.example.com", "without a path"),
        ("ftp://kehu.example.com", "without a path"),
        ("https://kehu.example.com/p/", "without a path"),
        ("https://jiedan.example.com", "other than jiedan.example.com"),
        ("https://jiedan.example.com:8443", "other than jiedan.example.com"),
        ("http://kehu.example.com", "https://host[:port]"),
    ],
)
def test_a_portal_address_that_cant_be_used_stops_the_start(tmp_path: Path, value: str, allowed: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        read(tmp_path, JIEDAN_BASE_URL="https://jiedan.example.com", JIEDAN_PORTAL_URL=value)
    assert "JIEDAN_PORTAL_URL" in str(wrong.value)
    assert value in str(wrong.value)
    assert allowed in str(wrong.value)


@pytest.mark.parametrize(
    "value", ["orders", "orders@", "a@example.com, b@example.com", "云栖 <orders@example.com", "x@example.com\nBcc: y@example.com"]
)  # fmt: skip
def test_a_sender_that_cant_be_used_stops_the_start(tmp_path: Path, value: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        read(tmp_path, JIEDAN_MAIL_FROM=value)
    assert "JIEDAN_MAIL_FROM" in str(wrong.value)


@pytest.mark.parametrize(
    "value", ["orders@example.com", "云栖贸易 <orders@example.com>", '"云栖, 贸易" <o@example.com>']
)
def test_a_sender_is_an_address_perhaps_with_a_name(tmp_path: Path, value: str) -> None:
    assert read(tmp_path, JIEDAN_MAIL_FROM=value).mail_from == value


def test_the_customers_page_answers_on_their_host_alone(link: Link) -> None:
    assert links.address(link) == f"http://{PORTAL}/p/{link.token}/"
    answer = Client(headers={"host": PORTAL}).get(f"/p/{link.token}/")
    assert answer.status_code == 200
    assert STAFF not in answer.content.decode()
    assert Client(headers={"host": PORTAL}).get("/verify/").status_code == 200
    assert Client(headers={"host": PORTAL}).get("/verify/ca.pem").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/", "/orders/", "/accounts/login/", "/api/v1/openapi.json", "/api/v1/orders", "/connect/webhook/x", "/metrics",
        "/healthz", "/language/", "/p/", "/settings/", "/connections/",
    ],
)  # fmt: skip
def test_nothing_of_the_staffs_answers_there(link: Link, cast: Cast, path: str) -> None:
    for client in (Client(), logged_in(cast.taker)):
        answer = client.get(path, headers={"host": PORTAL})
        assert answer.status_code == 404, path
        text = answer.content.decode()
        assert "这个地址没有内容" in text
        assert 'href="/"' not in text
        assert client.post(path, headers={"host": PORTAL}).status_code in (403, 404)


def test_a_link_that_was_sent_before_leads_on_to_their_host_and_nothing_is_done_here(link: Link) -> None:
    path = f"/p/{link.token}/"
    for answer in (Client(headers={"host": STAFF}).get(path), Client(headers={"host": STAFF}).post(path)):
        assert (answer.status_code, answer.headers["Location"]) == (302, f"http://{PORTAL}{path}")
        assert answer["Cache-Control"] == "no-store"
    assert Visit.objects.count() == 0
    assert Client(headers={"host": STAFF}).get("/verify/").status_code == 200
    assert Client(headers={"host": STAFF}).get("/accounts/login/").status_code == 200


def test_an_unknown_host_is_no_way_in(link: Link) -> None:
    assert Client(headers={"host": "evil.example.com"}).get(f"/p/{link.token}/").status_code == 400
