"""Orders, their lines, the customer and the sealed personal data (clauses 1.2, 2.1.2, 6.2.4)."""

from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from jiedan.core.lifecycle import OrderStage
from jiedan.orders import vault
from jiedan.people.models import Department, Staff
from jiedan.people.subject import NoSuchSubject, Subject


class Kind(models.TextChoices):
    """What is ordered: goods, services, or both (clause 1.2)."""

    PRODUCT = "product"
    SERVICE = "service"
    MIXED = "mixed"


class Yuan(models.DecimalField):  # type: ignore[type-arg] # not subscriptable at run time
    """An amount in yuan with two decimals, up to 99 999 999 999.99."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=13, decimal_places=2)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave the fixed precision out of migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: kwargs[key] for key in kwargs if key not in ("max_digits", "decimal_places")}


class DataKey(models.Model):
    """The key of one customer's personal data, sealed by a master key; emptied when the data is to be erased."""

    wrapped = models.BinaryField()
    master = models.CharField(max_length=20)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"data key {self.pk}"

    @classmethod
    def fresh(cls) -> "DataKey":
        """A new unsaved key."""
        return cls(wrapped=vault.wrap(vault.new_key()), master=vault.MASTER)

    def opened(self) -> bytes:
        """The key itself. Raises vault.Unreadable."""
        return vault.unwrap(bytes(self.wrapped), self.master)


class Customer(models.Model):
    """Who orders. Recognised by platform account (blind index); names only masked or sealed."""

    channel = models.CharField(max_length=20)
    account_index = models.CharField(max_length=32)
    name_masked = models.CharField(max_length=60)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT)
    sealed = models.BinaryField()
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account_index", "channel"], name="customer_once_per_channel"),
        ]

    def __str__(self) -> str:
        return self.name_masked


class Order(Subject):
    """An order from its arrival to its end, for goods, services or both."""

    KIND = "order"
    PREFIX = "JD"
    FOLDER = "orders"
    WITH = ("department", "accepted_by", "customer__key")

    channel = models.CharField(max_length=20)
    shop = models.CharField(max_length=60)
    external_id = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="orders")
    routed_by = models.JSONField(default=dict)
    stage_before_cancelling = models.CharField(max_length=24, blank=True)
    cancel_refused = models.BooleanField(default=False)
    """We didn't agree to the cancellation that the platform may go on telling of; it hasn't said otherwise since."""
    accepted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="accepted_orders")
    accepted_at = models.DateTimeField(null=True)
    needs_contract = models.BooleanField(null=True)
    """Known once the terms are agreed (clause 2.3.2)."""

    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    promised_on = models.DateField(null=True)

    summary = models.CharField(max_length=200)
    requirements = models.TextField(blank=True)
    payment_terms = models.CharField(max_length=200, blank=True)
    buyer_remark = models.TextField(blank=True)
    seller_remark = models.TextField(blank=True)

    goods_amount = Yuan()
    freight = Yuan(default=0)
    tax = Yuan(default=0)
    discount = Yuan(default=0)
    total = Yuan()

    receiver_masked = models.CharField(max_length=60, blank=True)
    phone_masked = models.CharField(max_length=30, blank=True)
    region = models.CharField(max_length=120, blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    name_index = models.CharField(max_length=32, blank=True)
    source_hash = models.CharField(max_length=64, blank=True)
    noted_hash = models.CharField(max_length=64, blank=True)
    source_at = models.DateTimeField(null=True)
    """When the platform said the newest that we have heard of it, if its messages tell."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["external_id", "shop", "channel"],
                condition=~Q(external_id=""),
                name="one_order_per_external_id",
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(condition=Q(stage__in=list(OrderStage)), name="order_stage_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("department"), F("stage"), F("due_at"), F("id"), name="order_dept_stage_due"),
            models.Index(F("department"), F("id").desc(), name="order_dept_newest"),
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="order_phone"),
            models.Index(fields=["name_index"], condition=~Q(name_index=""), name="order_name"),
            models.Index(fields=["customer"], name="order_customer"),
            models.Index(
                fields=["department", "accepted_at"], condition=Q(accepted_at__isnull=False), name="order_dept_accepted"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The order number: JD, the day it was received (Shanghai), its running number."""
        return self.ref_of(self.pk, self.received_at)

    @classmethod
    def ref_of(cls, pk: int, received_at: datetime) -> str:
        """The number of the order with this key that was received then."""
        return f"JD{_day(received_at, settings.TIME_ZONE)}{pk:06d}"

    @classmethod
    def pk_of(cls, ref: str) -> int:
        """The key behind an order number. Raises NoSuchSubject."""
        if not ref.startswith("JD") or len(ref) < 14 or not ref[2:].isascii() or not ref[2:].isdigit():
            raise NoSuchSubject(ref)
        return int(ref[8:26])


class OrderLine(models.Model):
    """One position of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=128, blank=True)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    quantity = models.PositiveIntegerField()
    unit_price = Yuan()
    discount = Yuan(default=0)
    amount = Yuan()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "number"], name="line_number_once_per_order"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.name}"


class Contact(models.Model):
    """An order's personal data (receiver, address, identity for customs), sealed with the customer's key."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="contact")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"contact of order {self.order_id}"


@lru_cache(maxsize=256)
def _day(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%y%m%d}"
