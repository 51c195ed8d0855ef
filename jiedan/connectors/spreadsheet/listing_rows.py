"""The rows of a file as listings: each row is one (clause 2.1.1)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from pydantic import ValidationError

from jiedan.acquisition.listing_feed import IncomingListing
from jiedan.connectors.spreadsheet import columns, drafts
from jiedan.connectors.spreadsheet.columns import Mapped, Table
from jiedan.connectors.spreadsheet.drafts import Draft, Numbered

LISTINGS = Table(
    tuple(column for column in columns.LISTINGS.columns if column.field in IncomingListing.model_fields),
    columns.LISTINGS.needed,
)
"""What a listing doesn't know isn't asked for."""


class Reader:
    """Turns rows into listings, by the columns that a person confirmed."""

    def __init__(self, mapping: Mapped, uploaded_at: datetime) -> None:
        self._places = drafts.places(LISTINGS, mapping)
        self._uploaded_at = uploaded_at

    def read(self, rows: Sequence[Numbered]) -> Draft:
        """The listing in these rows; a number that stands there twice has to say the same."""
        draft = Draft([index for index, _row in rows])
        given = drafts.values_of(self._places, rows, draft)
        draft.external_id = str(given.get("external_id", ""))[:128]
        for name in LISTINGS.needed:
            if not given.get(name) and not draft.reasons:
                draft.reasons.append(drafts.told(LISTINGS.by_field[name], _("it is missing")))
        if not draft.reasons:
            try:
                # Many lists don't say since when; it was posted by the time of the upload at the latest.
                draft.content = IncomingListing.model_validate({"posted_at": self._uploaded_at} | given)
            except ValidationError as error:
                draft.reasons += drafts.sentences(LISTINGS, error)
        return draft
