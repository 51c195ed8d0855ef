"""The ways in which the simulated platform goes wrong, all seen in other people's integrations."""

import json
import random
from collections.abc import Callable
from typing import Any

from jiedan.connectors.kaola import protocol

BEFORE = ("move", "slow")
"""Happen before the answer is made: rows move while somebody reads, or it takes too long."""
INSTEAD = ("error_500", "cut", "truncated", "malformed", "null", "null_text", "envelope")
"""Come instead of the answer."""
BENT = ("strings", "missing", "duplicate", "shuffle")
"""Bend the answer."""
FAULTS = (*BEFORE, *INSTEAD, *BENT)


def instead(fault: str, answer: bytes) -> tuple[int, bytes]:
    """Status and body that are sent instead of ANSWER."""
    if fault == "error_500":
        return 500, b"<html>busy</html>"
    if fault == "null":
        return 200, b"null"
    if fault == "null_text":
        return 200, b'"null"'
    if fault == "malformed":
        return 200, answer[: len(answer) // 2]
    return 200, json.dumps(protocol.refusal("Sys_error_code", "system busy")).encode()


def bent(fault: str, answer: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A bent copy of ANSWER; one without rows stays as it is."""
    copy: dict[str, Any] = json.loads(json.dumps(answer))
    inner = next(iter(copy.values()))
    name = next((name for name in ("orders", "refunds") if isinstance(inner, dict) and inner.get(name)), "")
    if name:
        _BENDING[fault](inner, inner[name], dice)
    return copy


def _strings(inner: dict[str, Any], rows: list[dict[str, Any]], _dice: random.Random) -> None:
    inner["total_count"] = str(inner["total_count"])
    for row in rows:
        for field, value in row.items():
            row[field] = "null" if value is None else str(value) if isinstance(value, int) else value


def _missing(_inner: dict[str, Any], rows: list[dict[str, Any]], dice: random.Random) -> None:
    row = dice.choice(rows)
    row.pop("order_real_price", None)
    row.pop("refund_fee", None)


def _duplicate(_inner: dict[str, Any], rows: list[dict[str, Any]], dice: random.Random) -> None:
    rows.append(dice.choice(rows))


def _shuffle(_inner: dict[str, Any], rows: list[dict[str, Any]], dice: random.Random) -> None:
    dice.shuffle(rows)


_BENDING: dict[str, Callable[[dict[str, Any], list[dict[str, Any]], random.Random], None]] = {
    "strings": _strings,
    "missing": _missing,
    "duplicate": _duplicate,
    "shuffle": _shuffle,
}
