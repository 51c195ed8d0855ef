"""The four key terms: begun from the order, offered, asked about, agreed, frozen (2.3.1, 1.3.2)."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.core.terms import ITEMS
from jiedan.documents import filing, signing
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.models import Attempt, Deadline, Record
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.models import Link, Visit
from jiedan.terms import agreeing, papers
from jiedan.terms.models import ItemAnswer, Talk, TermSheet
from jiedan.terms.shown import changes
from jiedan.terms.wording import rows
from tests.cast import ALL_AGREED, FRIDAY, TERMS, Cast, acting, logged_in, offered, order_at
from tests.every_action.examples import filed

STEP = {"step": "terms.answer_terms"}


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def order(cast: Cast) -> Order:
    return order_at(OrderStage.NEGOTIATING, cast)


def link_of(order: Order) -> Link:
    return Link.objects.get(order=order, purpose="terms", revoked_at=None)


def path(link: Link) -> str:
    return f"/p/{link.token}/"


def sent(order: Order, **more: str) -> Any:
    return Client().post(path(link_of(order)), STEP | ALL_AGREED | more, HTTP_USER_AGENT="phone")


def stage(order: Order) -> str:
    return Order.objects.get(pk=order.pk).stage


def test_a_sheet_begins_with_what_the_order_says(order: Order) -> None:
    sheet = papers.begun(order, FRIDAY)
    assert sheet.pk is None
    (line,) = sheet.draft["lines"]
    assert (line["name"], line["quantity"], line["unit_price"]) == ("北欧落地灯", 2, "199.00")
    assert sheet.draft["payment"] == [{"when": "prepaid", "amount": "398.00", "days": 0, "note": ""}]


def test_two_people_who_write_at_once_lose_nothing(order: Order, cast: Cast) -> None:
    first = papers.save(order, acting(cast.taker), {"delivery": "快递"}, 0, FRIDAY)
    assert first.saves == 1
    with pytest.raises(Refused) as refused:
        papers.save(order, acting(cast.head), {"delivery": "自提"}, 0, FRIDAY)
    assert refused.value.code == "paper_changed"
    assert "张晓月" in str(refused.value.sentence)
    same = papers.save(order, acting(cast.head), {"delivery": "快递"}, 0, FRIDAY)
    assert (same.saves, same.draft["delivery"]) == (1, "快递")


def test_what_keeps_a_sheet_from_being_offered_is_named_by_field_and_nothing_is_sent(order: Order, cast: Cast) -> None:
    wrong = {"deliver_on": "2026-09-01", "payment": [{"when": "on_order", "amount": "1.00"}]}
    papers.save(order, acting(cast.taker), wrong, None, FRIDAY)
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        dispatch("terms.offer_terms", acting(cast.taker), {}, subject=order)
    assert sorted(refused.value.fields) == ["acceptance", "deliver_on", "delivery", "payment", "requirements"]
    assert "398.00" in refused.value.fields["payment"][0]
    assert (Record.objects.count(), Link.objects.count(), Document.objects.filter(kind="term_sheet").count()) == (
        before, 0, 0,
    )  # fmt: skip


def test_offered_terms_are_frozen_on_file_signed_and_behind_a_link(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    assert sheet.content.deliver_on == date(2026, 9, 30)
    assert sheet.content.total == Decimal("398.00")
    paper = Document.objects.get(order=order, kind="term_sheet")
    assert signing.verify(filing.content(paper)).state == "valid"
    link = link_of(order)
    assert (link.about, link.expires_at - link.issued_at) == (sheet.content_hash, timedelta(days=14))
    with pytest.raises(Refused) as refused:
        papers.save(order, acting(cast.taker), {"delivery": "自提"}, None, FRIDAY)
    assert refused.value.code == "offered"
    assert Attempt.objects.get().code == "offered"


def test_the_customer_reads_the_same_terms_as_staff(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    theirs = Client().get(path(link_of(order))).content.decode()
    ours = logged_in(cast.taker).get(f"/orders/{order.ref}/terms/").content.decode()
    for found in rows(sheet.content).values():
        for title, text in found:
            assert title in theirs
            assert title in ours
            assert text in theirs, text
            assert text in ours, text


def test_a_customer_who_agrees_to_all_four_has_agreed_the_terms(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    answer = sent(order)
    assert answer.status_code == 302
    assert stage(order) == OrderStage.AGREED
    sheet.refresh_from_db()
    assert (sheet.state, sheet.how, agreeing.confirmed_by(sheet)) == (TermSheet.AGREED, "portal", "欧阳青")
    assert "欧阳青".encode() not in bytes(sheet.confirmed_by)
    assert sorted(sheet.answers.values_list("item", "verdict")) == sorted((item, "agree") for item in ITEMS)
    record = Record.objects.get(action="terms.answer_terms")
    body = json.loads(record.body)
    assert (body["actor"], body["actor_number"], body["role"], body["channel"]) == (
        None,
        "customer",
        "customer",
        "portal",
    )
    assert body["facts"]["content_hash"] == sheet.content_hash
    assert not {"name", "address", "device"} & set(body["facts"])
    visit = Visit.objects.get(what="acted")
    assert (visit.detail, visit.address, visit.device) == ("terms.answer_terms", "127.0.0.1", "phone")
    assert Deadline.objects.get(name="agree_terms").status == "kept"
    assert Document.objects.filter(order=order, kind="term_sheet").count() == 2
    page = Client().get(path(link_of(order)))
    assert page.status_code == 200
    assert "您已于" in page.content.decode()


def test_agreed_terms_can_not_be_answered_again(order: Order, cast: Cast) -> None:
    offered(order, cast)
    sent(order)
    again = sent(order)
    assert again.status_code == 409
    assert Record.objects.filter(action="terms.answer_terms").count() == 1
    assert Visit.objects.filter(what="refused").count() == 1


def test_a_question_keeps_the_negotiation_open_and_reaches_staff(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    assert sent(order, delivery="question", delivery_words="能提前到二十五日吗？").status_code == 302
    assert stage(order) == OrderStage.NEGOTIATING
    assert Deadline.objects.get(name="agree_terms").status == "running"
    assert sheet.answers.get(item="delivery").words == "能提前到二十五日吗？"
    page = logged_in(cast.taker).get(f"/orders/{order.ref}/terms/").content.decode()
    assert "能提前到二十五日吗？" in page
    assert "客户有疑问" in page


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"price": "question"}, "price_words"),
        ({"name": ""}, "name"),
        ({"consent": ""}, "consent"),
        ({"payment": "perhaps"}, "payment"),
    ],
)
def test_an_answer_that_isnt_whole_names_its_field_and_changes_nothing(
    order: Order, cast: Cast, more: dict[str, str], field: str
) -> None:
    offered(order, cast)
    given = {name: value for name, value in (STEP | ALL_AGREED | more).items() if value}
    answer = Client().post(path(link_of(order)), given)
    assert answer.status_code == 422
    assert list(answer.context["errors"]) == [field]
    assert (stage(order), ItemAnswer.objects.count()) == (OrderStage.NEGOTIATING, 0)


def test_taken_back_terms_are_answered_no_more_and_what_was_agreed_of_them_stays_known(
    order: Order, cast: Cast
) -> None:
    offered(order, cast)
    sent(order, price="question", price_words="便宜些")
    old = link_of(order)
    dispatch("terms.revise_terms", acting(cast.taker), {"reason": "客户还价"}, subject=order)
    late = Client().post(path(old), STEP | ALL_AGREED)
    assert late.status_code == 410
    assert (stage(order), ItemAnswer.objects.count()) == (OrderStage.NEGOTIATING, 4)
    assert Visit.objects.filter(link=old, what="refused").count() == 1
    dispatch_offer_with(order, cast, {"discount": "8.00", "payment": [{"when": "prepaid", "amount": "390.00"}]})
    page = Client().get(path(link_of(order))).content.decode()
    assert "较上一版有变更" in page
    assert "¥398.00" in page
    assert "¥390.00" in page
    newest = TermSheet.objects.get(state=TermSheet.OFFERED)
    assert newest.number == 2
    assert [item for item, found in changes(TermSheet.objects.get(number=1).content, newest.content).items() if found] == [
        "price", "payment",
    ]  # fmt: skip


def dispatch_offer_with(order: Order, cast: Cast, changed: dict[str, Any]) -> None:
    papers.save(order, acting(cast.taker), changed, None, FRIDAY)
    dispatch("terms.offer_terms", acting(cast.taker), {}, subject=order)


def test_a_customer_who_confirms_an_outdated_version_confirms_nothing(order: Order, cast: Cast) -> None:
    offered(order, cast)
    link = link_of(order)
    behind = {"link": link.pk, "content_hash": "0" * 64, "address": "10.0.0.7", "device": "phone"}
    with pytest.raises(Refused) as refused:
        dispatch("terms.answer_terms", links.customer(order), ALL_AGREED | behind, subject=order, channel="portal")
    assert refused.value.code == "terms_outdated"
    assert (stage(order), ItemAnswer.objects.count()) == (OrderStage.NEGOTIATING, 0)
    attempt = Attempt.objects.get()
    assert (attempt.staff_id, attempt.channel, attempt.code) == (None, "portal", "terms_outdated")


def test_staff_record_a_confirmation_only_with_the_customers_approval_on_file(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    given = {"content_hash": sheet.content_hash, "how": "phone", "name": "欧阳青", "words": "都同意"}
    with pytest.raises(Refused) as refused:
        dispatch("terms.record_confirmation", acting(cast.taker), given, subject=order)
    assert "客户确认凭证" in str(refused.value.sentence)
    link = link_of(order)
    approval = filed("customer_approval", "录音摘要.txt", "客户来电确认全部条款")
    dispatch("documents.attach_document", acting(cast.taker), approval, subject=order)
    dispatch("terms.record_confirmation", acting(cast.taker), given, subject=order)
    sheet.refresh_from_db()
    assert (stage(order), sheet.how, agreeing.confirmed_by(sheet)) == (OrderStage.AGREED, "phone", "欧阳青")
    assert Client().get(path(link)).status_code == 410


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, []),
        ({"contract_wanted": True}, ["wanted"]),
        (
            {
                "lines": [{"name": "全屋灯光改造", "kind": "service", "quantity": 1, "unit_price": "12000.00"}],
                "payment": [{"when": "on_signing", "amount": "12000.00"}],
            },
            ["amount", "service", "new_customer"],
        ),
    ],
)
def test_whether_a_contract_is_needed_is_decided_with_the_terms_and_said_why(
    order: Order, cast: Cast, changed: dict[str, Any], reasons: list[str]
) -> None:
    sheet = offered(order, cast, **changed)
    assert sheet.contract_reasons == reasons
    sent(order)
    assert Order.objects.get(pk=order.pk).needs_contract is bool(reasons)


def test_what_the_platform_says_of_agreed_terms_is_told_and_never_taken_over(cast: Cast) -> None:
    from jiedan.acquisition.intake import take_in
    from jiedan.acquisition.models import ChangeNotice
    from tests.cast import incoming

    order = order_at(OrderStage.AGREED, cast)
    take_in(incoming(buyer_remark="改为周末送货"))
    notice = ChangeNotice.objects.get(state=ChangeNotice.PENDING)
    given = {"content_hash": notice.content_hash, "reason": "客户同意"}
    with pytest.raises(Refused):
        dispatch("acquisition.take_over_change", acting(cast.head), given, subject=order)
    dispatch("acquisition.reject_change", acting(cast.head), given, subject=order)
    assert Order.objects.get(pk=order.pk).buyer_remark == ""


def test_the_log_keeps_what_was_said_and_leaves_the_orders_version_alone(order: Order, cast: Cast) -> None:
    version = Order.objects.get(pk=order.pk).version
    given = {"channel": "phone", "said": "客户希望月底前送到", "open_points": "运费谁付", "next_on": "2026-09-21"}
    dispatch("terms.log_negotiation", acting(cast.taker), given, subject=order)
    talk = Talk.objects.get()
    assert (talk.said, talk.open_points, talk.next_on, talk.by_id) == (
        "客户希望月底前送到", "运费谁付", date(2026, 9, 21), cast.taker.pk,
    )  # fmt: skip
    assert Order.objects.get(pk=order.pk).version == version
    assert "运费谁付" in logged_in(cast.head).get(f"/orders/{order.ref}/terms/").content.decode()


def test_the_time_to_agree_begins_when_the_order_is_taken_on(order: Order) -> None:
    row = Deadline.objects.get(subject_id=order.pk, name="agree_terms")
    assert (row.status, row.clause) == ("running", "2.3.1")


def test_the_form_saves_without_a_script_and_offers(order: Order, cast: Cast) -> None:
    client = logged_in(cast.taker)
    page = client.get(f"/orders/{order.ref}/terms/sheet/")
    assert page.status_code == 200
    form = {
        **TERMS, "version": "0", "lines.0.name": "北欧落地灯", "lines.0.kind": "product", "lines.0.quantity": "2",
        "lines.0.unit_price": "199.00", "lines.0.discount": "", "lines.1.name": "", "freight": "12.00", "tax": "",
        "discount": "", "payment.0.when": "on_order", "payment.0.amount": "410.00", "payment.0.days": "",
    }  # fmt: skip
    wrong = client.post(f"/orders/{order.ref}/terms/sheet/", form | {"go": "offer", "freight": "zwölf"})
    assert wrong.status_code == 422
    assert "zwölf" in wrong.content.decode()
    assert TermSheet.objects.count() == 0
    done = client.post(f"/orders/{order.ref}/terms/sheet/", form | {"go": "offer"})
    assert done.status_code == 302
    assert TermSheet.objects.get().content.total == Decimal("410.00")


def test_a_program_reads_and_writes_the_same_sheet(order: Order, cast: Cast) -> None:
    head = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(cast.taker)}"}
    address = f"/api/v1/orders/{order.ref}/terms"
    saved = Client().patch(address, json.dumps(TERMS | {"version": 0}), content_type="application/json", **head)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    stale = Client().patch(
        address, json.dumps({"delivery": "自提", "version": 0}), content_type="application/json", **head
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "paper_changed")
    dispatch("terms.offer_terms", acting(cast.taker), {}, subject=order)
    found = Client().get(address, **head).json()
    assert found["draft"] is None
    assert found["versions"][0]["terms"]["delivery"]["deliver_on"] == "2026-09-30"


def test_a_renewed_link_asks_about_the_same_terms(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    first = link_of(order)
    dispatch("portal.renew_link", acting(cast.taker), {"link": first.pk}, subject=order)
    assert link_of(order).about == sheet.content_hash
    with clock.at(FRIDAY + timedelta(days=1)):
        assert Client().get(path(first)).status_code == 410
        assert sent(order).status_code == 302
