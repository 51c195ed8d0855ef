"""What is known about one part of the sheet before anybody evaluates (clauses 2.2.1, 2.2.2)."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Finding:
    """What is known about one part of the sheet: a suggested grade or judgement, sentences, what isn't known, and where to look."""

    known: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    grade: str | None = None
    likelihood: int | None = None
    impact: int | None = None
    links: list[tuple[str, str]] = field(default_factory=list)
    """Where each of it is read in full: what stands there, and its address."""

    def kept(self) -> dict[str, Any]:
        """The sentences, as a submitted evaluation keeps them."""
        return {"known": self.known, "unknown": self.unknown}
