"""The customer's language: the browser's at first, then what was chosen there; Chinese when neither is known."""

import pytest
from django.core.cache import cache
from django.test import Client

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.portal.models import Link, Visit
from tests.cast import Cast, acting, contract_to, offered, order_at


@pytest.fixture
def link(cast: Cast) -> Link:
    cache.clear()
    order = order_at(OrderStage.ACCEPTED, cast)
    dispatch("portal.share_order", acting(cast.taker), {}, subject=order)
    return Link.objects.latest("pk")


def heading(client: Client, path: str, **headers: str) -> str:
    text = client.get(path, headers=headers).content.decode()
    return text.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("", "订单进度"), ("zh-CN,zh;q=0.9,en;q=0.8", "订单进度"), ("zh-TW", "订单进度"), ("fr-FR", "订单进度"),
        ("en-GB,en;q=0.9", "Progress of the order"), ("fr;q=0.9,en;q=0.5", "Progress of the order"),
    ],
)  # fmt: skip
def test_at_the_first_visit_the_browsers_language_counts(link: Link, accepted: str, title: str) -> None:
    headers = {"accept-language": accepted} if accepted else {}
    assert heading(Client(), f"/p/{link.token}/", **headers) == title


def test_the_switch_is_kept_for_this_browser_and_leads_back_to_the_page_itself(link: Link) -> None:
    client, path = Client(), f"/p/{link.token}/"
    assert 'href="?lang=en"' in client.get(path).content.decode()
    seen = Visit.objects.count()
    switched = client.get(f"{path}?lang=en")
    assert (switched.status_code, switched.headers["Location"]) == (302, path)
    assert switched["Cache-Control"] == "no-store"
    cookie = switched.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
    assert Visit.objects.count() == seen
    page = client.get(path, headers={"accept-language": "zh-CN"}).content.decode()
    assert "Progress of the order" in page
    assert 'lang="en"' in page
    assert 'href="?lang=zh-hans"' in page
    assert heading(Client(), path) == "订单进度"


@pytest.mark.parametrize("asked", ["fr", "xx", "", "en/../../", "zh-hans\r\nSet-Cookie: x=1"])
def test_a_language_that_there_isnt_changes_nothing(link: Link, asked: str) -> None:
    answer = Client().get(f"/p/{link.token}/", {"lang": asked})
    assert answer.status_code == 200
    assert "django_language" not in answer.cookies


def test_pages_that_lead_nowhere_have_the_switch_as_well(cast: Cast) -> None:
    client = Client()
    assert client.get("/p/x/?lang=en").headers["Location"] == "/p/x/"
    text = client.get("/p/x/").content.decode()
    assert "This link isn&#x27;t one of ours" in text
    assert "Questions? Ask the person with us whom you deal with." in text


def test_terms_and_contract_are_framed_in_the_customers_language(cast: Cast) -> None:
    english = {"accept-language": "en"}
    order = order_at(OrderStage.NEGOTIATING, cast)
    offered(order, cast)
    terms = Client().get(f"/p/{Link.objects.latest('pk').token}/", headers=english).content.decode()
    assert all(words in terms for words in ("Terms to confirm", "I agree", "Payment", "This page is there until"))
    contract_to("sent", order_at(OrderStage.AGREED, cast, "K2"), cast)
    contract = Client().get(f"/p/{Link.objects.latest('pk').token}/", headers=english).content.decode()
    assert all(words in contract for words in ("Contract to sign", "Sign the contract", "Remark on this clause"))
