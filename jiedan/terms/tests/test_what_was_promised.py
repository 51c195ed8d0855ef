"""What the customer reads of terms, dates and time limits is what staff read (clauses 1.3.2, 3.4.3)."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localtime

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.core.terms import ITEMS
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Deadline
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.portal.models import Link
from jiedan.terms import papers, wording
from tests.cast import Cast, acting, logged_in, order_at


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def followed(order: Order, cast: Cast) -> str:
    """The page on which the customer follows the order."""
    dispatch("portal.share_order", acting(cast.taker), {}, subject=Order.objects.get(pk=order.pk))
    return said(Link.objects.latest("pk"))


def said(link: Link) -> str:
    return words(Client().get(f"/p/{link.token}/").content.decode())


def words(page: str) -> str:
    """The page's text alone, every run of blanks one blank."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]))


def due(order: Order, name: str) -> str:
    moment = Deadline.objects.get(subject_type="order", subject_id=order.pk, name=name, ended_at=None).due_at
    assert moment is not None
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("stage", [OrderStage.AGREED, OrderStage.CONFIRMED])
def test_all_four_agreed_terms_are_there_word_for_word_as_staff_read_them(stage: OrderStage, cast: Cast) -> None:
    order = order_at(stage, cast)
    sheet = papers.agreed(order)
    assert sheet is not None
    theirs = followed(order, cast)
    ours = words(logged_in(cast.taker).get(f"/orders/{order.ref}/terms/").content.decode())
    rows = wording.rows(sheet.content)
    assert list(rows) == list(ITEMS)
    for item in ITEMS:
        assert wording.item(item) in theirs
        for title, text in rows[item]:
            row = " ".join([title, *(text or "—").split()])
            assert row in theirs, row
            assert row in ours, row
    assert "我们承诺的交付日期： 2026-09-30" in theirs


def test_before_anything_is_agreed_no_terms_and_no_day_stand_there(cast: Cast) -> None:
    text = followed(order_at(OrderStage.NEGOTIATING, cast), cast)
    assert "约定的条款" not in text
    assert "交付日期尚未约定" in text


@pytest.mark.parametrize(
    ("stage", "name", "sentence"),
    [
        (OrderStage.ACCEPTED, "evaluate_order", "我们评估能否承接您的订单"),
        (OrderStage.DECIDING, "decide_order", "我们决定是否承接您的订单"),
        (OrderStage.NEGOTIATING, "agree_terms", "我们与您约定条款"),
        (OrderStage.AGREED, "confirm_order", "我们录入您已确认的订单"),
    ],
)
def test_our_time_limits_stand_there_with_the_times_that_staff_see(
    stage: OrderStage, name: str, sentence: str, cast: Cast
) -> None:
    order = order_at(stage, cast)
    theirs, time = followed(order, cast), due(order, name)
    assert f"{sentence} {time} 前" in theirs
    ours = logged_in(cast.taker).get(f"/orders/{order.ref}/").content.decode()
    assert time in ours


def test_being_late_is_said(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    assert "已超时" not in followed(order, cast)
    row = Deadline.objects.get(subject_id=order.pk, name="evaluate_order")
    assert row.due_at is not None
    link = Link.objects.latest("pk")
    with clock.at(row.due_at - timedelta(seconds=1)):
        assert "已超时" not in said(link)
    with clock.at(row.due_at):
        assert "已超时，我们正在处理" in said(link)


def test_while_a_cancellation_is_asked_for_the_clock_stands_still(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    followed(order, cast)
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    text = said(Link.objects.latest("pk"))
    assert "我们评估能否承接您的订单 暂停计时" in text


def test_what_is_our_own_affair_stands_nowhere(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    text = followed(order, cast)
    assert "预警" not in text
    assert "13812345678" not in text
    assert "欧阳青" not in text
