"""The rows of a file as orders: rows with one order number are lines of one order (clause 2.1.2).

What an order says once may stand in each of its rows or in one of them, but not differently.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from jiedan.acquisition.incoming import ZERO, IncomingLine, IncomingOrder, LineKind, kind_of, tolerance
from jiedan.connectors.skus import category_of, kind_of_category
from jiedan.connectors.spreadsheet import drafts
from jiedan.connectors.spreadsheet.columns import ORDERS, Mapped
from jiedan.connectors.spreadsheet.drafts import Draft, Numbered, Values
from jiedan.connectors.spreadsheet.wrong import WrongCell
from jiedan.core.money import CENT

MOST_LINES = 1000


class Reader:
    """Turns rows into orders, by the columns that a person confirmed."""

    def __init__(self, mapping: Mapped, platform: str, shop: str) -> None:
        self._of_line = drafts.places(ORDERS, mapping, of_line=True)
        self._of_order = drafts.places(ORDERS, mapping)
        self._where = {"platform": platform, "shop": shop}

    def read(self, rows: Sequence[Numbered]) -> Draft:
        """The order in these rows."""
        draft = Draft([index for index, _row in rows])
        given = drafts.values_of(self._of_order, rows, draft)
        draft.external_id = str(given.get("external_id", ""))[:128]
        lines = [self._line(number, row, draft) for number, row in enumerate(rows[:MOST_LINES], start=1)]
        if len(rows) > MOST_LINES:
            draft.reasons.append(_("An order has at most %(most)d lines.") % {"most": MOST_LINES})
        if not draft.external_id and not draft.reasons:
            draft.reasons.append(_told("external_id", _("it is missing")))
        if not draft.reasons:
            self._make(draft, given, [line for line in lines if line is not None])
        return draft

    def _line(self, number: int, row: Numbered, draft: Draft) -> IncomingLine | None:
        before = len(draft.reasons)
        given = drafts.values_of(self._of_line, [row], draft)
        if len(draft.reasons) > before:
            return None
        try:
            return _made_line(number, tuple(given.items()))
        except WrongCell as wrong:
            draft.reasons.append(str(wrong))
        except ValidationError as error:
            draft.reasons += drafts.sentences(ORDERS, error)
        return None

    def _make(self, draft: Draft, given: Values, lines: Sequence[IncomingLine]) -> None:
        try:
            values = self._where | _order(given, lines)
            order = IncomingOrder.model_validate(values)
            if _is_doubtful(given, order, lines):
                why = _("the same row stands there twice; delete one, or say with the total that both count")
                raise WrongCell(_told("name", why))
            draft.content = order
        except WrongCell as wrong:
            draft.reasons.append(str(wrong))
        except ValidationError as error:
            draft.reasons += drafts.sentences(ORDERS, error)


def _told(name: str, why: str) -> str:
    return drafts.told(ORDERS.by_field[name], why)


# A line ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _made_line(number: int, said: tuple[tuple[str, Any], ...]) -> IncomingLine:
    # Kept, because the same goods are sold again and again; what is wrong is never kept.
    given = dict(said)
    quantity, discount = given.get("quantity", 1), given.get("line_discount", ZERO)
    amount, price = given.get("amount"), given.get("unit_price")
    if "name" not in given:
        raise WrongCell(_told("name", _("it is missing")))
    if amount is None and price is None:
        raise WrongCell(_told("amount", _("it is missing, and so is the unit price")))
    if amount is None:
        amount = price * quantity - discount
        if amount < 0:
            raise WrongCell(_told("line_discount", _("it is larger than the line's amount")))
    if price is None:
        price = ((amount + discount) / quantity).quantize(CENT, ROUND_HALF_UP)
    sku = given.get("sku", "")
    category = given.get("category") or category_of(sku)
    values: Values = {
        "number": number, "sku": sku, "name": given["name"], "category": category, "kind": _line_kind(given, category),
        "quantity": quantity, "unit_price": price, "amount": amount,
    }  # fmt: skip
    if discount:
        # What is the default already isn't checked again, which is a good part of the time.
        values["discount"] = discount
    return IncomingLine.model_validate(values)


_KINDS: Mapping[str, LineKind] = {
    "商品": "product", "实物": "product", "产品": "product", "货品": "product", "product": "product", "goods": "product",
    "服务": "service", "service": "service",
}  # fmt: skip


def _line_kind(given: Values, category: str) -> LineKind:
    word = given.get("line_kind")
    if not word:
        return kind_of_category(category)
    found = _KINDS.get(word.casefold())
    if found is None:
        raise WrongCell(_told("line_kind", _("“%(word)s” isn't known; write 商品 or 服务") % {"word": word[:30]}))
    return found


# The order ---------------------------------------------------------------------------------------------------------

_STATUS: Mapping[str, str] = {
    **dict.fromkeys(["已付款", "已支付", "待发货", "买家已付款等待卖家发货", "等待卖家发货", "待接单", "待处理", "待服务", "已发货", "卖家已发货", "已签收", "已完成", "交易成功", "待收货", "paid"], "paid"),
    **dict.fromkeys(["待付款", "未付款", "等待买家付款", "已下单", "placed", "pending", "unpaid"], "placed"),
    **dict.fromkeys(["申请取消", "取消中", "退款中", "申请退款", "cancel_requested"], "cancel_requested"),
    **dict.fromkeys(["已取消", "已关闭", "交易关闭", "取消", "cancelled", "canceled", "closed"], "cancelled"),
}  # fmt: skip
_COPIED = (
    "external_id", "paid_at", "promised_on", "customer_account", "customer_phone", "payment_terms", "requirements",
    "buyer_remark", "seller_remark", "updated_at",
)  # fmt: skip
_OF_RECEIVER = ("name", "phone", "province", "city", "district", "address", "postcode")


def _order(given: Values, lines: Sequence[IncomingLine]) -> Values:
    placed_at = given.get("placed_at") or given.get("paid_at")
    if placed_at is None:
        raise WrongCell(_told("placed_at", _("it is missing")))
    if "receiver_name" not in given:
        raise WrongCell(_told("receiver_name", _("it is missing")))
    values = {name: given[name] for name in _COPIED if name in given}
    if "invoice_title" in given or "taxpayer_no" in given:
        values["invoice"] = {"title": given.get("invoice_title", ""), "taxpayer_no": given.get("taxpayer_no", "")}
    receiver = {name: given[f"receiver_{name}"] for name in _OF_RECEIVER if f"receiver_{name}" in given}
    return {
        **values, **_amounts(given, lines), "placed_at": placed_at, "receiver": receiver, "lines": tuple(lines),
        "kind": kind_of(lines), "status": _status(given),
    }  # fmt: skip


def _is_doubtful(given: Values, order: IncomingOrder, lines: Sequence[IncomingLine]) -> bool:
    """Whether a line stands there twice and nothing in the file says that both are meant."""
    if len(lines) == 1:
        return False
    alike = {line.model_copy(update={"number": 0}).model_dump_json() for line in lines}
    if len(alike) == len(lines):
        return False
    is_summed = "goods_amount" in given or "total" in given
    return not is_summed or (order.discount > 0 and "discount" not in given and "goods_amount" not in given)


def _amounts(given: Values, lines: Sequence[IncomingLine]) -> dict[str, Decimal]:
    """The order's amounts; what the file leaves open follows from the others."""
    counted, allowed = sum((line.amount for line in lines), ZERO), tolerance(len(lines))
    goods = given.get("goods_amount", counted)
    if abs(goods - counted) > allowed:
        why = _("the lines come to %(counted)s, not %(given)s") % {"counted": counted, "given": goods}
        raise WrongCell(_told("goods_amount", why))
    before = goods + given.get("freight", ZERO) + given.get("tax", ZERO)
    total, discount = given.get("total"), given.get("discount")
    if discount is None:
        # Many files tell what was paid, but not what was taken off.
        discount = ZERO if total is None or total >= before else before - total
    if total is None:
        total = before - discount
    if total < 0 or abs(before - discount - total) > allowed:
        why = _("goods, freight and tax less discount come to %(counted)s, not %(given)s") % {
            "counted": before - discount,
            "given": total,
        }
        raise WrongCell(_told("total", why))
    rest = {"freight": given.get("freight"), "tax": given.get("tax"), "discount": discount}
    return {"goods_amount": goods, **{name: value for name, value in rest.items() if value}, "total": total}


def _status(given: Values) -> str:
    word = given.get("status", "")
    found = _STATUS.get("".join(letter for letter in word.casefold() if letter.isalnum() or letter == "_"), "")
    if not word:
        return "paid"
    if not found:
        raise WrongCell(_told("status", _("“%(word)s” isn't known; write 已付款 or 待付款") % {"word": word[:30]}))
    if found == "cancelled":
        why = _(
            "cancelled orders don't come in by file; ask for a cancellation with 申请取消, the department decides on it"
        )
        raise WrongCell(_told("status", why))
    return found
