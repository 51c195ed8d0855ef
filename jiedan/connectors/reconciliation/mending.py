"""Mending differences: the order as the platform has it now goes through the one intake (clauses 2.1.2, 6.1.2).

Somebody asks for it in a step; the platform is called only after that step is committed, so that nothing is locked
while it answers. A few are mended at once, in the same request, the others by the worker; what a killed process
leaves undone, the worker finds.
"""

import json
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from jiedan.acquisition import intake
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.intake import Outcome, Taken
from jiedan.connectors import quarantine
from jiedan.connectors.accounts import kaola_client
from jiedan.connectors.fields import UnreadableMessage
from jiedan.connectors.kaola.client import KaolaClient, KaolaError, KaolaMisconfigured, KaolaUnreachable
from jiedan.connectors.kaola.parse import parse_order
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import ours
from jiedan.connectors.reconciliation.comparing import Theirs, between
from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.kernel.dispatch import Context, dispatch
from jiedan.kernel.errors import Refused
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Differences that are mended while the person waits; more are left to the worker."""
FETCHED_FROM = "kaola"
"""The platform that can be asked for one order."""


def can_be_mended(difference: Difference, account: Account) -> bool:
    """Whether following the platform could mend it; everything else a person has to explain."""
    if account.platform != FETCHED_FROM:
        return False
    if difference.kind == Difference.STATUS:
        return difference.theirs_status == "cancelled"
    return difference.kind in (Difference.MISSING, Difference.AMOUNT)


def ask(row: Reconciliation, number: int | None, ctx: Context) -> list[int]:
    """Mark the open differences (one, or all that can be) for mending; returns their numbers. Raises Refused."""
    rows = row.differences.filter(state=Difference.OPEN).order_by("number")
    wanted = [found for found in rows if can_be_mended(found, row.account) and number in (None, found.number)]
    if not wanted:
        raise Refused(
            _("%(ref)s has no open difference here that fetching the order could mend; explain it instead.")
            % {"ref": row.ref}
        )
    keys = [found.pk for found in wanted]
    row.differences.filter(pk__in=keys).update(
        state=Difference.MENDING, asked_by=ctx.actor.staff_id, result="", detail=""
    )
    async_task(f"{__name__}.carry_out", row.pk, group=f"mend {row.ref}")  # type: ignore[no-untyped-call] # untyped
    if len(keys) <= AT_ONCE:
        transaction.on_commit(lambda: carry_out(row.pk), robust=True)
    return [found.number for found in wanted]


def carry_out(key: int) -> int:
    """Mend what was asked for in this comparison; what can't be is open again, with the reason. Returns how many.

    Once the platform doesn't answer it isn't asked for the others.
    """
    waiting = Difference.objects.filter(reconciliation=key, state=Difference.MENDING).order_by("number")
    found = list(waiting.select_related("reconciliation__account__key"))
    done = 0
    try:
        for difference in found:
            account = difference.reconciliation.account
            with kaola_client(account) as client:
                done += _mend(difference, account, client)
    except (KaolaMisconfigured, KaolaUnreachable) as error:
        for difference in found:
            _failed(difference, error.sentence(settings.LANGUAGE_CODE))
    return done


def _mend(difference: Difference, account: Account, client: KaolaClient) -> bool:
    try:
        raw = client.get_order(difference.external_id)
    except KaolaUnreachable:
        raise
    except KaolaError as error:
        return _failed(difference, error.sentence(settings.LANGUAGE_CODE))
    try:
        incoming = parse_order(raw, account.shop)
    except UnreadableMessage as error:
        _set_aside(account, raw, error)
        return _failed(difference, error.sentence(settings.LANGUAGE_CODE))
    with transaction.atomic():
        (taken,) = intake.take_in_many([incoming])
        result = _result(taken, incoming, account)
        if result is not None:
            return _settled(difference, result, taken)
    return _failed(difference, taken.reason or _stays(taken))


_RESULTS = {
    Outcome.CREATED: "taken_in",
    Outcome.CHANGED: "changed",
    Outcome.NOTED: "noted",
    Outcome.CANCELLED: "cancelled",
}


def _result(taken: Taken, incoming: IncomingOrder, account: Account) -> str | None:
    """The result's code; None when the order still differs."""
    if taken.outcome is not Outcome.UNCHANGED:
        return _RESULTS.get(taken.outcome)
    number = incoming.external_id
    here = ours.numbered(account, [number])[number]
    there = Theirs(number, incoming.total, incoming.status, here.department, incoming.content_hash())
    return None if any(between(there, here)) else "same"


def _stays(taken: Taken) -> str:
    return _("%(ref)s doesn't follow the platform in this; look into it, then explain the difference.") % {
        "ref": taken.ref
    }


def _settled(difference: Difference, result: str, taken: Taken) -> bool:
    order = None if taken.order is None else taken.order.pk
    try:
        dispatch(
            "reconciliation.settle_difference",
            SYSTEM,
            {"difference": difference.number, "result": result, "order": order},
            subject=difference.reconciliation,
            channel="connector",
        )
    except Refused:
        # Somebody else mended or explained it in this moment.
        return False
    return True


def _failed(difference: Difference, sentence: str) -> bool:
    log.warning("difference %s was not mended", difference.pk)
    Difference.objects.filter(pk=difference.pk, state=Difference.MENDING).update(
        state=Difference.OPEN, result="failed", detail=sentence[:1000]
    )
    return False


def _set_aside(account: Account, raw: dict[str, Any], error: UnreadableMessage) -> None:
    text = json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str)
    quarantine.set_aside(
        account_id=account.pk, channel=account.platform, kind="order", raw=text.encode("utf-8", "replace"),
        cause="unreadable", reason=(error.sentence("zh"), error.sentence("en")), external_id=error.external_id,
    )  # fmt: skip
