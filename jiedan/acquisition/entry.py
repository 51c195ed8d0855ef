"""Inputs of this chapter's steps that more than one of them uses, and the order entered by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver
from jiedan.acquisition.models import Listing
from jiedan.acquisition.queries import routed
from jiedan.acquisition.scopes import FAR, Judge, score_of
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import DepartmentRef, LocalDatetime
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.orders import access
from jiedan.people.models import Department
from jiedan.resources.queries import codes_of

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2)]


class Input(BaseModel):
    """An input that knows exactly its own fields."""

    model_config = ConfigDict(extra="forbid")


class Reason(Input):
    """Why a step is taken."""

    reason: Line = Field(title=gettext_lazy("Reason"))


class DecidedChange(Reason):
    """What is decided about a change by the platform: which message the person saw, and why so."""

    content_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        title=gettext_lazy("Change (fingerprint of what the platform says)")
    )


class ToDepartment(Input):
    """The department that something goes to, and why."""

    department: DepartmentRef = Field(title=gettext_lazy("Department"))
    reason: Line = Field(title=gettext_lazy("Reason"))

    def other_than(self, present: int) -> Department:
        """The chosen department; it must be in use, a real department and another one. Raises Invalid."""
        found = Department.objects.filter(pk=self.department, is_active=True).first()
        problem = None
        if found is None:
            problem = _("There is no such department in use; choose one from the list.")
        elif found.pk == present:
            problem = _("The order is already there; choose another department.")
        elif found.parent_id is None:
            problem = _("The company itself takes no orders; choose one of its departments.")
        if found is None or problem:
            raise Invalid({"department": [problem or ""]}, _("Some fields need to be corrected."))
        return found


class EnteredLine(Input):
    """A position of an order entered by hand."""

    name: Line = Field(title=gettext_lazy("Goods or service"))
    kind: Literal["product", "service"] = Field("product", title=gettext_lazy("Kind"))
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = Field(
        "", title=gettext_lazy("Category")
    )
    quantity: int = Field(1, ge=1, le=1_000_000, title=gettext_lazy("Quantity"))
    unit_price: Money = Field(title=gettext_lazy("Unit price (yuan)"))


class WonOrder(Input):
    """Everything that has to be known of an order but its department; of one that was a listing that is known."""

    customer_name: Line = Field(title=gettext_lazy("Customer"))
    customer_phone: Line = Field(title=gettext_lazy("Telephone"))
    province: Annotated[str, StringConstraints(max_length=40)] = Field("", title=gettext_lazy("Province"))
    city: Annotated[str, StringConstraints(max_length=40)] = Field("", title=gettext_lazy("City"))
    district: Annotated[str, StringConstraints(max_length=40)] = Field("", title=gettext_lazy("District"))
    address: Annotated[str, StringConstraints(max_length=200)] = Field("", title=gettext_lazy("Address"))
    promised_on: date | None = Field(None, title=gettext_lazy("Delivery promised for"))
    payment_terms: Annotated[str, StringConstraints(max_length=200)] = Field("", title=gettext_lazy("Payment terms"))
    requirements: Long = Field("", title=gettext_lazy("Requirements"))
    freight: Money = Field(Decimal(0), title=gettext_lazy("Freight (yuan)"))
    discount: Money = Field(Decimal(0), title=gettext_lazy("Discount (yuan)"))
    lines: list[EnteredLine] = Field(min_length=1, max_length=200, title=gettext_lazy("Lines"))

    def as_incoming(self, now: datetime) -> IncomingOrder:
        """The same form in which orders of the platforms arrive."""
        known = codes_of(line.name for line in self.lines)
        lines = [
            _incoming_line(number, line, known.get(line.name, "")) for number, line in enumerate(self.lines, start=1)
        ]
        goods = sum((line.amount for line in lines), Decimal(0))
        if self.discount > goods + self.freight:
            raise Invalid(
                {"discount": [_("The discount is larger than the order.")]}, _("Some fields need to be corrected.")
            )
        kinds = {line.kind for line in lines}
        return IncomingOrder(
            platform="manual",
            shop="manual",
            external_id="",
            kind=kinds.pop() if len(kinds) == 1 else "mixed",
            placed_at=now,
            paid_at=None,
            promised_on=self.promised_on,
            customer_account="",
            customer_phone=self.customer_phone,
            receiver=self._receiver(),
            identity=None,
            lines=tuple(lines),
            goods_amount=goods,
            freight=self.freight,
            tax=Decimal(0),
            discount=self.discount,
            total=goods + self.freight - self.discount,
            payment_terms=self.payment_terms,
            requirements=self.requirements,
            buyer_remark="",
            seller_remark="",
            invoice=None,
            status="paid",
        )

    def _receiver(self) -> Receiver:
        return Receiver(
            name=self.customer_name,
            phone=self.customer_phone,
            province=self.province,
            city=self.city,
            district=self.district,
            address=self.address,
            postcode="",
        )


class _ForDepartment(Input):
    department: DepartmentRef | None = Field(None, title=gettext_lazy("Department (empty: by the routing rules)"))


class EnteredOrder(WonOrder, _ForDepartment):
    """Everything that has to be known of an order that a person enters."""

    def chosen_department(self, ctx: Context) -> Department | None:
        """The department the person chose, if any; it has to be one they may enter orders for."""
        if self.department is None:
            self._authorise_by_rules(ctx)
            return None
        found = ToDepartment(department=self.department, reason="-").other_than(0)
        ctx.require_department(found.pk)
        return found

    def _authorise_by_rules(self, ctx: Context) -> None:
        where = routed(self.as_incoming(ctx.now), ctx.now).department
        if where is not None and ctx.actor.grant(ctx.action.by, where) is not None:
            ctx.require_department(where)


class PostedListing(Input):
    """An order seen on the platform."""

    department: DepartmentRef = Field(title=gettext_lazy("Department"))
    summary: Line = Field(title=gettext_lazy("What is wanted"))
    details: Long = Field("", title=gettext_lazy("Details"))
    category: Annotated[str, StringConstraints(max_length=60)] = Field("", title=gettext_lazy("Category"))
    budget: Money | None = Field(None, title=gettext_lazy("Budget (yuan)"))
    needed_on: date | None = Field(None, title=gettext_lazy("Needed on"))
    valid_until: LocalDatetime | None = Field(None, title=gettext_lazy("Open until"))
    region: Annotated[str, StringConstraints(max_length=120)] = Field("", title=gettext_lazy("Region"))
    external_id: Annotated[str, StringConstraints(max_length=128)] = Field(
        "", title=gettext_lazy("Number on the platform")
    )

    def as_listing(self, ctx: Context) -> Listing:
        """A new, unsaved listing in a department the person works for."""
        ctx.require_department(self.department)
        if self.valid_until is not None and self.valid_until <= ctx.now:
            raise Invalid({"valid_until": [_("That is over already.")]}, _("Some fields need to be corrected."))
        if self.external_id and _is_known(self.external_id):
            raise Invalid(
                {"external_id": [_("This listing is already in the square.")]}, _("Some fields need to be corrected.")
            )
        listing = Listing(
            channel="manual",
            department_id=self.department,
            summary=self.summary,
            details=self.details,
            category=self.category,
            budget=self.budget,
            needed_on=self.needed_on,
            valid_until=self.valid_until,
            external_id=self.external_id,
            region=self.region,
            posted_at=ctx.now,
        )
        listing.score = score_of(Judge.of([self.department], ctx.now).fit(listing))
        return listing


class Contact(Input):
    """How the customer was reached, what was learned, what comes next."""

    channel: Literal["platform", "phone", "mail", "visit"] = Field(title=gettext_lazy("Channel"))
    learned: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] = Field(
        title=gettext_lazy("What was learned")
    )
    next_step: Line = Field(title=gettext_lazy("Next step"))
    next_on: date | None = Field(None, title=gettext_lazy("Next contact on"))

    def put_into(self, listing: Listing, now: datetime) -> None:
        """What comes next stands on the listing; the contact itself is in its record. Raises Invalid."""
        today = localdate(now)
        if self.next_on is not None and not today <= self.next_on <= today + timedelta(days=FAR):
            raise Invalid(
                {"next_on": [_("Give a day from today on, at most a year ahead.")]},
                _("Some fields need to be corrected."),
            )
        listing.next_step, listing.next_on = self.next_step, self.next_on


def _incoming_line(number: int, line: EnteredLine, code: str) -> IncomingLine:
    return IncomingLine(
        number=number,
        sku=code,
        outer_sku="",
        name=line.name,
        category=line.category,
        kind=line.kind,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=Decimal(0),
        amount=line.unit_price * line.quantity,
    )


def _is_known(external_id: str) -> bool:
    # Whoever may see it: a number stands for one listing in the whole company.
    return access.numbered(Listing, "manual", "", [external_id]).exists()
