"""The confirmed order is the agreed terms carried over: complete, right, and on record (2.3.3)."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jiedan.confirmation.checking import carried, checks
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.offers import offers
from jiedan.orders.models import Order
from jiedan.portal.links import customer
from jiedan.portal.models import Link
from jiedan.terms.models import TermSheet
from tests.cast import ALL_AGREED, FRIDAY, Cast, acting, logged_in, offered, order_at

CONFIRM = "confirmation.confirm_order"
TWO_LINES: dict[str, Any] = {
    "lines": [
        {
            "name": "北欧落地灯",
            "kind": "product",
            "quantity": 3,
            "unit_price": "190.00",
            "sku": "S1",
            "category": "家居/灯具",
        },
        {"name": "上门安装", "kind": "service", "quantity": 1, "unit_price": "80.00"},
    ],
    "freight": "12.00",
    "discount": "2.00",
    "payment": [
        {"when": "on_order", "amount": "160.00"},
        {"when": "after_acceptance", "amount": "500.00", "days": 7, "note": "对公转账"},
    ],
}


def agreed(cast: Cast, **changed: object) -> Order:
    order = order_at(OrderStage.NEGOTIATING, cast)
    sheet = offered(order, cast, **changed)
    behind = {"link": Link.objects.get(purpose="terms").pk, "content_hash": sheet.content_hash}
    evidence = {"address": "10.0.0.7", "device": "phone"}
    dispatch("terms.answer_terms", customer(order), ALL_AGREED | behind | evidence, subject=order, channel="portal")
    return Order.objects.get(pk=order.pk)


def test_the_step_that_moves_an_agreed_order_on_is_offered_before_what_mends_its_clocks(cast: Cast) -> None:
    order = agreed(cast)
    found = [offer.action.code for offer in offers(order, acting(cast.head), FRIDAY) if offer.possible]
    assert found[0] == CONFIRM
    assert found.index("acquisition.rebase_deadlines") < found.index("acquisition.cancel_order")
    order = order_at(OrderStage.ROUTED, cast, "K2")
    found = [offer.action.code for offer in offers(order, acting(cast.head), FRIDAY) if offer.possible]
    assert found[0] == "acquisition.accept_order"


def test_the_order_becomes_what_was_agreed_and_the_record_says_what_differed(cast: Cast) -> None:
    order = agreed(cast, **TWO_LINES)
    assert Deadline.objects.get(name="confirm_order").status == "running"
    done = dispatch(CONFIRM, acting(cast.taker), {}, subject=order)
    order = Order.objects.get(pk=order.pk)
    assert (order.stage, order.total, order.freight, order.discount, order.kind) == (
        OrderStage.CONFIRMED, Decimal("660.00"), Decimal("12.00"), Decimal("2.00"), "mixed",
    )  # fmt: skip
    assert (order.promised_on, order.requirements) == (date(2026, 9, 30), "落地灯两盏，暖光")
    assert order.payment_terms == "下单时 ¥160.00；验收后 7 天 ¥500.00（对公转账）"
    lines = order.lines.order_by("number").values_list("number", "name", "kind", "quantity", "amount")
    assert list(lines) == [
        (1, "北欧落地灯", "product", 3, Decimal("570.00")),
        (2, "上门安装", "service", 1, Decimal("80.00")),
    ]
    facts = json.loads(done.record.body)["facts"]
    assert facts["content_hash"] == TermSheet.objects.get().content_hash
    assert facts["differs"]["total"] == ["398.00", "660.00"]
    assert facts["differs"]["promised_on"] == [None, "2026-09-30"]
    assert facts["differs"]["lines"] == [
        "北欧落地灯 × 2 = 398.00", "北欧落地灯 × 3 = 570.00; 上门安装 × 1 = 80.00",
    ]  # fmt: skip
    assert "tax" not in facts["differs"]
    assert Deadline.objects.get(name="confirm_order").status == "kept"


def test_what_is_the_same_is_not_said_to_differ(cast: Cast) -> None:
    order = agreed(cast)
    done = dispatch(CONFIRM, acting(cast.head), {}, subject=order)
    assert set(json.loads(done.record.body)["facts"]["differs"]) == {"requirements", "promised_on", "payment_terms"}


def test_without_the_contract_that_it_needs_an_order_is_not_entered(cast: Cast) -> None:
    order = agreed(cast, contract_wanted=True)
    before = Record.objects.count()
    with pytest.raises(Refused) as refused:
        dispatch(CONFIRM, acting(cast.taker), {}, subject=order)
    assert "须签订合同" in str(refused.value.sentence)
    assert (Order.objects.get(pk=order.pk).stage, Record.objects.count()) == (OrderStage.AGREED, before)
    assert not Deadline.objects.filter(name="confirm_order").exists()


def test_terms_that_were_damaged_name_the_field_and_nothing_is_saved(cast: Cast) -> None:
    order = agreed(cast)
    sheet = TermSheet.objects.get()
    sheet.terms["price"]["total"] = "1.00"
    sheet.save()
    with pytest.raises(Invalid) as refused:
        dispatch(CONFIRM, acting(cast.taker), {}, subject=order)
    assert sorted(refused.value.fields) == ["payment", "total"]
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.stage, fresh.total) == (OrderStage.AGREED, Decimal("398.00"))
    page = logged_in(cast.taker).post(f"/orders/{order.ref}/do/{CONFIRM}/", {})
    assert page.status_code == 422
    assert "写的是 1.00" in page.content.decode()


def test_the_page_shows_beforehand_what_will_be_entered_and_that_it_is_complete(cast: Cast) -> None:
    order = agreed(cast, **TWO_LINES)
    assert [(check.title, check.wrong) for check in checks(order)] == [
        (title, []) for title in ("订单号", "客户", "要求", "交付时间", "价格", "付款")
    ]
    page = logged_in(cast.taker).get(f"/orders/{order.ref}/").content.decode()
    assert "确认订单录入" in page
    assert "¥660.00" in page
    assert "录入后订单将作如下更新" in page
    assert [(row.title, row.before, row.now) for row in carried(order)] == [
        ("明细合计", "¥398.00", "¥650.00"),
        ("运费", "¥0.00", "¥12.00"),
        ("优惠", "¥0.00", "¥2.00"),
        ("合计", "¥398.00", "¥660.00"),
        ("要求", "—", "落地灯两盏，暖光"),
        ("交付时间", "—", "2026-09-30"),
        ("付款", "—", "下单时 ¥160.00；验收后 7 天 ¥500.00（对公转账）"),
        ("类型", "商品", "商品与服务"),
        ("订单明细", "北欧落地灯 × 2 = 398.00", "北欧落地灯 × 3 = 570.00; 上门安装 × 1 = 80.00"),
    ]
    assert (Order.objects.get(pk=order.pk).total, Record.objects.filter(action=CONFIRM).count()) == (398, 0)


def test_what_is_entered_is_what_was_shown_before_the_click(cast: Cast) -> None:
    order = agreed(cast, **TWO_LINES)
    said = [row.title for row in carried(order)]
    done = dispatch(CONFIRM, acting(cast.taker), {}, subject=order)
    assert len(json.loads(done.record.body)["facts"]["differs"]) == len(said)
    assert carried(Order.objects.get(pk=order.pk)) == []


def test_others_dont_enter_it(cast: Cast) -> None:
    order = agreed(cast)
    for staff in (cast.executor, cast.supervisor, cast.outsider):
        with pytest.raises(Forbidden):
            dispatch(CONFIRM, acting(staff), {}, subject=order)
