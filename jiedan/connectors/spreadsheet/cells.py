"""What stands in a cell, as what its column asks for; each raises WrongCell with the reason and what would be right."""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from jiedan.connectors.china_time import CHINA
from jiedan.connectors.spreadsheet.wrong import WrongCell
from jiedan.core import invisible
from jiedan.core.money import CENT, LIMIT

EXACT_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; the others it has replaced by zeros."""
_FAILED = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)|(Err|错误)[:：]\d{3}")
"""How a failed formula shows itself; the last in LibreOffice."""
_FAILED_BEGIN = ("#", "E", "错")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d{2,}")
_OPEN = frozenset(("面议", "待定", "不限", "待议", "暂无", "无", "-", "negotiable", "open", "tbd", "n/a"))
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_AMOUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d{1,20})(\.\d{1,10})?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?(?:\.\d+)?|分)?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?()", re.ASCII)
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=CHINA)
_SERIALS = range(36526, 73416)
"""Excel's day numbers of the years 2000 to 2100."""


def is_empty(cell: Any) -> bool:
    """Whether nothing stands there."""
    return cell == "" or cell is None or (isinstance(cell, str) and cell.isspace())


def plain(cell: Any) -> str:
    """The text, on one line at its ends; numbers as they read."""
    if isinstance(cell, str):
        found = cell.strip()
        if found[:1] in _FAILED_BEGIN and _FAILED.fullmatch(found):
            raise WrongCell(_("the formula gives %(found)s; correct it or type the value") % {"found": found})
        if not found.isprintable() and _CONTROL.search(found):
            raise WrongCell(_("it contains control characters; type plain text"))
        return found
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, int) and abs(cell) >= 10**EXACT_DIGITS:
        raise WrongCell(_lost())
    return str(cell)


def ident(cell: Any) -> str:
    """A number that identifies something: text, or a number short enough to be exact."""
    found = invisible.removed(plain(cell))
    if isinstance(cell, float) or _SCIENTIFIC.fullmatch(found):
        raise WrongCell(_lost())
    return found


def amount(cell: Any) -> Decimal:
    """Yuan with two decimals, not negative; ¥, 元, thousands separators and full-width digits are understood."""
    found = _in_range(_number(cell))
    rounded = found.quantize(CENT)
    if rounded != found:
        raise WrongCell(_("%(found)s has more than two decimals; give it to the fen") % {"found": found})
    return rounded


def _in_range(found: Decimal) -> Decimal:
    if not 0 <= found <= LIMIT:
        raise WrongCell(_("%(found)s is out of range; amounts are 0 or more") % {"found": str(found)[:30]})
    return found


def price(cell: Any) -> Decimal:
    """Like an amount, but rounded to the fen: programs divide totals by quantities."""
    return amount(_in_range(_number(cell)).quantize(CENT))


def budget(cell: Any) -> Decimal | None:
    """An amount; 万 behind it is understood, and 面议 says that there is none yet."""
    if not isinstance(cell, str):
        return amount(cell)
    found = unicodedata.normalize("NFKC", plain(cell))
    if found.casefold() in _OPEN:
        return None
    tens = re.fullmatch(r"(?:¥\s*)?(\d{1,6}(?:\.\d{1,6})?)\s*万(?:元)?", found, re.ASCII)
    return amount(found if tens is None else Decimal(tens[1]) * 10_000)


def count(cell: Any) -> int:
    """A whole number from 1 to 1 000 000; 件, 个, 套, 台 behind it are understood."""
    given = re.sub(r"\s*(件|个|套|台|只|pcs)$", "", cell.strip()) if isinstance(cell, str) else cell
    try:
        found = _number(given)
    except WrongCell as wrong:
        why = _("%(found)s is no quantity; a whole number from 1 on is expected") % {"found": str(cell)[:30]}
        raise WrongCell(why) from wrong
    if found != found.to_integral_value() or not 1 <= found <= 1_000_000:
        raise WrongCell(_("%(found)s is no quantity; a whole number from 1 on is expected") % {"found": found})
    return int(found)


def moment(cell: Any) -> datetime:
    """Date and time, China time unless the text says otherwise; Excel's day numbers too."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if (isinstance(cell, float) and not math.isfinite(cell)) or int(cell) not in _SERIALS:
            raise WrongCell(_no_moment(cell))
        return _FIRST_DAY + timedelta(seconds=round(float(cell) * 86400))
    written = plain(cell)
    if len(written) == 19 and written[4] == written[7] == "-" and written[10] in " T" and written.isascii():
        # As spreadsheets and platforms write most of them.
        try:
            made = datetime.fromisoformat(written).replace(tzinfo=CHINA)
        except ValueError:
            made = _FIRST_DAY
        if 2000 <= made.year <= 2100:
            return made
    written = unicodedata.normalize("NFKC", written)
    found = _MOMENT.fullmatch(written) or _COMPACT.fullmatch(written)
    if found is None:
        raise WrongCell(_no_moment(written))
    *parts, zone = found.groups()
    try:
        made = datetime(*(int(part or 0) for part in parts), tzinfo=_zone(zone))  # type: ignore[misc,arg-type] # six numbers
    except ValueError as error:
        raise WrongCell(_no_moment(written)) from error
    if not 2000 <= made.year <= 2100:
        raise WrongCell(_no_moment(written))
    return made


def until(cell: Any) -> datetime:
    """A moment up to which something holds; a day alone counts to its end."""
    found = moment(cell)
    return found if found.timetz().replace(tzinfo=None) != time.min else found + timedelta(days=1, seconds=-1)


def day(cell: Any) -> date:
    """A day; a time behind it doesn't count."""
    return moment(cell).astimezone(CHINA).date()


def _zone(text: str | None) -> Any:
    if not text:
        return CHINA
    if text == "Z":
        return timezone.utc  # noqa: UP017 - timezone is needed below too
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _number(cell: Any) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return Decimal(cell)
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise WrongCell(_("“%(found)s” is no number; type it like 1280.50") % {"found": cell})
        # Binary fractions aren't what was typed: 19.9 stands there as 19.899999999999998579.
        return Decimal(f"{cell:.6f}").normalize() + Decimal(0)
    written = unicodedata.normalize("NFKC", plain(cell))
    found = re.sub(r"^(?:RMB|CNY|¥)\s*|\s*(?:元|RMB|CNY)$", "", written.replace("¥", "¥")).strip()
    if not _AMOUNT.fullmatch(found):
        raise WrongCell(_("“%(found)s” is no number; type it like 1280.50") % {"found": written[:30]})
    return Decimal(found.replace(",", ""))


def _lost() -> str:
    return _("a spreadsheet keeps 15 digits of a number, the rest is lost; format the column as text and type it again")


def _no_moment(found: Any) -> str:
    return _("“%(found)s” is no date between 2000 and 2100; type it like 2026-09-18 17:30") % {"found": str(found)[:30]}
