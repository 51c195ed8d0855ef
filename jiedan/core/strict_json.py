"""One policy for JSON from outside (S-12): what is ambiguous, endless or not text is refused with a reason.

UTF-8 without a byte order mark; no duplicate names; no NaN or Infinity, no number beyond a double's range; whole
numbers within ±2**53; no lone surrogates, no NUL; nesting at most 32 deep. Numbers with a fraction become Decimal.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

LARGEST = 2**53
MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff\x00]")


class JsonRefused(ValueError):
    """JSON that isn't taken; `code` is stable, the message says what is wrong."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def loads(data: bytes | str, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value in DATA. Raises JsonRefused."""
    text = _text(data)
    _check_depth(text, max_depth)
    try:
        value = _DECODER.decode(text)
    except JsonRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonRefused("malformed_json", f"This is not JSON: {error}.") from error
    if "\\u" in text:
        _check_text(value)
    return value


def _text(data: bytes | str) -> str:
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise JsonRefused("not_utf8", f"The text is not UTF-8 (byte {error.start}).") from error
    else:
        text = data
    if text.startswith("\ufeff"):
        raise JsonRefused("byte_order_mark", "The text begins with a byte order mark; send plain UTF-8.")
    if _SURROGATE.search(text):
        raise JsonRefused("bad_character", "The text contains a NUL or a lone surrogate.")
    return text


_DEEPER = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def _check_depth(text: str, max_depth: int) -> None:
    # Before parsing: the parser itself recurses, and a deep enough text would end the process's stack.
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _DEEPER.finditer(text):
        mark = match[0][0]
        if mark in "[{":
            depth += 1
            if depth > max_depth:
                raise JsonRefused("too_deep", f"The JSON is nested deeper than {max_depth} levels.")
        elif mark in "]}":
            depth -= 1


def _check_text(value: Any) -> None:
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, str):
            if _SURROGATE.search(found):
                raise JsonRefused("bad_character", "A text contains a NUL or a lone surrogate.")
        elif isinstance(found, dict):
            stack += [*found.keys(), *found.values()]
        elif isinstance(found, list):
            stack += found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonRefused("duplicate_name", f"The name “{twice[:60]}” stands twice in one object.")
    return found


def _whole(text: str) -> int:
    if len(text) > 17 or not -LARGEST <= int(text) <= LARGEST:
        raise JsonRefused("number_out_of_range", f"The number {text[:30]} is beyond ±2**53; send it as text.")
    return int(text)


def _fraction(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= 64 else None
    if number is None or number.adjusted() > 308 or number.adjusted() < -324:
        raise JsonRefused("number_out_of_range", f"The number {text[:30]} is out of range.")
    return number


def _constant(text: str) -> NoReturn:
    raise JsonRefused("not_a_number", f"{text} is no JSON number.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)
