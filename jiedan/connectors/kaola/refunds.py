"""Refunds that the platform reports: kept sealed until after-sales works on them, or set aside with the reason."""

import hashlib
import json
from datetime import datetime

from jiedan.connectors import quarantine
from jiedan.connectors.kaola.parse import UnreadableRefund, parse_refund
from jiedan.connectors.models import Account, Refund
from jiedan.orders import vault

UNREADABLE = "refund_unreadable"
"""The cause under which a refund is set aside."""


def take_in(account: Account, raw: object, now: datetime) -> bool:
    """Keep a refund as it stands on the platform now, or set it aside with its wrong fields; whether it could be used."""
    try:
        keep(account, raw, now)
    except UnreadableRefund as error:
        quarantine.set_aside(
            account_id=account.pk, channel=account.platform, kind="refund", raw=text_of(raw).encode("utf-8", "replace"),
            cause=UNREADABLE, reason=(error.sentence("zh"), error.sentence("en")), external_id=_place(error.external_id),
        )  # fmt: skip
        return False
    return True


def keep(account: Account, raw: object, now: datetime) -> None:
    """Keep a refund; the same again writes nothing. Raises UnreadableRefund, naming every wrong field."""
    refund, text = parse_refund(raw, account.shop), text_of(raw)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    known = (
        Refund.objects.filter(account=account, refund_id=refund.external_id).values_list("digest", flat=True).first()
    )
    if known == digest:
        return
    values = {
        "order_external_id": refund.order_external_id,
        "status": refund.platform_status[:20],
        "sealed": vault.seal(account.key.opened(), {"raw": text}, "refund"),
        "digest": digest,
        "changed_at": now,
    }
    Refund.objects.update_or_create(
        account=account, refund_id=refund.external_id, defaults=values, create_defaults={**values, "first_at": now}
    )
    quarantine.settle(account.pk, _place(refund.external_id))


def text_of(raw: object) -> str:
    """What the platform sent, written so that the same is the same text."""
    return json.dumps(raw, ensure_ascii=False, default=str, sort_keys=True)


def _place(refund_id: str) -> str:
    # Apart from the numbers of orders, so that a good order never settles a refund.
    return f"refund {refund_id}"[:128] if refund_id else ""
