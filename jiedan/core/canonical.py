"""Canonical JSON (RFC 8785): equal facts always give equal bytes, so that hashes over them can be compared.

The reference implementation walks in Python. What holds nothing but text, whole numbers, truth values and nothing
comes out of orjson byte for byte alike (a property test holds the two together), many times faster.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
import rfc8785

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
_LARGEST = 2**53 - 1


def canonical(value: Any) -> str:
    """VALUE as canonical JSON text. Raises rfc8785.CanonicalizationError for what JSON can't hold."""
    return plain(value) if _is_plain(value) else rfc8785.dumps(value).decode()


def plain(value: Any) -> str:
    """The canonical text of a value known to hold nothing but text, whole numbers, truth values and nothing, under
    ASCII names: what a pydantic model without floats is as JSON. Others come out wrong.
    """
    return orjson.dumps(value, option=_SORTED).decode()


def digest(value: Any) -> str:
    """SHA-256 over the canonical text of VALUE, hex."""
    return sha256(canonical(value))


def sha256(text: str) -> str:
    """SHA-256 over a text in UTF-8, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_plain(value: object) -> bool:
    return _are_plain((value,))


_SIMPLE = frozenset({str, bool, type(None)})


def _are_plain(items: Iterable[Any]) -> bool:
    for item in items:
        kind = type(item)
        if kind in _SIMPLE:
            continue
        if kind is dict:
            if not (_names_are_plain(item) and _are_plain(item.values())):
                return False
        elif kind is list or kind is tuple:
            if not _are_plain(item):
                return False
        elif kind is int:
            if not -_LARGEST <= item <= _LARGEST:
                return False
        elif not isinstance(item, str):
            return False
    return True


def _names_are_plain(given: dict[Any, object]) -> bool:
    # Beyond ASCII the standard sorts names by UTF-16, Python by code point.
    try:
        return "".join(given).isascii()
    except TypeError:
        return False
