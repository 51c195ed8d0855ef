"""What steps on a contract have in common: which version the person saw."""

from typing import Annotated

from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.kernel.fields import lazy as _


class AboutContract(Input):
    """Which contract the person saw: its fingerprint."""

    content_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        title=_("Contract (fingerprint of what was handed over)")
    )
