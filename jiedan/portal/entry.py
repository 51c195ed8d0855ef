"""What every step of a customer brings along."""

from pydantic import BaseModel, ConfigDict, Field

from jiedan.kernel.fields import lazy as _

EVIDENCE = frozenset({"address", "device"})
"""Fields of ByCustomer that are personal data: declare them `private`; the visit keeps them."""


class ByCustomer(BaseModel):
    """The link that it came through, the content that it was about, and where from. Filled in by the portal."""

    model_config = ConfigDict(extra="forbid")

    link: int = Field(ge=1, le=2**53, title=_("Link"))
    content_hash: str = Field(max_length=64, title=_("What the customer saw (fingerprint)"))
    address: str = Field(max_length=45, title=_("Network address"))
    device: str = Field(max_length=200, title=_("Device"))
