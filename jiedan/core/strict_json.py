"""One policy for JSON from outside (S-12): what is ambiguous, endless or not text is refused with a reason.

UTF-8 without a byte order mark; no duplicate names; no NaN or Infinity and no number beyond a double's range; whole
numbers within ±2**53; no lone surrogates and no NUL, written or escaped; nesting at most 32 deep. Numbers with a
fraction or an exponent become Decimal.
"""

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn

LARGEST = 2**53
MAX_DEPTH = 32

_NOT_TEXT = re.compile("[\ud800-\udfff\x00]")
_SUSPECT_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NO_BRACKET = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_STRING = re.compile(rb'"[^"]*"')


class JsonRefused(ValueError):
    """JSON that isn't taken. `code` is stable, `reason` says what is wrong, `at` is the character where, if known."""

    def __init__(self, code: str, reason: str, at: int | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.at = at


def loads(data: bytes | str, *, max_depth: int = MAX_DEPTH) -> object:
    """The value in DATA. Raises JsonRefused."""
    raw, text = _decoded(data)
    _check_depth(raw, max_depth)
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        reason = f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise JsonRefused("malformed_json", reason, error.pos) from error
    except RecursionError as error:
        raise _too_deep(max_depth) from error
    if _SUSPECT_ESCAPE.search(raw):
        _check_text(value)
    return value


def _decoded(data: bytes | str) -> tuple[bytes, str]:
    try:
        if isinstance(data, str):
            raw, text = data.encode(), data
        else:
            raw, text = bytes(data), bytes(data).decode()
    except UnicodeDecodeError as error:
        reason = f"The text is not UTF-8: byte {error.start} can't be read."
        raise JsonRefused("not_utf8", reason, error.start) from error
    except UnicodeEncodeError as error:
        raise JsonRefused("bad_character", "The text contains a lone surrogate.", error.start) from error
    if text.startswith("\ufeff"):
        raise JsonRefused("byte_order_mark", "The text begins with a byte order mark; send plain UTF-8.", 0)
    nul = raw.find(b"\0")
    if nul >= 0:
        raise JsonRefused("bad_character", "The text contains a NUL character.", nul)
    return raw, text


def _check_depth(raw: bytes, max_depth: int) -> None:
    # Before parsing, because the parser recurses. Only brackets are kept and the innermost pairs removed again and
    # again, all at the speed of C; what is left over is deeper, or not JSON.
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in raw else raw
    brackets = left = _STRING.sub(b"", plain.translate(None, _NO_BRACKET))
    for _ in range(max_depth):
        if not left:
            return
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    if left and _deepest(brackets, max_depth) > max_depth:
        raise _too_deep(max_depth)


def _deepest(brackets: bytes, enough: int) -> int:
    depth = deepest = 0
    for byte in brackets:
        depth += 1 if byte in b"[{" else -1
        deepest = max(deepest, depth)
        if deepest > enough:
            break
    return deepest


def _check_text(value: object) -> None:
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, str):
            if _NOT_TEXT.search(found):
                raise JsonRefused("bad_character", "A text contains an escaped NUL or a lone surrogate.")
        elif isinstance(found, dict):
            stack += [*found.keys(), *found.values()]
        elif isinstance(found, list):
            stack += found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        shown = twice[:60].encode(errors="replace").decode()
        raise JsonRefused("duplicate_name", f"The name “{shown}” stands twice in one object; send it once.")
    return found


def _whole(text: str) -> int:
    number = int(text) if len(text) <= 17 else LARGEST + 1
    if not -LARGEST <= number <= LARGEST:
        raise JsonRefused("number_out_of_range", f"The number {text[:30]} is beyond ±2**53; send it as text.")
    return number


def _fraction(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= 64 else None
    if number is None or not -324 <= number.adjusted() <= 308:
        raise JsonRefused("number_out_of_range", f"The number {text[:30]} is beyond what a double holds.")
    return number


def _constant(text: str) -> NoReturn:
    raise JsonRefused("not_a_number", f"{text} is no JSON number; leave the field out or send null.")


def _too_deep(max_depth: int) -> JsonRefused:
    return JsonRefused("too_deep", f"The JSON is nested deeper than {max_depth} levels.")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_whole, parse_float=_fraction, parse_constant=_constant)
