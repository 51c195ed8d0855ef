"""Listings that come many at a time, as in a file: foreseen, and taken in one by one by the feed (clause 2.1.1)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from jiedan.acquisition import identity
from jiedan.acquisition.intake import Outcome
from jiedan.acquisition.listing_feed import IncomingListing, name_of, says_more, take_listing
from jiedan.acquisition.models import Listing
from jiedan.kernel.errors import StepRefused
from jiedan.orders import access

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one of them, and why it was refused."""

    outcome: Outcome
    ref: str = ""
    reason: str = ""


def foresee(channel: str, shop: str, given: Sequence[IncomingListing]) -> list[tuple[Outcome, Listing | None]]:
    """What taking each of these in would come to now, and the listing it is about; nothing is changed."""
    numbers = [incoming.external_id for incoming in given]
    known = {row.external_id: row for row in access.numbered(Listing, channel, shop, numbers)}
    return [_foreseen(known.get(incoming.external_id), incoming) for incoming in given]


def _foreseen(listing: Listing | None, incoming: IncomingListing) -> tuple[Outcome, Listing | None]:
    if listing is None:
        return Outcome.CREATED, None
    return (Outcome.CHANGED if says_more(listing, incoming) else Outcome.UNCHANGED), listing


def hold(channel: str, shop: str, given: Sequence[IncomingListing]) -> None:
    """Wait until nobody else brings one of these, and keep others waiting until the transaction ends."""
    identity.hold([name_of(channel, shop, incoming.external_id) for incoming in given])


def take_many(channel: str, shop: str, given: Sequence[IncomingListing]) -> list[Taken]:
    """Take each in; one that can't be fails none of its neighbours."""
    return [_taken(channel, shop, incoming) for incoming in given]


def _taken(channel: str, shop: str, incoming: IncomingListing) -> Taken:
    try:
        found = take_listing(channel, shop, incoming)
    except StepRefused as refused:
        return Taken(Outcome.REFUSED, reason=str(refused.sentence))
    except (DataError, IntegrityError, ValueError) as error:
        log.exception("a listing could not be taken in")
        why = _("The listing could not be stored (%(kind)s); ask your administrator to look into the log.")
        return Taken(Outcome.REFUSED, reason=why % {"kind": type(error).__name__})
    return Taken(found.outcome, found.ref)
