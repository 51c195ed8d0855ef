"""Amounts in yuan: decimal, two places, within range; never binary floating point (S-13)."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
LIMIT = Decimal("99999999999.99")


class NotMoney(ValueError):
    """Something that isn't an amount in yuan; the message says what is wrong and what would be right."""


def yuan(value: object) -> Decimal:
    """VALUE (text, int or Decimal) as an amount with two decimals. Raises NotMoney."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise NotMoney(f"{value!r} is no amount; write it as text or a decimal number, e.g. 128.50")
    try:
        amount = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise NotMoney(f"“{value}” is no amount; write it like 128.50, without separators or signs") from error
    if not amount.is_finite():
        raise NotMoney(f"“{value}” is no finite amount")
    if abs(amount) > LIMIT:
        raise NotMoney(f"{value} is out of range; at most {LIMIT} yuan are possible")
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    if rounded != amount:
        raise NotMoney(f"{value} has more than two decimals; an amount ends with the fen")
    return rounded


def format_yuan(amount: Decimal) -> str:
    """¥12,345.60."""
    return f"¥{amount:,.2f}"
