"""The workbench says what comes next to whoever may do it, and costs the same however much waits (2.3.1 to 2.3.3)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiedan.contract.models import Contract
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from jiedan.portal.links import customer
from jiedan.portal.models import Link
from jiedan.screens.next_steps import next_steps
from tests.cast import FRIDAY, SIGNATURE, Cast, acting, contract_to, listing_at, logged_in, offered, order_at, received


def told(staff: Staff) -> list[str]:
    return [step.title for step in next_steps(acting(staff))]


def behind(order: Order) -> dict[str, object]:
    link = Link.objects.filter(order=order).latest("pk")
    return {"link": link.pk, "content_hash": link.about, "address": "10.0.0.7", "device": "phone"}


def wanting_contract(cast: Cast) -> Order:
    order = order_at(OrderStage.NEGOTIATING, cast)
    offered(order, cast, contract_wanted=True)
    agreed = dict.fromkeys(("requirements", "delivery", "price", "payment"), "agree") | {"name": "欧", "consent": "on"}
    dispatch("terms.answer_terms", customer(order), agreed | behind(order), subject=order, channel="portal")
    return Order.objects.get(pk=order.pk)


def test_terms_are_to_be_written_then_wait_for_the_customer_then_are_to_be_answered(cast: Cast) -> None:
    order = order_at(OrderStage.NEGOTIATING, cast)
    assert told(cast.taker) == ["拟定并发出条款"]
    offered(order, cast)
    assert told(cast.taker) == []
    asked = {
        **dict.fromkeys(("requirements", "delivery", "payment"), "agree"), "price": "question",
        "price_words": "能便宜些吗？", "name": "欧", "consent": "on",
    }  # fmt: skip
    dispatch("terms.answer_terms", customer(order), asked | behind(order), subject=order, channel="portal")
    assert told(cast.taker) == ["客户对条款有疑问：请答复"]
    assert told(cast.outsider) == told(cast.supervisor) == told(cast.executor) == []


def test_each_point_of_a_contract_is_with_whoever_takes_it_on(cast: Cast) -> None:
    order = wanting_contract(cast)
    assert told(cast.taker) == ["起草合同"]
    row = contract_to(Contract.SUBMITTED, order, cast)
    assert told(cast.taker) == []
    assert told(cast.head) == ["审查合同"]
    row.authors = [cast.head.pk]
    row.save()
    assert told(cast.head) == []
    row.authors = [cast.taker.pk]
    row.save()
    seen = {"content_hash": row.content_hash}
    ticked = dict.fromkeys(("lawful", "definite", "unambiguous", "complete", "as_agreed"), True)
    dispatch("contract.review_contract", acting(cast.head), {**seen, "verdict": "pass", **ticked}, subject=order)
    assert told(cast.taker) == ["将合同发给客户"]
    dispatch("contract.send_contract", acting(cast.taker), seen, subject=order)
    assert told(cast.taker) == []
    remark = {"topic": "dispute", "words": "请改为杭州仲裁。"}
    dispatch("contract.remark_on_contract", customer(order), remark | behind(order), subject=order, channel="portal")
    assert told(cast.taker) == ["客户对合同提出意见：请答复"]
    dispatch("contract.sign_contract", customer(order), SIGNATURE | behind(order), subject=order, channel="portal")
    assert (told(cast.taker), told(cast.head)) == ([], ["客户已签署：请代表公司签署"])
    dispatch("contract.countersign_contract", acting(cast.head), seen, subject=order)
    assert told(cast.taker) == ["录入确认订单"]
    dispatch("confirmation.confirm_order", acting(cast.taker), {}, subject=order)
    assert told(cast.taker) == []


def test_a_contract_that_came_back_says_so_and_an_order_without_one_is_entered(cast: Cast) -> None:
    order = wanting_contract(cast)
    row = contract_to(Contract.SUBMITTED, order, cast)
    back = {"content_hash": row.content_hash, "verdict": "return", "words": "补充验收标准"}
    dispatch("contract.review_contract", acting(cast.head), back, subject=order)
    assert told(cast.taker) == ["合同审阅后退回：请修改"]
    Order.objects.filter(pk=order.pk).update(needs_contract=False)
    assert told(cast.taker) == ["录入确认订单"]


def test_every_next_step_leads_to_a_page_where_it_can_be_done(cast: Cast) -> None:
    order_at(OrderStage.NEGOTIATING, cast)
    order_at(OrderStage.AGREED, cast, "K2")
    order_at(OrderStage.SIGNED, cast, "K3")
    steps = next_steps(acting(cast.taker))
    assert len(steps) == 3
    page = logged_in(cast.taker).get("/").content.decode()
    for step in steps:
        assert f'href="{step.address}"' in page
        assert logged_in(cast.taker).get(step.address).status_code == 200


def test_the_most_urgent_come_first_and_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = [order_at(OrderStage.NEGOTIATING, cast, f"K{number}") for number in range(3)]
    for days, order in zip((3, 1, 2), refs, strict=True):
        Order.objects.filter(pk=order.pk).update(due_at=FRIDAY + timedelta(days=days))
    assert [step.order for step in next_steps(acting(cast.taker))] == [refs[1], refs[2], refs[0]]
    monkeypatch.setattr("jiedan.screens.next_steps.SHOWN", 2)
    assert [step.order for step in next_steps(acting(cast.taker))] == [refs[1], refs[2]]


def figures(staff: Staff) -> list[str]:
    return re.findall(r'class="tile"[^>]*><b>([^<]*)</b>', logged_in(staff).get("/").content.decode())


def test_the_figures_count_what_their_links_show(cast: Cast) -> None:
    for number in range(3):
        received(f"K{number}")
    late = order_at(OrderStage.ACCEPTED, cast, "K9")
    Order.objects.filter(pk=late.pk).update(due_at=FRIDAY - timedelta(hours=1))
    ended = order_at(OrderStage.CANCELLED, cast, "K8")
    Order.objects.filter(pk=ended.pk).update(due_at=FRIDAY - timedelta(hours=1))
    assert figures(cast.taker) == ["3", "1", "5", "1", "0"]
    listed = logged_in(cast.taker).get("/orders/?due=overdue").content.decode()
    assert (late.ref in listed, ended.ref in listed) == (True, False)
    assert figures(cast.outsider) == ["0", "0", "0", "0", "0"]


def test_more_than_so_many_are_not_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    received("K1")
    received("K2")
    monkeypatch.setattr("jiedan.screens.views.workbench.MOST", 2)
    assert figures(cast.taker)[0] == "2+"


def test_the_page_asks_no_more_however_much_waits(cast: Cast) -> None:
    def asked() -> int:
        client = logged_in(cast.taker)
        client.get("/")
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/")
        return len(found)

    for stage in (OrderStage.NEGOTIATING, OrderStage.AGREED, OrderStage.SIGNED, OrderStage.ACCEPTED):
        order_at(stage, cast, f"A{stage}")
    few = asked()
    for number in range(4):
        for stage in (OrderStage.NEGOTIATING, OrderStage.AGREED, OrderStage.SIGNED, OrderStage.ACCEPTED):
            order_at(stage, cast, f"B{stage}{number}")
    assert asked() == few


def test_that_somebody_looked_at_something_is_no_news(cast: Cast) -> None:
    order, listing = received(), listing_at(ListingStage.OPEN, cast)
    for step, subject in (("acquisition.read_order", order), ("acquisition.read_listing", listing)):
        dispatch(step, acting(cast.taker), {}, subject=subject)
    news = re.findall(r'<li><a href="([^"]+)">', logged_in(cast.supervisor).get("/").content.decode())
    assert news.count(f"/orders/{order.ref}/") == 1
    assert news.count(f"/listings/{listing.ref}/") == 1


def test_the_links_of_an_order_are_shown_where_there_are_some_or_one_can_be_made(cast: Cast) -> None:
    page = logged_in(cast.taker)
    order = received()
    assert 'id="portal"' not in page.get(f"/orders/{order.ref}/").content.decode()
    accepted = order_at(OrderStage.ACCEPTED, cast, "K2")
    assert 'id="portal"' in page.get(f"/orders/{accepted.ref}/").content.decode()
