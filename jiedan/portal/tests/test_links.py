"""/p/<token>/: one purpose for one order, for a time; everything that happens behind it is known."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.models import Link, Visit
from jiedan.portal.progress import PROGRESS
from tests.cast import FRIDAY, Cast, acting, logged_in, order_at

PHONE = "Mozilla/5.0 (iPhone)"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def order(cast: Cast) -> Order:
    return order_at(OrderStage.ACCEPTED, cast)


def shared(order: Order, cast: Cast) -> Link:
    dispatch("portal.share_order", acting(cast.taker), {}, subject=order)
    return Link.objects.latest("pk")


def path(link: Link) -> str:
    return f"/p/{link.token}/"


def seen(link: Link) -> list[tuple[str, str, str]]:
    return list(Visit.objects.filter(link=link).order_by("pk").values_list("what", "address", "device"))


def test_the_customer_sees_what_was_ordered_and_where_it_stands_without_an_account(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    page = Client().get(path(link), HTTP_USER_AGENT=PHONE)
    assert page.status_code == 200
    text = page.content.decode()
    assert "北欧落地灯" in text
    assert "¥398.00" in text
    assert order.ref in text
    assert "已接收" in text
    assert "13812345678" not in text
    assert "欧阳青" not in text
    assert seen(link) == [("looked", "127.0.0.1", PHONE)]


def test_its_answers_are_neither_kept_nor_indexed_nor_told_to_other_sites(order: Order, cast: Cast) -> None:
    page = Client().get(path(shared(order, cast)))
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert (
        "default-src 'none'" in page["Content-Security-Policy"]
        or "object-src 'none'" in page["Content-Security-Policy"]
    )


def test_a_token_is_stored_as_its_fingerprint_and_sealed(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    token = link.token
    assert len(token) == 43
    stored = Link.objects.values().get(pk=link.pk)
    assert token not in str(stored)
    assert token.encode() not in bytes(stored["sealed"])


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t[::-1], lambda _t: "x", lambda _t: "A" * 43]
)
def test_an_altered_token_is_no_link(order: Order, cast: Cast, change: object) -> None:
    link = shared(order, cast)
    page = Client().get(f"/p/{change(link.token)}/")  # type: ignore[operator]
    assert page.status_code == 404
    assert "不是我们发出的链接" in page.content.decode()
    assert seen(link) == []


def test_a_link_ends_with_its_days_and_the_try_is_known(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    assert link.expires_at - link.issued_at == timedelta(days=14)
    with clock.at(link.expires_at - timedelta(seconds=1)):
        assert Client().get(path(link)).status_code == 200
    with clock.at(link.expires_at):
        page = Client().get(path(link))
    assert page.status_code == 410
    assert "已于" in page.content.decode()
    assert "到期" in page.content.decode()
    assert [what for what, _address, _device in seen(link)] == ["looked", "refused"]


def test_a_new_link_of_the_same_purpose_ends_the_one_before(order: Order, cast: Cast) -> None:
    first = shared(order, cast)
    second = shared(order, cast)
    assert Client().get(path(first)).status_code == 410
    assert Client().get(path(second)).status_code == 200


def test_a_revoked_link_leads_nowhere_and_its_reason_stays_with_us(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    given = {"link": link.pk, "reason": "发错了人"}
    done = dispatch("portal.revoke_link", acting(cast.head), given, subject=order)
    page = Client().get(path(link))
    assert page.status_code == 410
    assert "发错了人" not in page.content.decode()
    assert done.record.clause == "6.2.4"
    assert "发错了人" in logged_in(cast.taker).get(f"/orders/{order.ref}/").content.decode()
    with pytest.raises(Refused) as refused:
        dispatch("portal.revoke_link", acting(cast.head), given, subject=order)
    assert "无需收回" in str(refused.value.sentence)


def test_a_renewed_link_shows_the_same_and_only_the_newest_can_be_renewed(order: Order, cast: Cast) -> None:
    first = shared(order, cast)
    dispatch("portal.renew_link", acting(cast.taker), {"link": first.pk}, subject=order)
    second = Link.objects.latest("pk")
    assert (second.purpose, second.about) == (first.purpose, first.about)
    assert Client().get(path(first)).status_code == 410
    assert Client().get(path(second)).status_code == 200
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        dispatch("portal.renew_link", acting(cast.taker), {"link": first.pk}, subject=order)
    assert list(refused.value.fields) == ["link"]
    assert Record.objects.count() == before


def test_a_link_of_another_order_is_not_ours_to_renew_or_revoke(order: Order, cast: Cast) -> None:
    other = order_at(OrderStage.ACCEPTED, cast, "K2")
    link = shared(other, cast)
    shared(order, cast)
    for code, more in (("portal.renew_link", {}), ("portal.revoke_link", {"reason": "换人"})):
        with pytest.raises(Invalid):
            dispatch(code, acting(cast.taker), {"link": link.pk, **more}, subject=order)
    assert Client().get(path(link)).status_code == 200


def test_a_link_of_a_cancelled_order_says_that_the_order_is_over(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    Order.objects.filter(pk=order.pk).update(stage=OrderStage.CANCELLED)
    page = Client().get(path(link))
    assert page.status_code == 410
    assert "已经结束" in page.content.decode()


def test_a_step_that_the_link_is_not_for_is_refused_and_known(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    before = Record.objects.count()
    page = Client().post(path(link), {"step": "acquisition.cancel_order", "reason": "试试"})
    assert page.status_code == 409
    assert "不能办理此事" in page.content.decode()
    assert Record.objects.count() == before
    assert [what for what, _address, _device in seen(link)] == ["refused"]


def test_a_paper_that_the_link_is_not_for_is_not_there(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    assert Client().get(f"{path(link)}files/{'0' * 64}/").status_code == 404


def test_the_customer_has_no_right_to_a_step_of_ours(order: Order) -> None:
    with pytest.raises(Forbidden):
        dispatch("portal.share_order", links.customer(order), {}, subject=order, channel="portal")


def test_an_address_that_asks_too_often_waits(order: Order, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiedan.portal.views.TIMES", 3)
    link = shared(order, cast)
    with clock.at(FRIDAY):
        answers = [Client().get(path(link)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"
    elsewhere = Client().get(path(link), REMOTE_ADDR="10.0.0.8")
    assert elsewhere.status_code == 200


def test_staff_see_the_address_how_often_it_was_looked_at_and_what_was_tried(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    Client().get(path(link))
    Client().get(path(link))
    Client().post(path(link), {"step": "portal.share_order"})
    text = logged_in(cast.taker).get(f"/orders/{order.ref}/").content.decode()
    assert links.address(link) in text
    assert "查看 2 次" in text
    assert "不能办理此事" in text


def test_when_the_customers_data_are_erased_nobody_gets_in(order: Order, cast: Cast) -> None:
    link = shared(order, cast)
    assert PROGRESS in str(link)
    key = order.customer.key
    key.wrapped = b""
    key.save()
    fresh = Link.objects.get(pk=link.pk)
    assert links.address(fresh) == ""
    assert logged_in(cast.taker).get(f"/orders/{order.ref}/").status_code == 200
