"""Telephone numbers as people and platforms write them, told alike however they are written (clauses 2.1.2, 6.2.4).

Platforms send 13812345678, +86 138-1234-5678, （0571）8815 7788 转 12, and numbers in front of which only stars stand.
Whoever looks a caller up writes it in yet another way.
"""

import re
import unicodedata
from typing import NamedTuple

from jiedan.core import invisible

SHORTEST, LONGEST = 7, 15
"""Digits of a number (ITU-T E.164 has fifteen at most)."""

_LOOSE = re.compile(r"[\s().\-‐-―]")
_SAID = re.compile(r"(.+?)(?:转|分机|ext\.?|x|,|;|#)\D{0,2}(\d{1,6})", re.IGNORECASE)
_HYPHENED = re.compile(r"((?:(?:\+|00)?86-?)?(?:1\d{2}-?\d{4}-?\d{4}|0\d{2,3}-?\d{7,8}))-(\d{1,6})", re.ASCII)
_ABROAD = re.compile(r"(?:\+|00)86(?=\d{10,11}$)|86(?=1\d{10}$)", re.ASCII)


class Telephone(NamedTuple):
    """A number as it is dialled in China, digits alone, and the extension behind it."""

    number: str
    extension: str = ""


def read(text: str) -> Telephone | None:
    """The number in TEXT; None when it is none, or part of it is hidden."""
    if len(text) == 11 and text.isascii() and text.isdigit():
        return Telephone(text)
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", invisible.removed(text)))
    found = _SAID.fullmatch(plain) or _HYPHENED.fullmatch(plain)
    main, extension = (found[1], found[2]) if found else (plain, "")
    digits = _at_home(_LOOSE.sub("", main))
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        return None
    return Telephone(digits, extension)


def _at_home(digits: str) -> str:
    rest = _ABROAD.sub("", digits, count=1)
    if rest == digits:
        return digits.removeprefix("+")
    # From abroad a landline is dialled without the nought of its area code; a mobile number has eleven digits and a 1.
    is_area_code = rest[0] not in "0148" or (rest.startswith("10") and len(rest) == 10)
    return f"0{rest}" if is_area_code else rest
