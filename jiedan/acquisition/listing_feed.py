"""Listings that platforms send us: our own contract, over the signed webhook (clause 2.1.1).

One listing for each connection and number there. A newer message changes what is open, an older one changes nothing;
what somebody has turned into an order or set aside stays as it is. Which department gets it follows from their scopes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jiedan.acquisition import identity
from jiedan.acquisition.incoming import Amount, Ident, Long, Medium, Moment, Short
from jiedan.acquisition.intake import Outcome
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid
from jiedan.kernel.inputs import reasons
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

LIVING = (ListingStage.OPEN, ListingStage.CLAIMED, ListingStage.CONTACTED)


class IncomingListing(BaseModel):
    """An order that somebody posted on a platform; `budget` in yuan, moments with their offset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: Ident = Field(min_length=1)
    summary: Medium = Field(min_length=1)
    details: Long = ""
    category: Short = ""
    budget: Amount | None = None
    needed_on: date | None = None
    valid_until: Moment | None = None
    region: Short = ""
    posted_at: Moment
    updated_at: Moment | None = None

    @property
    def at(self) -> datetime:
        """When the platform's data became so."""
        return self.updated_at or self.posted_at


class WithdrawnListing(BaseModel):
    """The number of a listing that was taken down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: Ident = Field(min_length=1)


class ReceivedListing(IncomingListing):
    """A listing and the connection that it came over."""

    channel: str
    shop: str


@dataclass(frozen=True, slots=True)
class TakenListing:
    """What became of a message about a listing."""

    outcome: Outcome
    ref: str = ""
    listing: int | None = None
    """Our key of it; None when there is none."""


POSTED, WITHDRAWN = "listing.posted", "listing.withdrawn"
"""The types of messages about listings: posted or changed, and taken down again."""
MESSAGES: dict[str, type[IncomingListing | WithdrawnListing]] = {POSTED: IncomingListing, WITHDRAWN: WithdrawnListing}
FACTS = ("summary", "details", "category", "budget", "needed_on", "valid_until", "region")
"""What a newer message changes."""


def read_listing(given: dict[str, Any]) -> IncomingListing:
    """GIVEN (a value out of strict JSON) as a listing. Raises Invalid by field."""
    problems = {
        name: [_("Text is expected, e.g. 2026-09-20T09:30:00+08:00.")]
        for name in ("posted_at", "updated_at", "needed_on", "valid_until")
        if isinstance(given.get(name), int | float)
    }
    try:
        found = IncomingListing.model_validate(given)
    except ValidationError as error:
        raise Invalid(reasons(error) | problems, _("Some fields need to be corrected.")) from error
    if not found.external_id:
        problems["external_id"] = [_("This is required.")]
    if problems:
        raise Invalid(problems, _("Some fields need to be corrected."))
    return found


def take_listing(channel: str, shop: str, incoming: IncomingListing) -> TakenListing:
    """Take in what a platform says of a listing."""
    with transaction.atomic():
        return _taken(channel, shop, incoming)


def _taken(channel: str, shop: str, incoming: IncomingListing) -> TakenListing:
    found = _known(channel, shop, incoming.external_id)
    if found is None:
        given = ReceivedListing(channel=channel, shop=shop, **incoming.model_dump())
        done = dispatch("acquisition.receive_listing", SYSTEM, given, channel="connector")
        return TakenListing(Outcome.CREATED, done.subject.ref, done.subject.pk)
    if not says_more(found, incoming):
        return TakenListing(Outcome.UNCHANGED, found.ref, found.pk)
    dispatch("acquisition.update_listing", SYSTEM, incoming, subject=found, channel="connector")
    return TakenListing(Outcome.CHANGED, found.ref, found.pk)


def says_more(found: Listing, incoming: IncomingListing) -> bool:
    """Whether the platform says something new of a listing that is still open or worked on."""
    late = found.source_at is not None and incoming.at < found.source_at
    return not late and found.stage in LIVING and any(getattr(found, name) != getattr(incoming, name) for name in FACTS)


def withdraw(channel: str, shop: str, external_id: str) -> TakenListing:
    """The platform took the listing down."""
    with transaction.atomic():
        found = _known(channel, shop, external_id)
        if found is None:
            return TakenListing(Outcome.UNCHANGED)
        if found.stage not in LIVING:
            return TakenListing(Outcome.UNCHANGED, found.ref, found.pk)
        dispatch("acquisition.withdraw_listing", SYSTEM, {}, subject=found, channel="connector")
        return TakenListing(Outcome.CANCELLED, found.ref, found.pk)


def _known(channel: str, shop: str, external_id: str) -> Listing | None:
    """The listing, which nobody else brings or changes until the transaction ends."""
    identity.hold([name_of(channel, shop, external_id)])
    return access.numbered(Listing, channel, shop, [external_id]).select_for_update().first()


def name_of(channel: str, shop: str, external_id: str) -> tuple[str, ...]:
    """What has to be held while the listing is taken in (identity.py)."""
    return "listing", channel, shop, external_id
