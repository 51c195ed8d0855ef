"""Amounts in capital Chinese numerals, as contracts and receipts write them (支付结算办法, annex 1)."""

from decimal import Decimal
from typing import Final

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def capitals(amount: Decimal) -> str:
    """AMOUNT in yuan, 0 to 999 999 999 999.99, e.g. 人民币壹仟零伍元贰角整. Raises ValueError for what it can't write."""
    fen = amount * 100
    if amount < 0 or fen != fen.to_integral_value() or amount >= Decimal(10) ** 12:
        raise ValueError(f"{amount} can't be written in capital numerals")
    whole, rest = divmod(int(fen), 100)
    jiao, cents = divmod(rest, 10)
    text = f"{_whole(whole)}元" if whole else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif cents and whole:
        text += "零"
    text += f"{DIGITS[cents]}分" if cents else ("整" if text else "零元整")
    return f"人民币{text}"


def _whole(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = gap or bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + _GROUPS[place]
        gap = False
    return text


def _group(number: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            gap = gap or bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[digit] + _PLACES[place]
        gap = False
    return text
