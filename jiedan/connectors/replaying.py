"""A message that was set aside is tried again through its own channel's reader (clause 2.1.2).

A reader does with the text what the channel would have done, and raises Unusable with the sentences that say why it
still can't be used. TRUSTED says that somebody decided to take it although its signature can't be verified.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jiedan.acquisition import intake
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.connectors import accounts, causes, desk, quarantine
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.fields import UnreadableMessage
from jiedan.connectors.kaola import refunds
from jiedan.connectors.kaola.parse import parse_order
from jiedan.connectors.models import Account, Quarantined
from jiedan.connectors.webhook import messages
from jiedan.connectors.webhook.listings import take_in_listing
from jiedan.connectors.webhook.messages import Posted, TakenDown, Unreadable
from jiedan.connectors.yanxuan import protocol, replay
from jiedan.connectors.yanxuan.protocol import Refusal
from jiedan.core import clock
from jiedan.kernel.errors import Refused
from jiedan.kernel.naming import english
from jiedan.orders import access, vault
from jiedan.people.actor import SYSTEM

UNVERIFIED = causes.UNVERIFIED
"""Causes under which a message is only taken when its signature fits now, or by somebody's decision."""


@dataclass(frozen=True)
class Unusable(Exception):
    """It still can't be used."""

    zh: str
    en: str


Reader = Callable[[AccountFacts, str, bytes, bool], None]


def try_again(message: Quarantined, trusted: bool, connection: str = "") -> None:
    """Do what the message asks for; CONNECTION (a reference) when it came for none that we know.

    Raises Refused with the reason why it still can't be used; nothing has then changed.
    """
    account = _account(message, connection)
    raw = vault.unseal(message.key.opened(), bytes(message.sealed), "quarantine")["raw"].encode()
    with quarantine.in_hand(message.pk):
        try:
            READERS[account.platform](account, message.cause, raw, trusted)
        except Unusable as why:
            reason = why.en if english() else why.zh
            raise Refused(_("It still can't be used: %(reason)s") % {"reason": reason}, "still_unusable") from why
        except (desk.Busy, desk.NotStored) as later:
            raise Refused(_("It could not be stored just now; try again in a moment."), "try_later") from later


def _account(message: Quarantined, connection: str) -> AccountFacts:
    rows = access.visible(SYSTEM, Account).select_related("key").filter(platform=message.channel)
    if message.account_id is not None:
        return accounts.facts_of(rows.get(pk=message.account_id))
    found = next((row for row in rows if connection in (row.ref, row.code)), None)
    if found is None:
        known = "、".join(f"{row.ref} {row.name}" for row in rows) or "—"
        raise Refused(
            _("It came for no connection that we know; name the one it belongs to: %(known)s.") % {"known": known},
            "connection_needed",
        )
    return accounts.facts_of(found)


def _kaola(account: AccountFacts, cause: str, raw: bytes, _trusted: bool) -> None:
    try:
        if cause == refunds.UNREADABLE:
            refunds.keep(access.visible(SYSTEM, Account).get(pk=account.id), json.loads(raw), clock.now())
        else:
            _take(parse_order(json.loads(raw), account.shop))
    except UnreadableMessage as error:
        raise Unusable(error.sentence("zh"), error.sentence("en")) from error


def _yanxuan(account: AccountFacts, cause: str, raw: bytes, trusted: bool) -> None:
    try:
        if trusted and cause not in replay.ORDERS:
            replay.take(account, protocol.parameters_of(b"", raw))
        else:
            replay.replay(account, cause, raw)
    except Refusal as error:
        raise Unusable(error.zh, error.en) from error


def _webhook(account: AccountFacts, cause: str, raw: bytes, trusted: bool) -> None:
    if cause in UNVERIFIED and not trusted:
        zh = "原消息的签名无法再核对；请让对方重新发送，或由决策人决定直接采用"
        en = "its signature can't be checked any more; have it sent again, or a decision maker takes it as it is"
        raise Unusable(zh, en)
    try:
        said = messages.read(raw, account.shop)
    except Unreadable as error:
        raise Unusable(error.zh, error.en) from error
    if isinstance(said, Posted | TakenDown):
        take_in_listing(account, said)
        return
    if not isinstance(said, messages.Said):
        raise Unusable("这不是订单消息，请让对方重新发送", "it isn't about an order; have it sent again")
    # As a push of its own: the day's comparison counts messages.
    receipt = desk.hand_in(desk.Delivery(account, said.kind, raw, said.order))
    if receipt.outcome is intake.Outcome.REFUSED:
        raise Unusable(receipt.reason, receipt.reason)


def _take(incoming: IncomingOrder) -> None:
    (taken,) = intake.take_in_many([incoming], "replay")
    if taken.outcome is intake.Outcome.REFUSED:
        raise Unusable(taken.reason, taken.reason)


READERS: dict[str, Reader] = {"kaola": _kaola, "yanxuan": _yanxuan, "webhook": _webhook}
