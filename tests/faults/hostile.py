"""Bad input by the thousand: texts that are almost JSON, and orders in which one thing is wrong.

Deterministic: the same seed gives the same inputs. Each is a name that says what was done, and bytes.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

Bad = tuple[str, bytes]
_HOLE = '"\x1ahole\x1a"'

NOT_JSON = (
    b"", b" ", b"\x00", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"\xff", b"\xe9", b"\xed\xa0\x80", b"null", b"true",
    b"false", b"0", b"-0", b"1e400", b"-1e400", b"NaN", b"Infinity", b"-Infinity", b'"text"', b'""', b"[]", b"{}",
    b"[1,]", b"[,1]", b"[1,,2]", b'{"a":}', b'{"a" 1}', b'{"a":1,}', b'{,"a":1}', b"{'a':1}", b"{a:1}", b'{"a":1 "b":2}',
    b'{"a":1}}', b'{"a":1}]', b'{"a":1', b'["a"', b'"a', b"{", b"[", b"}", b"]", b":", b",", b"[1 2]", b"[01]", b"[1.]",
    b"[.1]", b"[+1]", b"[1e]", b"[1e+]", b"[0x10]", b"[1_000]", b"[--1]", b"[-]", b"[1/2]", b"// no\n{}", b"/* no */{}",
    b'{"a":1}//', b'["\\x"]', b'["\\u12"]', b'["\\uD800"]', b'["\\uDC00\\uD800"]', b'["\\u0000"]', b'["\x01"]',
    b'["\t"]', b'["\n"]', b"[nul]", b"[tru]", b"[True]", b"[None]", b"[undefined]", b'{"a":1,"a":2}', b'{"":1,"":2}',
    b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b"[" + b"9" * 100_000 + b"]", b"[-" + b"9" * 5000 + b"]", b"[0." + b"1" * 100_000 + b"]", b"[1e" + b"9" * 5000 + b"]",
    b'"' + b"\\" * 99_999 + b'"', b'["' + b"a" * 900_000 + b'"]', b"{}" * 1000, b"<order/>", b"a=b&c=d", b"--x\r\n\r\n",
    b'{"__proto__":{}}', b'{"constructor":1}', b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"%PDF-1.7", b"\x80\x04K\x01.",
    json.dumps(list(range(100_000))).encode(), json.dumps({str(n): n for n in range(50_000)}).encode(),
)  # fmt: skip
"""After the n_ cases of the JSON Parsing Test Suite (nst/JSONTestSuite), and some that were met."""

VALUES = (
    "null", "true", "false", "0", "-1", "1", "-0.0", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity", "1e99",
    "0.1", "1.005", "0.30000000000000004", "9007199254740993", "-9223372036854775809", "18446744073709551616",
    "9" * 400, "99999999999.99", "100000000000", '""', '" "', '"null"', '"None"', '"NaN"', '"Infinity"', '"1e5"', '"1,00"',
    '"１２"', '"٣"', '"-1"', '"+1"', '"0x1F"', '"1e400"', '"true"', '"0"', '"0000-00-00 00:00:00"', '"2026-13-45T99:99:99Z"',
    '"9999-12-31T23:59:60Z"', '"0001-01-01T00:00:00Z"', '"2026-02-30"', '"1758180000"', '"2026-09-18T17:30:00"',
    '"2026-09-18T17:30:00+99:99"', '"-271821-04-20T00:00:00Z"', "1e18", "[]", "{}", "[null]", "[[]]", '{"a":1}', '["a","b"]',
    "[" * 40 + "]" * 40, '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\ufffe"', '"\\uffff"', '"\\u202e abc"', '"\\u200b"',
    '"\\ud83d\\ude00"', '"' + "\\ud83d\\udc68\\u200d" * 200 + '"', '"Z' + "\\u0351" * 300 + '"', '"\\u0007"', '"\\u007f"',
    '"\\r\\nSet-Cookie: a=b"', "\"'; DROP TABLE orders_order; --\"", '"1 OR 1=1"', '"{{7*7}}"', '"{% debug %}"', '"${jndi:ldap://x}"',
    '"%s%n%d"', '"%00"', '"../../etc/passwd"', '"<script>alert(1)</script>"', '"=cmd|\'/C calc\'!A0"', '"@SUM(1)"', '"' + "a" * 129 + '"',
    '"' + "中" * 201 + '"', '"' + "x" * 100_000 + '"', '"' + " " * 5000 + '"', '"\\\\"', '"\\"', '"CON"', '"\u00a0"', '"ﬀ"', '"İ"', '"ß"',
)  # fmt: skip
"""Values as JSON text (some aren't any), for each field in turn; after the Big List of Naughty Strings."""


def orders(order: dict[str, Any]) -> Iterator[Bad]:
    """ORDER with each field in turn given each value, left out, doubled, and joined by a stranger."""
    for path in paths(order):
        name = ".".join(map(str, path))
        for number, value in enumerate(VALUES):
            yield (
                f"{name} = value {number}",
                text(_with(order, path)).replace(_HOLE, value).encode("utf-8", "surrogatepass"),
            )
        yield f"{name} left out", text(_without(order, path)).encode()
        if isinstance(path[-1], str):
            twice = f'{_HOLE},"{path[-1]}":{_HOLE}'
            yield f"{name} twice", text(_with(order, path)).replace(_HOLE, twice).replace(_HOLE, "1").encode()
            yield (
                f"{name} with a stranger",
                text(_with(order, path)).replace(_HOLE, f'{json.dumps(_at(order, path))},"x":1').encode(),
            )


def broken(body: bytes, seed: int, count: int) -> Iterator[Bad]:
    """BODY cut off, with bytes turned, dropped, doubled and swapped."""
    dice = random.Random(seed)
    for number in range(count):
        data = bytearray(body)
        at = dice.randrange(len(data))
        kind = number % 5
        if kind == 0:
            del data[at:]
        elif kind == 1:
            data[at] = dice.randrange(256)
        elif kind == 2:
            del data[at : at + dice.randint(1, 20)]
        elif kind == 3:
            data[at:at] = data[at : at + dice.randint(1, 20)]
        else:
            data[at] ^= 1 << dice.randrange(8)
        yield f"broken {seed} {number}", bytes(data)


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field and element; of a list only the first element's."""
    if before:
        yield before
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, found in inside:
        yield from paths(found, (*before, key))


def text(value: object) -> str:
    """JSON as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace(json.dumps(_HOLE[1:-1]), _HOLE)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(value: Any, path: tuple[Any, ...]) -> Any:
    changed = json.loads(json.dumps(value))
    _at(changed, path[:-1])[path[-1]] = _HOLE[1:-1]
    return changed


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    changed = json.loads(json.dumps(value))
    del _at(changed, path[:-1])[path[-1]]
    return changed
