"""What company and customer agree on: requirements, delivery time, price, payment (clauses 2.3.1, 1.3.2).

A term sheet is one value: two are the same agreement exactly when their fingerprints are equal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Self

from jiedan.core.canonical import digest
from jiedan.core.faults import Fault
from jiedan.core.money import yuan

ITEMS: Final = ("requirements", "delivery", "price", "payment")
"""The four key terms, agreed one by one."""

KINDS: Final = frozenset({"product", "service", "mixed"})


class When(StrEnum):
    """When an instalment is due."""

    PREPAID = "prepaid"
    """Paid on the platform already."""
    ON_ORDER = "on_order"
    ON_SIGNING = "on_signing"
    BEFORE_DELIVERY = "before_delivery"
    ON_DELIVERY = "on_delivery"
    ON_ACCEPTANCE = "on_acceptance"
    AFTER_ACCEPTANCE = "after_acceptance"
    """So many days after the customer has accepted."""


@dataclass(frozen=True, slots=True)
class Line:
    """A position: goods or a service, how many, at what price; `amount` is what it comes to after its discount."""

    number: int
    sku: str
    name: str
    category: str
    kind: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    amount: Decimal

    def data(self) -> dict[str, Any]:
        """The line as JSON; money as text."""
        return {
            "number": self.number, "sku": self.sku, "name": self.name, "category": self.category, "kind": self.kind,
            "quantity": self.quantity, "unit_price": f"{self.unit_price:.2f}", "discount": f"{self.discount:.2f}",
            "amount": f"{self.amount:.2f}",
        }  # fmt: skip

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a line back."""
        sku, name, category, kind = (str(kept[part]) for part in ("sku", "name", "category", "kind"))
        price, discount, amount = (yuan(kept[part], part) for part in ("unit_price", "discount", "amount"))
        return cls(
            int(kept["number"]), sku, name, category, kind, int(kept["quantity"]), price, discount, amount
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instalment:
    """A payment: how much and when; `days` count only after acceptance."""

    when: When
    amount: Decimal
    days: int = 0
    note: str = ""

    def data(self) -> dict[str, Any]:
        """The instalment as JSON."""
        return {"when": self.when.value, "amount": f"{self.amount:.2f}", "days": self.days, "note": self.note}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read an instalment back."""
        return cls(When(kept["when"]), yuan(kept["amount"]), int(kept.get("days", 0)), str(kept.get("note", "")))


@dataclass(frozen=True, slots=True)
class Terms:
    """A term sheet. Amounts in yuan; `total` is what the customer pays for everything."""

    requirements: str
    acceptance: str
    lines: tuple[Line, ...]
    freight: Decimal
    tax: Decimal
    discount: Decimal
    total: Decimal
    deliver_on: date | None
    delivery: str
    payment: tuple[Instalment, ...]
    payment_note: str = ""

    def data(self) -> dict[str, Any]:
        """The sheet as JSON, item by item; money as text, dates as ISO 8601."""
        return {
            "requirements": {"requirements": self.requirements, "acceptance": self.acceptance},
            "delivery": {
                "deliver_on": None if self.deliver_on is None else self.deliver_on.isoformat(),
                "delivery": self.delivery,
            },
            "price": {
                "lines": [line.data() for line in self.lines],
                **{name: f"{getattr(self, name):.2f}" for name in ("freight", "tax", "discount", "total")},
            },
            "payment": {"payment": [part.data() for part in self.payment], "payment_note": self.payment_note},
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read a sheet back. Raises KeyError or ValueError for what `data` didn't write."""
        needs, delivery, price, payment = (kept[item] for item in ITEMS)
        money = {name: yuan(price[name], name) for name in ("freight", "tax", "discount", "total")}
        return cls(
            requirements=needs["requirements"],
            acceptance=needs["acceptance"],
            lines=tuple(Line.read(line) for line in price["lines"]),
            deliver_on=None if delivery["deliver_on"] is None else date.fromisoformat(delivery["deliver_on"]),
            delivery=delivery["delivery"],
            payment=tuple(Instalment.read(part) for part in payment["payment"]),
            payment_note=payment["payment_note"],
            **money,
        )

    def hash(self) -> str:
        """The fingerprint of the whole sheet: SHA-256, hex."""
        return digest(self.data())

    def item_hash(self, item: str) -> str:
        """The fingerprint of one of ITEMS: agreeing to it is about exactly this content."""
        return digest(self.data()[item])

    @property
    def goods_amount(self) -> Decimal:
        """What the lines come to, before freight, tax and discount."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def faults(terms: Terms, today: date) -> list[Fault]:
    """Everything that keeps the sheet from being offered, by field; TODAY is the company's day."""
    return [*_empty(terms), *_price(terms), *_dates(terms, today), *_payment(terms)]


def _empty(terms: Terms) -> Iterator[Fault]:
    named = {
        "requirements": (terms.requirements, "需求"),
        "acceptance": (terms.acceptance, "验收标准"),
        "delivery": (terms.delivery, "交付方式"),
    }
    for field, (text, place) in named.items():
        if not text.strip():
            yield _fault(field, "empty", ("没有填写", "it is empty"), ("请填写", "fill it in"), place)
    if not terms.lines:
        remedy = ("请至少填写一行", "enter at least one line")
        yield _fault("lines", "empty", ("没有明细", "there are no lines"), remedy, "明细")
    if not terms.payment:
        remedy = ("请写明何时支付多少", "say how much is paid when")
        yield _fault("payment", "empty", ("没有付款约定", "nothing is agreed on payment"), remedy, "付款")


def _price(terms: Terms) -> Iterator[Fault]:
    for at, line in enumerate(terms.lines):
        field, place = f"lines.{at}", f"明细第 {at + 1} 行"
        if not line.name.strip() or line.kind not in KINDS or line.quantity < 1:
            reason = ("名称、类型或数量不对", "its name, kind or quantity is wrong")
            remedy = (
                "请填写名称、商品或服务、不小于 1 的数量",
                "give a name, goods or service, and a quantity of 1 or more",
            )
            yield _fault(field, "bad_line", reason, remedy, place)
        right = line.unit_price * line.quantity - line.discount
        if line.amount != right or min(line.unit_price, line.discount, line.amount) < 0:
            reason = (
                f"单价 × 数量 − 优惠 = {right:.2f}，写的是 {line.amount:.2f}",
                f"price × quantity − discount is {right:.2f}, it says {line.amount:.2f}",
            )
            remedy = ("请改正单价、数量、优惠或金额", "correct price, quantity, discount or amount")
            yield _fault(f"{field}.amount", "line_sum", reason, remedy, f"{place}金额")
    right = terms.goods_amount + terms.freight + terms.tax - terms.discount
    if terms.total != right or min(terms.freight, terms.tax, terms.discount, terms.total) < 0:
        reason = (
            f"明细 + 运费 + 税费 − 优惠 = {right:.2f}，写的是 {terms.total:.2f}",
            f"lines + freight + tax − discount is {right:.2f}, it says {terms.total:.2f}",
        )
        remedy = ("请改正总价或其组成", "correct the total or its parts")
        yield _fault("total", "total_sum", reason, remedy, "总价")


def _dates(terms: Terms, today: date) -> Iterator[Fault]:
    if terms.deliver_on is None:
        reason = ("没有交付日期", "there is no date of delivery")
        yield _fault("deliver_on", "empty", reason, ("请填写日期", "give a date"), "交付日期")
    elif terms.deliver_on < today:
        reason = (f"{terms.deliver_on} 已经过去", f"{terms.deliver_on} is past")
        remedy = ("请与客户约定今天或以后的日期", "agree on today or a later day with the customer")
        yield _fault("deliver_on", "past", reason, remedy, "交付日期")


def _payment(terms: Terms) -> Iterator[Fault]:
    for at, part in enumerate(terms.payment):
        if part.amount <= 0:
            reason = (f"{part.amount:.2f} 不是要支付的金额", f"{part.amount:.2f} is nothing to pay")
            remedy = ("请填写大于零的金额，或删除这一期", "give an amount above zero, or leave the instalment out")
            yield _fault(f"payment.{at}.amount", "not_positive", reason, remedy, f"第 {at + 1} 期金额")
        if part.days < 0 or (part.days == 0) == (part.when is When.AFTER_ACCEPTANCE):
            reason = ("天数与付款时间不符", "the number of days doesn't fit the time of payment")
            remedy = ("只有“验收后若干天”填写天数，且不小于 1", "give days, 1 or more, only for “after acceptance”")
            yield _fault(f"payment.{at}.days", "days", reason, remedy, f"第 {at + 1} 期天数")
    paid = sum((part.amount for part in terms.payment), Decimal("0.00"))
    if terms.payment and paid != terms.total:
        reason = (
            f"各期合计 {paid:.2f}，总价 {terms.total:.2f}",
            f"they come to {paid:.2f}, the total is {terms.total:.2f}",
        )
        remedy = ("请使各期合计等于总价", "let the instalments come to the total")
        yield _fault("payment", "payment_sum", reason, remedy, "付款")


def _fault(field: str, code: str, reason: tuple[str, str], remedy: tuple[str, str], place: str) -> Fault:
    return Fault(field, code, *reason, *remedy, place_zh=place)
