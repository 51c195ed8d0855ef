"""Claims that nothing came of: what follows when the time to hold one is over (clause 2.1.1)."""

import json
from datetime import datetime

from jiedan.acquisition.clocks import HOLD
from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.people.actor import SYSTEM


def after_overdue(record: Record, _now: datetime) -> None:
    """A clock was found missed; where it is the one that holds a claim, the listing goes back, once."""
    if record.subject_type != Listing.KIND:
        return
    missed = {name for name, _round in json.loads(record.body)["facts"]["rounds"]}
    if HOLD.name not in missed:
        return
    listing = access.visible(SYSTEM, Listing).filter(pk=record.subject_id, stage=ListingStage.CLAIMED).first()
    if listing is not None:
        dispatch("acquisition.return_listing", SYSTEM, {}, subject=listing, channel="timer")
