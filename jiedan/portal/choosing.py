"""Which link a step is about."""

from typing import Annotated

from django.utils.translation import gettext
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.portal.models import Link


class AboutLink(BaseModel):
    """Which link."""

    model_config = ConfigDict(extra="forbid")

    link: int = Field(ge=1, le=2**53, title=_("Number of the link"))

    def of(self, order: Order) -> Link:
        """The link, if it is the order's. Raises Invalid."""
        found = Link.objects.filter(order=order, pk=self.link).first()
        if found is None:
            raise wrong(gettext("This order has no link of that number."))
        return found


class AboutLinkWhy(AboutLink):
    """Which link, and why."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        title=_("Reason")
    )


def wrong(sentence: str) -> Invalid:
    """What is wrong with the chosen link."""
    return Invalid({"link": [sentence]}, gettext("Some fields need to be corrected."))
