"""What the company can do and has: the catalogue with its stock, and equipment (clauses 2.2.1, 3.2.1, 3.2.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiedan.core.availability import Outage as OutOfOrder
from jiedan.core.lifecycle import EquipmentStage, ItemStage
from jiedan.orders.models import Yuan
from jiedan.people.models import Department, Skill, Staff
from jiedan.people.subject import Subject


class Item(Subject):
    """Something that the company sells or does, known by its code and by those that platforms give it (ItemCode).

    `department` answers for it, `also` do it too. `minutes` is the standard working time for one unit, spent by somebody
    with each of the `skills`; `equipment` the kind of equipment that is used meanwhile. `on_hand` is the stock, written
    by steps alone; None for what was never counted, or is no goods.
    """

    KIND = "item"
    PREFIX = "ML"
    FOLDER = "resources"
    API_FOLDER = "catalogue"
    WITH = ("department",)

    PRODUCT, SERVICE = "product", "service"

    code = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=[(PRODUCT, "goods"), (SERVICE, "service")])
    category = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=10)
    list_price = Yuan(null=True)
    lead_days = models.PositiveSmallIntegerField(null=True)
    """Working days from the agreed terms to delivery, as a rule."""
    minutes = models.PositiveIntegerField(default=0)
    equipment = models.CharField(max_length=40, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="items")
    also = models.ManyToManyField(Department, related_name="items_too")
    skills = models.ManyToManyField(Skill, related_name="items")
    on_hand = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(stage__in=list(ItemStage)), name="item_stage_known"),
            models.CheckConstraint(condition=Q(kind="product") | Q(on_hand=None), name="only_goods_are_stocked"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemCode(models.Model):
    """A code that orders' lines name an item by, as their SKU: its own one, or that of a platform (clause 2.2.1)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=128, unique=True)

    def __str__(self) -> str:
        return self.code


class StockChange(models.Model):
    """One change of an item's stock, by a step; added, never changed (clause 3.2.2)."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="stock_changes")
    counted = models.BooleanField()
    """Whether somebody counted; otherwise so much came or went."""
    change = models.IntegerField()
    balance = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.change:+d} = {self.balance}"


class Equipment(Subject):
    """A tool, vehicle or machine that work needs, with the times at which it is out of order."""

    KIND = "equipment"
    PREFIX = "SB"
    FOLDER = "equipment"
    WITH = ("department",)

    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="equipment")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(stage__in=list(EquipmentStage)), name="equipment_stage_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "kind"], name="equipment_dept_kind")
        ]

    def __str__(self) -> str:
        return self.name


class Outage(models.Model):
    """From when to when a piece can't be used, both days included; without an end until further notice (clause 3.2.2)."""

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="outages")
    since = models.DateField()
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="outage_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.equipment_id}: {self.since} – {self.until}"

    @property
    def span(self) -> OutOfOrder:
        """The days, as the rules know them."""
        return OutOfOrder(self.since, self.until)
