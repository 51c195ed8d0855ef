"""What steps on a contract have in common: the version that was seen, the reviewer's list, how somebody signs."""

from typing import Annotated

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.contract.wording import CHECKLIST
from jiedan.kernel.fields import lazy as _

_STROKE = r"M\d{1,3} \d{1,3}(?: L\d{1,3} \d{1,3})*"
Drawn = Annotated[str, StringConstraints(max_length=20_000, pattern=rf"^(?:{_STROKE}(?: {_STROKE})*)?$")]
"""A drawn signature: an SVG path of M and L with whole numbers, so that nothing sent is drawn as it came."""
Post = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class AboutContract(Input):
    """Which contract the person saw: its fingerprint."""

    content_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        title=_("Contract (fingerprint of what was handed over)")
    )


class ByList(Input):
    """The five points that a contract has to keep before anybody signs it (clause 2.3.2)."""

    lawful: bool = Field(False, title=_("Lawful: nothing in it is forbidden or void"))
    definite: bool = Field(False, title=_("Definite: dates, quantities and standards are said"))
    unambiguous: bool = Field(
        False, title=_("Unambiguous: no clause can be read in two ways, none contradicts another")
    )
    complete: bool = Field(
        False, title=_("Complete: acceptance, breach, confidentiality, force majeure and disputes are settled")
    )
    as_agreed: bool = Field(False, title=_("As agreed: requirements, delivery, price and payment are the agreed terms"))

    def ticked(self) -> list[str]:
        """The points that hold."""
        return [name for name in CHECKLIST if getattr(self, name)]

    def missing(self) -> dict[str, list[str]]:
        """What to say by each point that doesn't."""
        why = gettext("Every point has to hold before the contract passes; return it otherwise.")
        return {name: [why] for name in CHECKLIST if not getattr(self, name)}
