"""Pulling a shop's orders: every order exactly once, the high-water mark only after everything is stored (2.1.2).

Each order is taken in by a transaction of its own, so a run that is killed loses nothing: the next one begins at the
old mark and recognises what is there. An order that can't be read is kept aside and doesn't stop the others; a refund likewise.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from jiedan.acquisition import intake
from jiedan.connectors import quarantine
from jiedan.connectors.accounts import kaola_client
from jiedan.connectors.kaola import protocol, refunds
from jiedan.connectors.kaola.client import KaolaClient, KaolaError
from jiedan.connectors.kaola.parse import UnreadableOrder, parse_order
from jiedan.connectors.kaola.reading import read_window
from jiedan.connectors.kaola.refunds import text_of
from jiedan.connectors.kaola.windows import Poll, Window, windows
from jiedan.connectors.models import Account
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel.errors import StepRefused

log = logging.getLogger(__name__)

POLLS = (
    Poll("paid", protocol.PAID, protocol.BY_PAYMENT),
    Poll("shipping", protocol.SHIPPING, protocol.BY_PAYMENT),
    # Cancels are seen only by asking for them.
    Poll("cancel asked", protocol.CANCEL_ASKED, protocol.BY_CANCEL),
    Poll("cancelled", protocol.CANCELLED, protocol.BY_CANCEL),
    # One that was cancelled at once may never have been waiting for it.
    Poll("cancelled at once", protocol.CANCELLED, protocol.BY_PAYMENT),
)
REFUND_STATUSES = (1, 2, 3, 4, 5)


@dataclass
class Run:
    """What a run did."""

    seen: int = 0
    created: int = 0
    changed: int = 0
    unusable: int = 0


def pull(account_id: int) -> dict[str, int]:
    """Pull one shop now: the job that the worker runs every few seconds. Returns what was done.

    A platform that can't be used is noted on the account; the next run begins at the same mark.
    """
    account = Account.objects.select_related("key").get(pk=account_id)
    if account.stage != ConnectionStage.CONNECTED:
        return {}
    now = clock.now()
    try:
        with kaola_client(account) as client:
            run = _run(account, client, now)
    except KaolaError as error:
        _note_failure(account_id, error.sentence(settings.LANGUAGE_CODE), now)
        log.warning("pull of %s failed: %s", account.name, error)
        return {"failed": 1}
    return vars(run)


def _run(account: Account, client: KaolaClient, now: datetime) -> Run:
    run = Run()
    spans, mark = windows(account.high_water, now)
    for span in spans:
        for poll in POLLS:
            for raw in _orders(client, poll, span):
                run.seen += 1
                asked = _take_in(account, raw, run)
                if asked:
                    _ask_for(account, client, asked, run)
        for raw in _refunds(client, span):
            run.unusable += not refunds.take_in(account, raw, now)
    Account.objects.filter(pk=account.pk).update(
        high_water=mark, last_run_at=now, last_ok_at=now, last_error="", failures=0
    )
    return run


def _orders(client: KaolaClient, poll: Poll, span: Window) -> Iterator[Any]:
    def search(window: Window, page: int, size: int) -> tuple[int, list[Any]]:
        return client.search_orders(poll.status, poll.date_type, *window, page, size)

    for rows in read_window(search, span, "order_id"):
        yield from rows


def _refunds(client: KaolaClient, span: Window) -> Iterator[Any]:
    for status in REFUND_STATUSES:

        def search(window: Window, page: int, size: int, status: int = status) -> tuple[int, list[Any]]:
            return client.search_refunds(status, *window, page, size)

        for rows in read_window(search, span, "refund_id"):
            yield from rows


def _take_in(account: Account, raw: Any, run: Run) -> str:
    """Take a row in; the order's number when the row can't be read but says which order it is."""
    try:
        incoming = parse_order(raw, account.shop)
    except UnreadableOrder as error:
        sentences = (error.sentence("zh"), error.sentence("en"))
        _set_aside(account, raw, error.external_id, "unreadable", sentences)
        run.unusable += 1
        return error.external_id
    try:
        outcome = intake.take_in(incoming)
    except StepRefused as refused:
        # One order that can't be taken in now is kept aside; the others of the run go on.
        _set_aside(account, raw, incoming.external_id, "refused", (str(refused.sentence), str(refused.sentence)))
        run.unusable += 1
        return ""
    run.created += outcome is intake.Outcome.CREATED
    run.changed += outcome in (intake.Outcome.CHANGED, intake.Outcome.CANCELLED)
    quarantine.settle(account.pk, incoming.external_id)
    return ""


def _ask_for(account: Account, client: KaolaClient, number: str, run: Run) -> None:
    """Ask for one order whose row couldn't be read: bent once is seldom bent twice, and later runs don't look back."""
    try:
        raw = client.get_order(number)
    except KaolaError as error:
        log.info("an order of %s couldn't be asked for: %s", account.name, error)
        return
    before = run.unusable
    _take_in(account, raw, run)
    # It counts once when it is unusable again, and not at all otherwise.
    run.unusable = before if run.unusable > before else before - 1


def _set_aside(account: Account, raw: Any, external_id: str, cause: str, reason: tuple[str, str]) -> None:
    quarantine.set_aside(
        account_id=account.pk, channel=account.platform, kind="order", raw=text_of(raw).encode("utf-8", "replace"),
        cause=cause, reason=reason, external_id=external_id,
    )  # fmt: skip


def _note_failure(account_id: int, reason: str, now: datetime) -> None:
    row = Account.objects.get(pk=account_id)
    row.last_run_at, row.last_error, row.failures = now, reason[:1000], row.failures + 1
    row.save(update_fields=["last_run_at", "last_error", "failures"])
