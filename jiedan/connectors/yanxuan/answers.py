"""What we tell a distributor of an order (the channel's OrderOut). The receiver comes back masked (P-01)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.connectors import china_time
from jiedan.connectors.yanxuan.parse import PLATFORM
from jiedan.core.lifecycle import OrderStage
from jiedan.core.masking import mask_name, mask_phone
from jiedan.orders import access
from jiedan.orders.models import Order

_STATUS = {
    OrderStage.CANCELLING: "CANCELLING",
    OrderStage.CANCELLED: "KF_CANCEL",
    OrderStage.DECLINED: "KF_CANCEL",
}


class Placed(Protocol):
    """What an order tells of itself, whether it has just arrived or is kept."""

    @property
    def external_id(self) -> str: ...
    @property
    def placed_at(self) -> datetime: ...
    @property
    def paid_at(self) -> datetime | None: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def freight(self) -> Decimal: ...
    @property
    def payment_terms(self) -> str: ...


class Line(Protocol):
    """A position."""

    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def amount(self) -> Decimal: ...


def arrived(order: IncomingOrder, stage: str) -> dict[str, Any]:
    """The answer about an order that has just been made of ORDER and stands in STAGE."""
    return _out(order, order.lines, mask_name(order.receiver.name), mask_phone(order.receiver.phone), stage)


def kept(shop: str, external_id: str) -> dict[str, Any] | None:
    """The answer about the order of this shop with this number; None when there is none."""
    order = access.numbered(Order, PLATFORM, shop, [external_id]).first()
    if order is None:
        return None
    lines = order.lines.order_by("number")
    return _out(order, lines, order.receiver_masked, order.phone_masked, order.stage)


def _out(order: Placed, lines: Iterable[Line], receiver: str, phone: str, stage: str) -> dict[str, Any]:
    return {
        "orderId": order.external_id,
        "orderStatus": _STATUS.get(OrderStage(stage), "PAYED"),
        "submitTime": china_time.stamp(order.placed_at),
        "payTime": None if order.paid_at is None else china_time.stamp(order.paid_at),
        "receiverName": receiver,
        "receiverMobile": phone,
        "realPrice": str(order.total),
        "expFee": str(order.freight),
        "payMethod": order.payment_terms,
        "orderSkus": [_sku(line) for line in lines],
        "orderPackages": [],
    }


def _sku(line: Line) -> dict[str, Any]:
    return {
        "skuId": line.sku,
        "productName": line.name,
        "saleCount": line.quantity,
        "originPrice": str(line.unit_price),
        "subtotalAmount": str(line.amount),
    }
