"""批量办理: many orders are read on one page and taken one by one, each with its own result (clause 2.1.2)."""

import pytest

from jiedan.acquisition import intake
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import Cast, incoming, logged_in, received

PLACE = "/orders/many/"


def text(answer: object) -> str:
    return answer.content.decode()


def results(answer: object) -> str:
    return text(answer).partition("<tbody>")[2].partition("</tbody>")[0]


def seen(*orders: Order) -> dict[str, object]:
    """What the page that shows these orders sends back."""
    return {"order": [order.ref for order in orders]} | {f"version.{order.ref}": order.version for order in orders}


def test_the_list_offers_marks_and_steps_to_those_who_may_take_them_and_to_nobody_else(cast: Cast) -> None:
    order = received("A")
    shown, other = text(logged_in(cast.taker).get("/orders/")), text(logged_in(cast.supervisor).get("/orders/"))
    assert f'name="order" value="{order.ref}" form="many"' in shown
    assert 'name="step" value="accept"' in shown
    assert order.ref in other
    assert 'form="many"' not in other


def test_the_chosen_orders_are_shown_with_what_was_ordered_before_anything_is_done(cast: Cast) -> None:
    order, before = received("A"), Record.objects.count()
    page = text(logged_in(cast.taker).get(PLACE, {"step": "accept", "order": [order.ref]}))
    assert order.lines.get().name in page
    assert f'name="version.{order.ref}" value="{order.version}"' in page
    assert Record.objects.count() == before


def test_each_is_accepted_for_itself_and_what_cant_be_is_named_with_its_reason(cast: Cast) -> None:
    first, second, accepted = (received(name) for name in "ABC")
    logged_in(cast.taker).post(f"/orders/{accepted.ref}/do/acquisition.accept_order/")
    page = text(logged_in(cast.taker).post(PLACE, seen(first, second, accepted) | {"step": "accept"}))
    assert "完成：2 条" in page
    assert "已被他人修改" in page
    found = {order.pk: order.stage for order in Order.objects.all()}
    assert (found[first.pk], found[second.pk]) == (OrderStage.ACCEPTED, OrderStage.ACCEPTED)
    codes = list(Record.objects.filter(subject_id=first.pk, subject_type="order").values_list("action", flat=True))
    assert codes[-1] == "acquisition.accept_order"
    assert Record.objects.filter(subject_id=accepted.pk, action="acquisition.accept_order").count() == 1


def test_an_order_that_the_platform_changed_since_it_was_shown_is_not_accepted_unread(cast: Cast) -> None:
    order = received("A")
    sent = seen(order) | {"step": "accept"}
    intake.take_in(incoming("A", buyer_remark="改送新地址"))
    page = text(logged_in(cast.taker).post(PLACE, sent))
    assert order.ref in page
    assert "未完成：1 条" in page
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED


def test_a_transfer_without_its_reason_shows_the_orders_again_and_gives_nothing_away(cast: Cast) -> None:
    order, before = received("A"), Record.objects.count()
    sent = seen(order) | {"step": "transfer", "department": cast.service.pk}
    answer = logged_in(cast.taker).post(PLACE, sent)
    assert (answer.status_code, Record.objects.count()) == (422, before)
    assert f'value="{order.ref}"' in text(answer)
    assert "此项必填" in text(answer)
    answer = logged_in(cast.taker).post(PLACE, sent | {"reason": "属于服务类"})
    assert Order.objects.get(pk=order.pk).department == cast.service
    assert "完成：1 条" in text(answer)


def test_others_orders_are_left_out_of_the_page_and_refused_like_absent_ones(cast: Cast) -> None:
    order, before = received("A"), Record.objects.count()
    client = logged_in(cast.other_head)
    shown = text(client.get(PLACE, {"step": "accept", "order": [order.ref]}))
    assert order.lines.get().name not in shown
    assert f"version.{order.ref}" not in shown
    foreign = results(client.post(PLACE, seen(order) | {"step": "accept"})).replace(order.ref, "?")
    absent = results(client.post(PLACE, {"step": "accept", "order": ["JD260918999999"]})).replace("JD260918999999", "?")
    assert foreign == absent
    assert (Order.objects.get(pk=order.pk).stage, Record.objects.count()) == (OrderStage.ROUTED, before)


@pytest.mark.parametrize("sent", [{}, {"step": "accept"}, {"step": "cancel", "order": ["JD260918000001"]}])
def test_without_orders_or_a_step_that_can_be_taken_on_many_a_sentence_says_so(
    cast: Cast, sent: dict[str, object]
) -> None:
    answer = logged_in(cast.taker).post(PLACE, sent)
    assert answer.status_code == 422
    assert "请先在列表中勾选订单" in text(answer)
