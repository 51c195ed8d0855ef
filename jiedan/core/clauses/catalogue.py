"""What a clause of the procedure is; the clauses themselves stand in the files beside this one."""

from dataclasses import dataclass
from enum import StrEnum


class ClauseKind(StrEnum):
    """How a clause is carried out: it stops what it forbids, runs against time, leaves proof, or is judged."""

    GATE = "gate"
    CLOCK = "clock"
    RECORD = "record"
    JUDGEMENT = "judgement"


KINDS = {"G": ClauseKind.GATE, "C": ClauseKind.CLOCK, "R": ClauseKind.RECORD, "J": ClauseKind.JUDGEMENT}


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the procedure in our own words; `values` are the keys of the company's values it uses."""

    id: str
    chapter: int
    title_zh: str
    title_en: str
    sentence_zh: str
    sentence_en: str
    kinds: frozenset[ClauseKind]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the procedure."""

    number: int
    title_zh: str
    title_en: str


Row = tuple[str, str, str, str, str, str]
"""Id, kinds (G gate, C clock, R record, J judgement), Chinese and English title, Chinese and English sentence."""


def clause(row: Row, values: tuple[str, ...]) -> Clause:
    """The clause that a row describes."""
    key, letters, title_zh, title_en, sentence_zh, sentence_en = row
    kinds = frozenset(KINDS[letter] for letter in letters)
    return Clause(key, int(key.split(".")[0]), title_zh, title_en, sentence_zh, sentence_en, kinds, values)
