"""Inputs of this room's steps: an item of the catalogue as people and programs send it, a reason, a place."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import DepartmentRef
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.people.models import Department, Skill
from jiedan.resources.models import Item, ItemCode

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2)]
Hours = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=7, decimal_places=2)]
_BETWEEN = str.maketrans("｜、，,;；\n", "|||||||")


class Input(BaseModel):
    """An input that knows exactly its own fields."""

    model_config = ConfigDict(extra="forbid")


class Reason(Input):
    """Why a step is taken."""

    reason: Line = Field(title=gettext_lazy("Reason"))


class Coded(Input):
    """The code by which an item is known."""

    code: Code = Field(
        title=gettext_lazy("Code (SKU)"),
        description=gettext_lazy("The SKU that orders name it by, e.g. 家居/灯具-1001."),
    )


class ItemInput(Input):
    """What is said of an item of the catalogue, besides its code."""

    name: Line = Field(title=gettext_lazy("Goods or service"))
    kind: Literal["product", "service"] = Field("product", title=gettext_lazy("Kind"))
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = Field(
        "", title=gettext_lazy("Category"), description=gettext_lazy("With those above it, e.g. 家居/灯具.")
    )
    unit: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10)] = Field(
        "件", title=gettext_lazy("Unit")
    )
    codes: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = Field(
        "",
        title=gettext_lazy("Codes on platforms"),
        description=gettext_lazy("The SKUs that platforms' orders name it by, separated by |."),
    )
    department: DepartmentRef = Field(title=gettext_lazy("Department that answers for it"))
    also: Words = Field(
        "",
        title=gettext_lazy("Departments that do it too"),
        description=gettext_lazy("Their codes, separated by |, e.g. HOME|SERV."),
    )
    list_price: Money | None = Field(None, title=gettext_lazy("List price (yuan)"))
    lead_days: int | None = Field(None, ge=0, le=366, title=gettext_lazy("Standard lead time (working days)"))
    skills: Words = Field(
        "", title=gettext_lazy("Skills that it needs"), description=gettext_lazy("Separated by |, e.g. 安装|电工.")
    )
    hours: Hours = Field(
        Decimal(0),
        title=gettext_lazy("Standard working hours for one unit"),
        description=gettext_lazy("Of somebody with each of the skills; 0 when it takes nobody's time."),
    )
    equipment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        "", title=gettext_lazy("Kind of equipment that it needs"), description=gettext_lazy("E.g. 登高车.")
    )

    def place(self, ctx: Context) -> Department:
        """The department that answers for it. Raises Invalid, or Forbidden where the person has no say."""
        return department_in_use(self.department, ctx)

    def check(self, item: Item | None = None) -> list[Department]:
        """The other departments that do it, where everything said can be said of the ITEM. Raises Invalid."""
        taken = ItemCode.objects.filter(code__in=parts(self.codes, 128))
        others = (
            taken.exclude(item=item).values_list("code", flat=True) if item else taken.values_list("code", flat=True)
        )
        if names := "、".join(sorted(others)):
            raise wrong("codes", _("Another item is known by %(code)s.") % {"code": names})
        if (self.hours * 60) % 1:
            raise wrong("hours", _("It has to be whole minutes, e.g. 0.25."))
        return self._others()

    def fill(self, item: Item, department: Department) -> None:
        """Put what is said into the item's columns."""
        for name in ("name", "kind", "category", "unit", "list_price", "lead_days", "equipment"):
            setattr(item, name, getattr(self, name))
        item.minutes, item.department = int(self.hours * 60), department

    def _others(self) -> list[Department]:
        codes = parts(self.also)
        found = {row.code: row for row in Department.objects.filter(code__in=codes, is_active=True)}
        missing = [code for code in codes if code not in found]
        if missing:
            raise wrong(
                "also", _("There is no department in use with the code %(code)s.") % {"code": "、".join(missing)}
            )
        return [found[code] for code in codes if found[code].pk != self.department]

    def relate(self, item: Item, others: list[Department]) -> None:
        """Put the departments, skills and codes beside the saved item."""
        codes = {item.code, *parts(self.codes, 128)}
        item.codes.exclude(code__in=codes).delete()
        there = set(item.codes.values_list("code", flat=True))
        try:
            with transaction.atomic():
                ItemCode.objects.bulk_create(ItemCode(item=item, code=code) for code in sorted(codes - there))
        except IntegrityError as error:
            # Somebody gave one of them to another item at this moment; which one, the next look says.
            raise wrong("codes", _("Another item is known by one of these codes since a moment ago.")) from error
        item.also.set(others)
        item.skills.set([Skill.objects.get_or_create(name=name)[0] for name in parts(self.skills)])


def parts(text: str, longest: int = 60) -> list[str]:
    """The words between separators, each once."""
    words = (word.strip()[:longest] for word in text.translate(_BETWEEN).split("|"))
    return list(dict.fromkeys(word for word in words if word))


def wrong(field: str, sentence: str) -> Invalid:
    """The refusal of one field."""
    return Invalid({field: [sentence]}, _("Some fields need to be corrected."))


def department_in_use(key: int, ctx: Context) -> Department:
    """The department, which has to be one of the company's own. Raises Invalid, or Forbidden where the person has no say."""
    found = Department.objects.filter(pk=key, is_active=True).exclude(parent=None).first()
    if found is None:
        raise wrong("department", _("There is no such department in use; choose one from the list."))
    ctx.require_department(found.pk)
    return found


def as_typed(item: Item) -> dict[str, str]:
    """The item as it would be typed."""
    numbers: dict[str, Any] = {"list_price": item.list_price, "lead_days": item.lead_days}
    return {
        **{name: getattr(item, name) for name in ("name", "kind", "category", "unit", "equipment")},
        **{name: "" if number is None else str(number) for name, number in numbers.items()},
        "department": str(item.department_id),
        "codes": "|".join(sorted(row.code for row in item.codes.all() if row.code != item.code)),
        "also": "|".join(sorted(row.code for row in item.also.all())),
        "skills": "|".join(sorted(row.name for row in item.skills.all())),
        "hours": hours_of(item.minutes),
    }


def hours_of(minutes: int) -> str:
    """Minutes as hours, without needless zeros: 90 → 1.5; to the hundredth, for people."""
    return f"{(Decimal(minutes) / 60).quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")
