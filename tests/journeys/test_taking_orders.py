"""Chapter 2 from end to end over HTTP: as its people would do it, page by page, each logged in as themselves."""

import re

from django.test import Client

from jiedan.acquisition.models import Listing
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.documents import filing, signing
from jiedan.documents.models import Document
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.kinds import MODELS
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from tests.cast import ALL_AGREED, SHEET, TERMS, Cast, acting, listing_at, logged_in


def done(client: Client, address: str, given: dict[str, str] | None = None) -> str:
    """A form that is taken; where it leads."""
    answer = client.post(address, given or {})
    assert answer.status_code == 302, (
        address,
        answer.status_code,
        re.findall(r"alert[^>]*>([^<]+)<", answer.content.decode()),
    )
    return str(answer["Location"])


def flat(sheet: dict[str, object]) -> dict[str, str]:
    """Nested parts as a form sends them."""
    return {
        f"{part}.{name}": str(value)
        for part, found in sheet.items()
        if isinstance(found, dict)
        for name, value in found.items()
    }


def portal_link(client: Client, ref: str) -> str:
    found = re.findall(r'value="[^"]*(/p/[^"]+)"', client.get(f"/orders/{ref}/").content.decode())
    return str(found[0])


def won(cast: Cast, taker: Client) -> Order:
    """A listing claimed, its customer contacted, and made an order."""
    listing = listing_at(ListingStage.OPEN, cast)
    steps = f"/listings/{listing.ref}/do/acquisition"
    done(taker, f"{steps}.claim_listing/")
    contact = {"channel": "phone", "learned": "会议室灯光改造", "next_step": "报价"}
    done(taker, f"{steps}.contact_customer/", contact)
    order = {
        "customer_name": "李雷", "customer_phone": "13900001111", "requirements": "会议室灯光改造，含安装",
        "lines.0.name": "会议室灯光改造", "lines.0.kind": "service", "lines.0.quantity": "1", "lines.0.unit_price": "12000.00",
    }  # fmt: skip
    done(taker, f"{steps}.turn_into_order/", order)
    return Listing.objects.select_related("order").get(pk=listing.pk).order  # type: ignore[return-value]


def evaluated(cast: Cast, taker: Client, order: Order) -> str:
    """Evaluated on the wizard and submitted; the fingerprint that is decided on."""
    rules = {"rules": "majority head+decider+2002", "reason": "三人过半"}
    dispatch(
        "evaluation.set_decision_rules", acting(cast.decider), rules, subject=MODELS["procedure"]._default_manager.get()
    )
    steps = f"/orders/{order.ref}/evaluation"
    questions = {name: SHEET[name] for name in ("scope", "resources", "difficulty")}
    done(taker, f"{steps}/feasibility/", flat(questions) | {"go": "next"})
    risks = {name: SHEET[name] for name in ("credit", "market", "legal", "platform", "delivery")}
    done(taker, f"{steps}/risks/", flat(risks) | {"go": "next"})
    done(taker, f"{steps}/conclusion/", {"recommendation": "take", "next_step": "约定条款", "go": "submit"})
    return Evaluation.objects.get(order=order, state=Evaluation.SUBMITTED).content_hash


def stage(order: Order) -> str:
    return Order.objects.get(pk=order.pk).stage


def test_a_listing_becomes_an_order_that_is_decided_agreed_contracted_and_entered(cast: Cast) -> None:
    taker, head, decider = logged_in(cast.taker), logged_in(cast.head), logged_in(cast.decider)
    customer = Client(HTTP_USER_AGENT="phone")
    order = won(cast, taker)
    steps = f"/orders/{order.ref}/do"
    seen = {"content_hash": evaluated(cast, taker, order)}
    done(head, f"{steps}/evaluation.approve_evaluation/", seen)
    assert stage(order) == OrderStage.DECIDING
    done(decider, f"{steps}/evaluation.approve_evaluation/", seen)
    assert stage(order) == OrderStage.NEGOTIATING
    sheet = {
        **TERMS, "lines.0.name": "会议室灯光改造", "lines.0.kind": "service", "lines.0.quantity": "1",
        "lines.0.unit_price": "12000.00", "payment.0.when": "on_signing", "payment.0.amount": "6000.00",
        "payment.1.when": "after_acceptance", "payment.1.amount": "6000.00", "payment.1.days": "7", "go": "offer",
    }  # fmt: skip
    done(taker, f"/orders/{order.ref}/terms/sheet/", sheet)
    done(
        customer,
        portal_link(taker, order.ref),
        {"step": "terms.answer_terms", **{k: str(v) for k, v in ALL_AGREED.items()}},
    )
    assert stage(order) == OrderStage.AGREED
    done(taker, f"/orders/{order.ref}/contract/draft/", {"go": "submit"})
    contract = {"content_hash": Contract.objects.get(order=order).content_hash}
    ticked = dict.fromkeys(("lawful", "definite", "unambiguous", "complete", "as_agreed"), "on")
    done(head, f"{steps}/contract.review_contract/", contract | ticked | {"verdict": "pass"})
    done(taker, f"{steps}/contract.send_contract/", contract)
    signature = {"step": "contract.sign_contract", "name": "李雷", "consent": "on", "drawn": "M1 1 L200 100"}
    done(customer, portal_link(taker, order.ref), signature)
    done(decider, f"{steps}/contract.countersign_contract/", contract)
    assert stage(order) == OrderStage.SIGNED
    done(taker, f"{steps}/confirmation.confirm_order/")
    entered = Order.objects.get(pk=order.pk)
    assert (entered.stage, f"{entered.total:.2f}") == (OrderStage.CONFIRMED, "12000.00")
    assert set(Deadline.objects.filter(subject_type="order", subject_id=order.pk).values_list("status", flat=True)) == {
        "kept"
    }
    papers = Document.objects.filter(order=order, made_here=True)
    assert sorted(papers.values_list("kind", flat=True)) == [
        "contract_draft", "evaluation_sheet", "signed_contract", "term_sheet", "term_sheet",
    ]  # fmt: skip
    assert {signing.verify(filing.content(paper)).state for paper in papers} == {"valid"}
    clauses = set(Record.objects.filter(subject_type="order", subject_id=order.pk).values_list("clause", flat=True))
    assert {"2.1.2", "2.2.3", "2.3.1", "2.3.2", "2.3.3"} <= clauses
    assert verify_database().ok


def test_an_infeasible_order_is_declined_with_reason_and_the_customer_is_told(cast: Cast) -> None:
    taker, head, decider = logged_in(cast.taker), logged_in(cast.head), logged_in(cast.decider)
    order = won(cast, taker)
    seen = {"content_hash": evaluated(cast, taker, order), "reason": "工期冲突，无法按期完成", "advice": "可改约下月"}
    steps = f"/orders/{order.ref}/do"
    done(head, f"{steps}/evaluation.decline_order/", seen)
    done(decider, f"{steps}/evaluation.decline_order/", seen)
    assert stage(order) == OrderStage.DECLINED
    assert "客户尚未告知" in taker.get(f"/orders/{order.ref}/").content.decode()
    told = {"told_by": "phone", "said": "已电话说明工期冲突，建议改约下月"}
    done(taker, f"{steps}/evaluation.tell_customer/", told)
    assert Evaluation.objects.get(order=order).told_at is not None
    refused = taker.get(f"/orders/{order.ref}/terms/sheet/")
    assert (refused.status_code, refused["Location"]) == (302, f"/orders/{order.ref}/terms/")
    assert verify_database().ok
