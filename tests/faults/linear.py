"""A checker for histories of one versioned register per key: reads, and writes that carry the version they saw.

Every successful write makes the next version, so a history is linearizable exactly when (1) no version was made by two
writes and none skipped, (2) every read returns what the write of that version stored, and (3) versions never run
backwards in real time: what ended before another operation began had at most its version.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """What one client did: between which moments, and which version with which value it read or made."""

    key: str
    kind: str
    began: float
    ended: float
    version: int
    value: str


def violations(history: Sequence[Operation], first: dict[str, tuple[int, str]]) -> list[str]:
    """What is wrong with the history; FIRST is each key's version and value before it began."""
    found: list[str] = []
    for key in sorted(first):
        found += _of_key(key, sorted((op for op in history if op.key == key), key=lambda op: op.began), first[key])
    return found


def _of_key(key: str, operations: list[Operation], start: tuple[int, str]) -> list[str]:
    made = {start[0]: start[1]}
    found = []
    for op in operations:
        if op.kind == "write":
            if op.version in made:
                found.append(f"{key}: version {op.version} was made twice (a lost update)")
            made[op.version] = op.value
    versions = sorted(made)
    if versions != list(range(versions[0], versions[0] + len(versions))):
        found.append(f"{key}: versions are missing: {versions}")
    for op in operations:
        if op.kind == "read" and made.get(op.version) != op.value:
            found.append(f"{key}: version {op.version} read as {op.value}, written as {made.get(op.version)}")
    return found + _backwards(key, operations)


def _backwards(key: str, operations: list[Operation]) -> list[str]:
    found, highest = [], 0
    ended = sorted(operations, key=lambda op: op.ended)
    at = 0
    for op in operations:
        while at < len(ended) and ended[at].ended < op.began:
            highest = max(highest, ended[at].version)
            at += 1
        if op.version < highest:
            found.append(f"{key}: version {op.version} seen after {highest} was there")
    return found
