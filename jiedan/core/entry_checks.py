"""Whether a confirmed order may be entered: complete, adding up, and equal to what was agreed and signed (clause 2.3.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jiedan.core import terms as agreed_terms
from jiedan.core.faults import Fault
from jiedan.core.terms import ITEMS, Terms

_ITEM_NAMES = {
    "requirements": ("需求", "requirements"),
    "delivery": ("交付时间", "delivery time"),
    "price": ("价格", "price"),
    "payment": ("付款条件", "payment terms"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be entered, with everything that it has to agree with. Days are the company's."""

    number: str
    customer: str
    placed_on: date
    agreed_on: date
    terms: Terms
    contract_needed: bool
    contract: Terms | None = None
    """The terms that the signed contract was drawn from; None while there is no signed contract."""
    signed_on: date | None = None


def faults(entry: Entry) -> list[Fault]:
    """Everything that keeps the order from being entered, by field.

    The day of delivery has to follow the agreement. That it passed while nobody entered the order is our own delay,
    which the clocks show; it isn't mended by refusing the entry.
    """
    return [
        *_identity(entry),
        *agreed_terms.faults(entry.terms, entry.agreed_on),
        *_order_of_dates(entry),
        *_contract(entry),
    ]


def _identity(entry: Entry) -> Iterator[Fault]:
    for field, value, place in (("number", entry.number, "订单号"), ("customer", entry.customer, "客户")):
        if not value.strip():
            yield Fault(
                field,
                "empty",
                "没有填写",
                "it is missing",
                "请补全后再录入",
                "complete it, then enter the order",
                place,
            )


def _order_of_dates(entry: Entry) -> Iterator[Fault]:
    steps = [
        ("agreed_on", "约定日期", "it was agreed", entry.agreed_on),
        ("signed_on", "签约日期", "the contract was signed", entry.signed_on),
    ]
    before, name, name_en = entry.placed_on, "下单日期", "it was placed"
    for field, place, english, day in steps:
        if day is None:
            continue
        if day < before:
            yield Fault(
                field, "dates_out_of_order",
                f"{place} {day} 早于{name} {before}", f"{english} on {day}, before {name_en} on {before}",
                "请核对日期；约定的日期只能通过变更修改", "check the dates; agreed ones change only by a change request",
                place,
            )  # fmt: skip
        before, name, name_en = day, place, english


def _contract(entry: Entry) -> Iterator[Fault]:
    if entry.contract is None:
        if entry.contract_needed:
            yield Fault(
                "contract", "missing", "本订单需要合同，尚未签署", "this order needs a contract and none is signed",
                "请先完成合同签署", "have it signed first", "合同",
            )  # fmt: skip
        return
    for item in ITEMS:
        if entry.contract.item_hash(item) != entry.terms.item_hash(item):
            zh, en = _ITEM_NAMES[item]
            yield Fault(
                f"contract.{item}", "contract_differs",
                f"合同中的{zh}与约定条款不一致", f"the contract's {en} isn't what was agreed",
                "请按约定条款重新签署合同", "have the contract signed anew with the agreed terms", f"合同{zh}",
            )  # fmt: skip
