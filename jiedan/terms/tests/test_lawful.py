"""What the screening list forbids isn't offered; a platform's word needs a decision maker (clause 1.3.1)."""

import pytest

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid
from jiedan.kernel.models import Procedure, Record
from jiedan.orders.models import Order
from jiedan.portal.models import Link
from jiedan.terms import papers
from jiedan.terms.models import AllowedWord, TermSheet
from tests.cast import FRIDAY, TERMS, Cast, acting, logged_in, order_at

LISTED = "prohibited: 象牙 = 国家重点保护\nplatform: 线下交易 = 不得脱离平台\nprohibited category: 烟草 = 须专营许可"
ALLOW = "terms.allow_word"


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order under negotiation, with a screening list of the company's own in force."""
    listed = {"entries": LISTED, "reason": "更新清单"}
    found = order_at(OrderStage.NEGOTIATING, cast)
    dispatch("evaluation.set_screening", acting(cast.decider), listed, subject=Procedure.objects.get(pk=1))
    return found


def line(**changed: str) -> dict[str, object]:
    return {"name": "北欧落地灯", "quantity": 2, "unit_price": "199.00"} | changed


@pytest.mark.parametrize(
    ("changes", "field", "word"),
    [
        ({"requirements": "灯座镶象 牙"}, "requirements", "象牙"),
        ({"acceptance": "象牙无裂纹"}, "acceptance", "象牙"),
        ({"delivery": "送象牙店"}, "delivery", "象牙"),
        ({"payment_note": "尾款线下交易"}, "payment_note", "线下交易"),
        ({"lines": [line(), line(name="象牙摆件", unit_price="0")]}, "lines.1.name", "象牙"),
        ({"lines": [line(category="烟草/卷烟")]}, "lines.0.category", "烟草"),
        ({"payment": [{"when": "on_order", "amount": "398.00", "note": "线下交易"}]}, "payment.0.note", "线下交易"),
    ],
)
def test_terms_with_a_listed_word_arent_offered_and_the_word_is_named_with_its_note(
    order: Order, cast: Cast, changes: dict[str, object], field: str, word: str
) -> None:
    papers.save(order, acting(cast.taker), {**TERMS, **changes}, None, FRIDAY)
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        dispatch("terms.offer_terms", acting(cast.taker), {}, subject=order)
    assert list(refused.value.fields) == [field]
    assert refused.value.fields[field][0].startswith(f"“{word}”在筛查清单中")
    assert (Record.objects.count(), TermSheet.objects.get().state, Link.objects.count()) == (before, "draft", 0)


def test_the_form_says_it_beside_the_field(order: Order, cast: Cast) -> None:
    papers.save(order, acting(cast.taker), {**TERMS, "requirements": "灯座镶象牙"}, None, FRIDAY)
    given = {"version": "1", "go": "offer", **TERMS, "requirements": "灯座镶象牙"}
    given |= {f"lines.0.{name}": value for name, value in line().items()}
    given |= {"payment.0.when": "on_order", "payment.0.amount": "398.00"}
    page = logged_in(cast.taker).post(f"/orders/{order.ref}/terms/sheet/", given)
    assert page.status_code == 422
    assert "属于禁止经营（国家重点保护），请删除；不得与客户约定。" in page.content.decode()


def test_a_decision_maker_allows_a_platforms_word_with_a_reason_and_it_stands_on_record(
    order: Order, cast: Cast
) -> None:
    papers.save(order, acting(cast.taker), {**TERMS, "payment_note": "尾款线下交易"}, None, FRIDAY)
    given = {"word": "线下交易", "reason": "平台已书面同意对公转账"}
    for who in (cast.taker, cast.head):
        with pytest.raises(Forbidden):
            dispatch(ALLOW, acting(who), given, subject=order)
    with pytest.raises(Invalid) as silent:
        dispatch(ALLOW, acting(cast.decider), {"word": "线下交易", "reason": ""}, subject=order)
    assert list(silent.value.fields) == ["reason"]
    assert not AllowedWord.objects.exists()
    done = dispatch(ALLOW, acting(cast.decider), given, subject=order)
    assert "平台已书面同意对公转账" in done.record.body
    dispatch("terms.offer_terms", acting(cast.taker), {}, subject=order)
    page = logged_in(cast.head).get(f"/orders/{order.ref}/terms/").content.decode()
    assert "平台已书面同意对公转账" in page
    assert f"/do/{ALLOW}/" not in page
    assert f"/do/{ALLOW}/" in logged_in(cast.decider).get(f"/orders/{order.ref}/terms/").content.decode()


def test_what_is_prohibited_cant_be_allowed_by_anybody(order: Order, cast: Cast) -> None:
    for word in ("象牙", "天气"):
        with pytest.raises(Invalid) as refused:
            dispatch(ALLOW, acting(cast.decider), {"word": word, "reason": "客户坚持"}, subject=order)
        assert list(refused.value.fields) == ["word"]
    assert not AllowedWord.objects.exists()


def test_a_word_that_is_allowed_in_one_order_isnt_in_another(order: Order, cast: Cast) -> None:
    dispatch(ALLOW, acting(cast.decider), {"word": "线下交易", "reason": "已获同意"}, subject=order)
    other = order_at(OrderStage.NEGOTIATING, cast, "K2")
    papers.save(other, acting(cast.taker), {**TERMS, "payment_note": "线下交易"}, None, FRIDAY)
    with pytest.raises(Invalid):
        dispatch("terms.offer_terms", acting(cast.taker), {}, subject=other)
