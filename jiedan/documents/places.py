"""Which kinds of papers there are, what may be filed as each, and how large it may be (S-38, clauses 2.3.2, 6.2.1).

A later chapter adds its kinds here: a title in `TITLES`, and what people may upload in `PLACES`. What isn't in PLACES is
made by the system alone.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MIB: Final = 1 << 20
PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS: Final = {
    "pdf": PDF,
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "docx": DOCX,
    "xlsx": XLSX,
    "txt": "text/plain",
    "csv": "text/csv",
}
PAPERS: Final = ("pdf", "png", "jpg", "jpeg", "webp")
ANYTHING: Final = tuple(EXTENSIONS)


@dataclass(frozen=True, slots=True)
class Place:
    """What may be uploaded as one kind of paper: the file's extensions, and its size in bytes at most."""

    extensions: tuple[str, ...]
    largest: int


PLACES: Final[dict[str, Place]] = {
    "signed_contract": Place(PAPERS, 20 * MIB),
    "customer_approval": Place((*PAPERS, "docx", "txt"), 10 * MIB),
    "customer_material": Place(ANYTHING, 20 * MIB),
    "other": Place(ANYTHING, 20 * MIB),
}
"""What people may upload, by kind."""

PROOFS: Final = frozenset({"signed_contract", "customer_approval"})
"""Kinds that prove what somebody else declared: a broken signature in one is refused, in others it is only named."""
LARGEST: Final = max(place.largest for place in PLACES.values())
PER_ORDER: Final = 100
"""Documents of an order, withdrawn ones included."""
BYTES_PER_ORDER: Final = 300 * MIB
BYTES_PER_PERSON_A_DAY: Final = 1024 * MIB


TITLES: Final[dict[str, Promise]] = {
    "signed_contract": _("Signed contract"),
    "customer_approval": _("Customer's approval"),
    "customer_material": _("Material from the customer"),
    "other": _("Other"),
    "evaluation_sheet": _("Evaluation sheet"),
    "term_sheet": _("Term sheet"),
    "contract_draft": _("Contract draft"),
}
"""Every kind of paper and what it is called."""


def title(kind: str) -> str:
    """What a kind of paper is called; a kind without a title is shown as it is."""
    return str(TITLES.get(kind, kind))
