"""A department's scope as people and programs send it (clause 2.1.1)."""

from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext as _now
from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Money, Reason
from jiedan.acquisition.routing_facts import plain_region
from jiedan.core.fit import Scope
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as _

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
_BETWEEN = str.maketrans("｜、，,;；\n", "|||||||")


class SetScope(Reason):
    """What a department takes on; an empty field doesn't matter to it."""

    department: DepartmentRef = Field(title=_("Department"))
    categories: Words = Field(
        "", title=_("Categories"), description=_("With those below them, e.g. 家居/灯具|服务/安装.")
    )
    skills: Words = Field(
        "", title=_("Skills that speak for it when they are asked for"), description=_("E.g. 安装|电工.")
    )
    price_from: Money | None = Field(None, title=_("Smallest order (yuan)"))
    price_to: Money | None = Field(None, title=_("Largest order (yuan)"))
    lead_days: int | None = Field(None, ge=0, le=366, title=_("Working days that it needs"))
    most_open: int | None = Field(None, ge=1, le=100_000, title=_("Orders that it can have open at once"))
    regions: Words = Field("", title=_("Regions that it serves"), description=_("E.g. 浙江|上海|江苏苏州."))
    refuses: Words = Field("", title=_("What it never takes (words)"), description=_("Such a listing gets no points."))
    based_on: int | None = Field(None, ge=0, le=2**31, title=_("Version that it was made from"))

    def scope(self) -> Scope:
        """The scope. Raises Invalid."""
        if self.price_from is not None and self.price_to is not None and self.price_from > self.price_to:
            problem = _now("The largest order is smaller than the smallest.")
            raise Invalid({"price_to": [problem]}, _now("Some fields need to be corrected."))
        return Scope(
            categories=_parts(self.categories),
            skills=_parts(self.skills),
            price_from=_yuan(self.price_from),
            price_to=_yuan(self.price_to),
            lead_days=self.lead_days,
            most_open=self.most_open,
            regions=tuple(dict.fromkeys(map(plain_region, _parts(self.regions)))),
            refuses=_parts(self.refuses),
        )


def as_typed(scope: Scope) -> dict[str, str]:
    """The scope as it would be typed."""
    words = {name: "|".join(getattr(scope, name)) for name in ("categories", "skills", "regions", "refuses")}
    numbers = {name: getattr(scope, name) for name in ("price_from", "price_to", "lead_days", "most_open")}
    return words | {name: "" if number is None else str(number) for name, number in numbers.items()}


def _parts(text: str) -> tuple[str, ...]:
    parts = (part.strip().strip("/") for part in text.translate(_BETWEEN).split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _yuan(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"))
