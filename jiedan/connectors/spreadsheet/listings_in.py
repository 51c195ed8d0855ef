"""Listings out of a file, by the one feed (clause 2.1.1)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import listing_batches
from jiedan.acquisition.intake import Outcome
from jiedan.acquisition.listing_batches import Taken
from jiedan.acquisition.listing_feed import FACTS, IncomingListing
from jiedan.acquisition.models import Listing
from jiedan.connectors.spreadsheet.columns import Table
from jiedan.connectors.spreadsheet.listing_rows import LISTINGS, Reader
from jiedan.connectors.spreadsheet.models import Import
from jiedan.orders import access
from jiedan.people.actor import SYSTEM, Actor
from jiedan.people.subject import Subject
from jiedan.screens.changes import Row


class ListingsIn:
    """What an import has to know of listings."""

    table: Table = LISTINGS
    model: type[Subject] = Listing
    at_once = 50
    """Each is a step of its own, and nobody should have to wait long for a chunk to be over."""
    changing: tuple[Outcome, ...] = (Outcome.CHANGED,)
    of_others: str | Promise = _("This listing is with another department, which alone changes it; take its row out.")

    def within_reach(self, person: Actor) -> QuerySet[Listing]:
        """Those that this person's files may change; what waits at the company for a department is still nobody's."""
        mine = access.visible(person, Listing, asked_too=False).values("pk")
        return access.visible(SYSTEM, Listing).filter(Q(pk__in=mine) | Q(department__parent=None))

    def reader(self, row: Import) -> Reader:
        """What reads the rows of this file."""
        return Reader(row.mapping, row.uploaded_at)

    def load(self, text: str) -> IncomingListing:
        """The listing that a chunk keeps."""
        return IncomingListing.model_validate_json(text)

    def foresee(self, row: Import, given: Sequence[IncomingListing]) -> list[tuple[Outcome, Listing | None]]:
        """What taking each in would come to, and the listing that there is already."""
        return listing_batches.foresee(row.platform, row.shop, given)

    def hold(self, row: Import, given: Sequence[IncomingListing]) -> None:
        """Wait until nobody else brings one of these, and keep others waiting until the transaction ends."""
        listing_batches.hold(row.platform, row.shop, given)

    def take_in(self, row: Import, given: Sequence[IncomingListing]) -> list[Taken]:
        """Take them in; they are held."""
        return listing_batches.take_many(row.platform, row.shop, given)

    def differences(self, subject: Subject, given: IncomingListing) -> list[Row]:
        """What the file says otherwise than the listing."""
        pairs = ((name, getattr(subject, name), getattr(given, name)) for name in FACTS)
        return [
            Row(str(LISTINGS.by_field[name].title), _said(ours), _said(theirs))
            for name, ours, theirs in pairs
            if ours != theirs
        ]


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"¥{intcomma(str(value))}"
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value or "")
