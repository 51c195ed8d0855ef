"""A platform's feed brings a listing (clause 2.1.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.acquisition.listing_feed import FACTS, ReceivedListing
from jiedan.acquisition.models import Listing
from jiedan.acquisition.queries import root_department
from jiedan.acquisition.scopes import Judge, score_of
from jiedan.core.lifecycle import ListingStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.people.models import Department


@action(
    _("Receive listing"),
    clause="2.1.1",
    on=Listing,
    by={Role.SYSTEM},
    births=True,
    to=ListingStage.OPEN,
)
def receive_listing(data: ReceivedListing, ctx: Context) -> None:
    """A listing came over a connection: it goes to the department whose scope it fits best, or waits for one to be chosen."""
    judge = Judge.of(None, ctx.now)
    listing = Listing(
        channel=data.channel,
        shop=data.shop,
        external_id=data.external_id,
        posted_at=data.posted_at,
        source_at=data.at,
        **{name: getattr(data, name) for name in FACTS},
    )
    where, scores = judge.best(listing)
    listing.department_id = root_department().pk if where is None else where
    listing.score = score_of(judge.fit(listing))
    ctx.birth(listing)
    ctx.note(ref=listing.ref, department=listing.department.code, score=listing.score, scores=_by_code(scores))


def _by_code(scores: dict[int, int]) -> dict[str, int]:
    codes = dict(Department.objects.filter(pk__in=scores).values_list("pk", "code"))
    return {codes[pk]: score for pk, score in scores.items()}
