"""Signatures in PDF files, made with the company's key and checked (clause 2.3.2): what callers need to know.

The work is done in `pades.py`, which is loaded on first use.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


class NotSignable(ValueError):
    """The file is no PDF that a signature can be put into."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the signatures in a PDF say. Without any, everything but `covers_whole` is as if there were no claim.

    `valid`: there is a signature, each one fits the bytes it covers, and nothing but further signatures came later.
    `trusted`: each certificate leads to our own root. `covers_whole`: the last signature covers the file to its end.
    `altered`: a signature doesn't fit, or the file was changed after it. Times are those the signatures claim.
    """

    signatures: int = 0
    valid: bool = False
    trusted: bool = False
    covers_whole: bool = False
    altered: bool = False
    signer: str = ""
    signed_at: str = ""
    timestamped_at: str = ""

    @property
    def state(self) -> str:
        """In a word: none, altered, valid (by us), foreign (intact, by somebody we can't vouch for)."""
        if not self.signatures:
            return "none"
        if self.altered or not self.valid:
            return "altered"
        return "valid" if self.trusted else "foreign"

    def facts(self) -> dict[str, Any]:
        """As JSON, to be kept beside the document."""
        return asdict(self) | {"state": self.state}


def sign(pdf: bytes, reason: str, at: datetime, name: str) -> bytes:
    """PDF with the company's signature added, saying NAME (who acted), REASON and the time AT. Raises NotSignable."""
    from jiedan.documents import pades  # noqa: PLC0415 - takes 0.7 s and 40 MB; most processes never sign

    return pades.sign(pdf, reason, at, name)


def verify(pdf: bytes) -> Verdict:
    """What the signatures in PDF are worth. One that says it is signed and can't be read is altered; nothing is raised."""
    if b"/ByteRange" not in pdf:
        return Verdict()
    from jiedan.documents import pades  # noqa: PLC0415 - takes 0.7 s and 40 MB; most files carry no signature

    return pades.verify(pdf)
