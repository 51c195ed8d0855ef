"""What customers do by mistake behind a link: each gets a sentence, nothing changes, the try is known (1.3.2, 6.2.1)."""

import pytest
from django.core.cache import cache
from django.test import Client

from jiedan.core.lifecycle import OrderStage
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.portal.models import Link, Visit
from jiedan.terms.models import ItemAnswer, TermSheet
from tests.cast import ALL_AGREED, Cast, acting, offered, order_at

ANSWER = {"step": "terms.answer_terms", **ALL_AGREED}


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def order(cast: Cast) -> Order:
    order = order_at(OrderStage.NEGOTIATING, cast)
    offered(order, cast)
    return order


@pytest.fixture
def link(order: Order) -> Link:
    return Link.objects.latest("pk")


def state() -> tuple[int, int, list[str], list[str]]:
    """All that a customer's step could have changed."""
    stages = list(Order.objects.order_by("pk").values_list("stage", flat=True))
    sheets = list(TermSheet.objects.order_by("pk").values_list("state", flat=True))
    return Record.objects.count(), ItemAnswer.objects.count(), stages, sheets


def refused(client: Client, link: Link, given: dict[str, str], status: int, *sentences: str) -> None:
    """The answer says so, with whom to ask; nothing changed, and the try is on the link's list."""
    before, tried = state(), Visit.objects.filter(link=link, what=Visit.REFUSED).count()
    answer = client.post(f"/p/{link.token}/", given)
    assert answer.status_code == status
    text = answer.content.decode()
    for sentence in (*sentences, "如有疑问，请联系张晓月（家居事业部）"):
        assert sentence in text
    assert state() == before
    assert Visit.objects.filter(link=link, what=Visit.REFUSED).count() == tried + 1


def test_sending_twice_agrees_once(order: Order, link: Link) -> None:
    client = Client()
    assert client.post(f"/p/{link.token}/", ANSWER).status_code == 302
    refused(client, link, ANSWER, 409, "您刚才的提交未作任何更改", "您已于")


def test_going_back_after_agreeing_and_asking_changes_nothing(order: Order, link: Link) -> None:
    client = Client()
    client.post(f"/p/{link.token}/", ANSWER)
    question = ANSWER | {"price": "question", "price_words": "能否便宜些"}
    refused(client, link, question, 409, "您刚才的提交未作任何更改", "如需变更，请联系我们")
    assert "能否便宜些" not in client.get(f"/p/{link.token}/").content.decode()


def test_a_form_that_stood_open_while_the_terms_were_taken_back_does_nothing(
    order: Order, link: Link, cast: Cast
) -> None:
    client = Client()
    assert client.get(f"/p/{link.token}/").status_code == 200
    dispatch("terms.revise_terms", acting(cast.taker), {"reason": "改日期"}, subject=order)
    refused(client, link, ANSWER, 410, "这条链接已于", "请使用我们发给您的最新链接")


def test_a_form_of_an_outdated_version_does_nothing(order: Order, link: Link, cast: Cast) -> None:
    dispatch("terms.revise_terms", acting(cast.taker), {"reason": "改日期"}, subject=order)
    offered(Order.objects.get(pk=order.pk), cast, deliver_on="2026-10-08")
    # However it came about: a link that still leads somewhere, about a version that counts no longer.
    Link.objects.filter(pk=link.pk).update(revoked_at=None)
    refused(Client(), link, ANSWER, 409, "您刚才的提交未作任何更改", "最新")


def test_a_link_for_something_else_does_not_do_it(order: Order, cast: Cast) -> None:
    dispatch("portal.share_order", acting(cast.taker), {}, subject=Order.objects.get(pk=order.pk))
    refused(Client(), Link.objects.latest("pk"), ANSWER, 409, "这条链接不能办理此事")


def test_what_the_portal_says_itself_cant_be_said_by_the_form(order: Order, link: Link, cast: Cast) -> None:
    other = order_at(OrderStage.NEGOTIATING, cast, "K2")
    foreign = offered(other, cast, deliver_on="2026-10-08")
    given = ANSWER | {"content_hash": foreign.content_hash, "link": "999", "address": "1.1.1.1", "device": "x"}
    answer = Client().post(f"/p/{link.token}/", given)
    assert answer.status_code == 302
    assert Order.objects.get(pk=other.pk).stage == OrderStage.NEGOTIATING
    assert Order.objects.get(pk=order.pk).stage == OrderStage.AGREED
    assert Visit.objects.get(what=Visit.ACTED).address == "127.0.0.1"


def test_a_field_that_isnt_there_is_named_and_nothing_is_answered(order: Order, link: Link) -> None:
    refused(Client(), link, ANSWER | {"total": "1.00"}, 422, "没有这个字段")


def test_a_paper_of_another_order_isnt_behind_the_link(order: Order, link: Link, cast: Cast) -> None:
    offered(order_at(OrderStage.NEGOTIATING, cast, "K2"), cast)
    foreign = Document.objects.exclude(order=order).get(kind="term_sheet")
    answer = Client().get(f"/p/{link.token}/files/{foreign.sha256}/")
    assert answer.status_code == 404
    assert "没有这份文件" in answer.content.decode()
    assert Visit.objects.get(link=link).what == Visit.REFUSED


def test_a_browser_that_takes_no_cookies_is_told_so_and_changes_nothing(order: Order, link: Link) -> None:
    client = Client(enforce_csrf_checks=True)
    refused(client, link, ANSWER, 403, "未作任何更改", "请允许本页使用 Cookie")
    unknown = client.post("/p/x/", ANSWER)
    assert unknown.status_code == 404
    assert client.post("/accounts/login/", {}).status_code == 403


def test_a_customer_whom_nobody_took_on_any_more_asks_the_department(order: Order, link: Link, cast: Cast) -> None:
    type(cast.taker).objects.filter(pk=cast.taker.pk).update(is_active=False)
    text = Client().get(f"/p/{link.token}/").content.decode()
    assert "如有疑问，请联系家居事业部。" in text
    assert "s1001@example.com" not in text
