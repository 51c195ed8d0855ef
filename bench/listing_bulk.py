"""Many open listings at once, written in bulk but through the ledger's own record format (clause 2.1.1).

Listings and records come out exactly as `acquisition.receive_listing` leaves them, scored by what the departments
declare; the ledger verifies.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.company import Company

BATCH = 2000
LASTS = timedelta(days=40)
"""The listings end one after the other within this time, so that some are always about to."""


def declare(company: Company, now: datetime) -> None:
    """What the two departments take on."""
    from jiedan.acquisition.models import ScopeVersion
    from jiedan.core.fit import Scope

    for department, categories in zip(company.departments, (("家居", "数码"), ("服务", "纺织")), strict=True):
        scope = Scope(categories=categories, most_open=60, lead_days=10, regions=("浙江", "上海"))
        ScopeVersion.objects.create(
            department_id=department, number=1, scope=scope.kept(), reason="开业", created_at=now
        )


def fill(company: Company, count: int, now: datetime) -> None:
    """COUNT open listings; into an installation that has none."""
    from jiedan.acquisition.listing_feed import read_listing
    from jiedan.acquisition.scopes import Judge
    from jiedan.connectors.webhook.square import make_listings

    judge = Judge.of(None, now)
    made = make_listings(count, 9, now)
    for start in range(0, count, BATCH):
        part = [read_listing(raw) for raw in made[start : start + BATCH]]
        _write([_listing(start + number, one, company, judge, now) for number, one in enumerate(part, 1)], now)


def _listing(number: int, came: Any, company: Company, judge: Any, now: datetime) -> Any:
    from jiedan.acquisition.listing_feed import FACTS
    from jiedan.acquisition.models import Listing
    from jiedan.acquisition.scopes import score_of

    # The key is given, not drawn, because the record names it and both are written in bulk.
    listing = Listing(
        pk=number, stage="open", version=1, channel="webhook", shop="square", external_id=came.external_id,
        posted_at=came.posted_at, source_at=came.at, **{name: getattr(came, name) for name in FACTS},
    )  # fmt: skip
    listing.valid_until = now + LASTS * (number % 1000 + 1) / 1000
    where, _scores = judge.best(listing)
    listing.department_id = company.departments[number % 2] if where is None else where
    listing.score = score_of(judge.fit(listing))
    return listing


def _write(listings: list[Any], now: datetime) -> None:
    from django.db import transaction

    from jiedan.acquisition.models import Listing
    from jiedan.kernel import ledger

    drafts = list(_drafts(listings, now))
    with transaction.atomic():
        ledger.write(drafts)
        Listing.objects.bulk_create(listings)


def _drafts(listings: list[Any], now: datetime) -> Iterator[Any]:
    from jiedan.core.deadlines import Effects
    from jiedan.kernel import rules
    from jiedan.kernel.ledger import Draft
    from jiedan.people.actor import SYSTEM

    versions = rules.in_force(now).versions
    for listing in listings:
        yield Draft(
            subject=listing, action="acquisition.receive_listing", clause="2.1.1", actor=SYSTEM,
            grant=SYSTEM.grants[0], stage_before="", at=now, entered_at=now, channel="connector", versions=versions,
            effects=Effects(1, now, listing.department_id),
            facts={"ref": listing.ref, "summary": listing.summary, "score": listing.score},
        )  # fmt: skip
