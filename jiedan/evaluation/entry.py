"""Inputs of this chapter's steps that more than one of them uses."""

from typing import Annotated

from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.kernel.fields import lazy as _

Sentences = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class AboutEvaluation(Input):
    """Which evaluation the person saw: its fingerprint."""

    content_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        title=_("Evaluation (fingerprint of what was submitted)")
    )
