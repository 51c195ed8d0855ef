"""Amounts in yuan: decimal, two places, within range; never binary floating point (S-13)."""

import re
from decimal import Decimal

from jiedan.core.faults import Fault, WrongInput
from jiedan.core.quoting import hinted

CENT = Decimal("0.01")
LIMIT = Decimal("99999999999.99")
"""The largest amount, in either direction (a refund or a discount is negative)."""

USUAL = re.compile(r"\d{1,11}\.\d\d", re.ASCII)
"""How amounts mostly look: every one of these is an amount as it stands."""
_PLAIN = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)


class NotMoney(WrongInput):
    """Something that isn't an amount in yuan; its fault has a stable code, the reason and the remedy."""


def yuan(value: object, field: str = "amount") -> Decimal:
    """VALUE (text, int or Decimal) as an amount with two decimals; zeros beyond them are allowed, digits are not.

    FIELD is the name under which a fault is told. Raises NotMoney: not_money (binary floats, separators, currency
    signs, exponents, NaN), too_fine (more than two decimals), out_of_range.
    """
    if type(value) is str and USUAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _not_money(value, field)
    if isinstance(value, Decimal) and value.same_quantum(CENT) and abs(value) <= LIMIT:
        return value or Decimal("0.00")
    text = value.strip() if isinstance(value, str) else f"{value:f}" if isinstance(value, Decimal) else str(value)
    if not _PLAIN.fullmatch(text):
        raise _not_money(value, field)
    number = Decimal(text)
    if abs(number) > LIMIT:
        shown = hinted(text)
        raise NotMoney(
            [_fault(field, "out_of_range", (f"{shown} 超出范围", f"{shown} is out of range"), _RANGE_REMEDY)]
        )
    amount = number.quantize(CENT)
    if amount != number:
        shown = hinted(text)
        reason = (f"{shown} 的小数多于两位", f"{shown} has more than two decimals")
        raise NotMoney([_fault(field, "too_fine", reason, ("请精确到分", "end it with the fen"))])
    return amount or Decimal("0.00")


def format_yuan(amount: Decimal) -> str:
    """¥12,345.60, or -¥0.50."""
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


Texts = tuple[str, str]
_RANGE_REMEDY: Texts = (f"最大为 {LIMIT} 元", f"at most {LIMIT} yuan are possible")


def _fault(field: str, code: str, reason: Texts, remedy: Texts) -> Fault:
    return Fault(field, code, *reason, *remedy)


def _number_or_kind(value: object) -> str:
    return hinted(str(value)) if isinstance(value, bool | int | float | Decimal) else type(value).__name__


def _not_money(value: object, field: str) -> NotMoney:
    shown = repr(hinted(value)) if isinstance(value, str) else _number_or_kind(value)
    reason = (f"{shown} 不是金额", f"{shown} is no amount")
    remedy = (
        "请以文本填写如 128.50 的金额，不带千分位和货币符号",
        "write it as text like 128.50, without separators or currency signs",
    )
    return NotMoney([_fault(field, "not_money", reason, remedy)])
