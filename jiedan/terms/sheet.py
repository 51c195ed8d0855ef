"""The term sheet as people fill it in: lenient while it is written, whole before it is offered (clause 2.3.1).

What a line comes to, and the total, are worked out and not typed.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from jiedan.core.faults import Fault
from jiedan.core.terms import Instalment, Line, Terms, When, faults
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.kernel.inputs import reasons

ZERO = Decimal("0.00")


def _nothing(given: object) -> object:
    return None if given == "" else given


def _zero(given: object) -> object:
    return "0" if given in ("", None) else given


Blank = BeforeValidator(_nothing)
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2), BeforeValidator(_zero)]


class Part(BaseModel):
    """A part of the sheet that knows exactly its own fields."""

    model_config = ConfigDict(extra="forbid")


class LinePart(Part):
    """A position; what it comes to is worked out."""

    name: Short = Field("", title=gettext_lazy("Goods or service"))
    kind: Literal["product", "service", "mixed"] = Field("product", title=gettext_lazy("Kind"))
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = Field(1, title=gettext_lazy("Quantity"))
    unit_price: Money = Field(ZERO, title=gettext_lazy("Unit price (yuan)"))
    discount: Money = Field(ZERO, title=gettext_lazy("Discount (yuan)"))
    sku: Short = Field("", title=gettext_lazy("Article number"))
    category: Short = Field("", title=gettext_lazy("Category"))

    @property
    def amount(self) -> Decimal:
        """What the position comes to."""
        return self.unit_price * self.quantity - self.discount


class InstalmentPart(Part):
    """A payment."""

    when: Literal[
        "prepaid", "on_order", "on_signing", "before_delivery", "on_delivery", "on_acceptance", "after_acceptance"
    ] = Field("on_order", title=gettext_lazy("When"))
    amount: Money = Field(ZERO, title=gettext_lazy("Amount (yuan)"))
    days: Annotated[int, Field(ge=0, le=3650), BeforeValidator(_zero)] = Field(
        0, title=gettext_lazy("Days after acceptance")
    )
    note: Short = Field("", title=gettext_lazy("Note"))


class Sheet(Part):
    """The whole sheet; everything may be missing while it is a draft."""

    requirements: Words = Field("", title=gettext_lazy("Requirements"))
    acceptance: Words = Field("", title=gettext_lazy("What it is accepted by"))
    deliver_on: Annotated[date | None, Blank] = Field(None, title=gettext_lazy("Day of delivery"))
    delivery: Words = Field("", title=gettext_lazy("How and where it is delivered"))
    lines: Annotated[list[LinePart], Field(max_length=200)] = Field([], title=gettext_lazy("Lines"))
    freight: Money = Field(ZERO, title=gettext_lazy("Freight (yuan)"))
    tax: Money = Field(ZERO, title=gettext_lazy("Tax (yuan)"))
    discount: Money = Field(ZERO, title=gettext_lazy("Discount (yuan)"))
    payment: Annotated[list[InstalmentPart], Field(max_length=24)] = Field([], title=gettext_lazy("Payments"))
    payment_note: Short = Field("", title=gettext_lazy("Note on payment"))
    contract_wanted: bool = Field(False, title=gettext_lazy("The customer wants a contract"))

    @property
    def total(self) -> Decimal:
        """What the customer pays for everything."""
        return sum((line.amount for line in self.lines), ZERO) + self.freight + self.tax - self.discount

    def terms(self) -> Terms:
        """What the sheet comes to."""
        return Terms(
            requirements=self.requirements,
            acceptance=self.acceptance,
            lines=tuple(_line(number, line) for number, line in enumerate(self.lines, start=1)),
            freight=self.freight,
            tax=self.tax,
            discount=self.discount,
            total=self.total,
            deliver_on=self.deliver_on,
            delivery=self.delivery,
            payment=tuple(Instalment(When(part.when), part.amount, part.days, part.note) for part in self.payment),
            payment_note=self.payment_note,
        )


def _line(number: int, line: LinePart) -> Line:
    return Line(
        number,
        line.sku,
        line.name,
        line.category,
        line.kind,
        line.quantity,
        line.unit_price,
        line.discount,
        line.amount,
    )


def merged(draft: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The draft with what is GIVEN in its place, field by field; lists as a whole. Raises Invalid by field."""
    try:
        return Sheet.model_validate({**draft, **given}).model_dump(mode="json")
    except ValidationError as error:
        raise Invalid(reasons(error), _("Some fields need to be corrected.")) from error


def require_whole(sheet: Sheet, today: date) -> Terms:
    """The terms that the sheet comes to. Raises Invalid naming everything that keeps it from being offered."""
    terms = sheet.terms()
    problems: dict[str, list[str]] = {}
    for fault in faults(terms, today):
        problems.setdefault(fault.field, []).append(said(fault))
    if problems:
        raise Invalid(problems, _("The term sheet isn't complete; what is missing is named below."))
    return terms


def said(fault: Fault) -> str:
    """Reason and remedy of a fault, in the reader's language; the place is the field that it stands under."""
    if (get_language() or "").startswith("en"):
        return f"{fault.reason_en}; {fault.remedy_en}."
    return f"{fault.reason_zh}；{fault.remedy_zh}。"
