"""Putting papers on file and getting them back: sealed, named by their fingerprint, whole or not at all (6.2.1)."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from jiedan.documents import places, signing, store, typesetting
from jiedan.documents.models import Document, Fetched
from jiedan.documents.uploads import BadFile, Checked
from jiedan.orders import vault
from jiedan.orders.models import Order

DAY: Final = timedelta(days=1)


class Unavailable(LookupError):
    """A document's file can't be given out: the sentence says why."""


def take_in(order: Order, kind: str, given: Checked, by: int, at: datetime) -> Document:
    """File what somebody brought; ORDER is locked by the step. Raises BadFile: it is there already, or a quota is full."""
    sha256 = hashlib.sha256(given.content).hexdigest()
    if Document.objects.filter(order=order, kind=kind, sha256=sha256, withdrawn_at=None).exists():
        raise BadFile(_("This very file is already on file as “%(kind)s”.") % {"kind": places.title(kind)})
    _hold_quota(order, by, len(given.content), at)
    return _keep(
        order, kind, given.name, given.content, by, at, new_code(),
        media_type=given.media_type, signature=given.signature.facts(), made_here=False,
    )  # fmt: skip


def make(
    order: Order,
    kind: str,
    template: str,
    data: Mapping[str, Any],
    *,
    name: str,
    reason: str,
    at: datetime,
    by: int | None,
    who: str,
) -> Document:
    """Typeset a paper from TEMPLATE and DATA (without `verify`, which is added), sign it for WHO and REASON, file it.

    NAME is the file's name. To be called in a step's body, which notes `Document.facts()` in its record.
    """
    code = new_code()
    mark = typesetting.verify_mark(settings.PORTAL_URL, code)
    pdf = signing.sign(typesetting.pdf(template, {**data, "verify": mark}, at), reason, at, who)
    verdict = signing.verify(pdf).facts()
    return _keep(order, kind, name, pdf, by, at, code, media_type=places.PDF, signature=verdict, made_here=True)


def content(document: Document) -> bytes:
    """The file as it was filed, held against its fingerprint and its signature. Raises Unavailable."""
    try:
        sealed = store.get(document.blob)
        found = vault.unseal_bytes(document.key.opened(), sealed, document.purpose)
    except store.Missing as error:
        raise Unavailable(_("The file is missing from the store. Tell the administrator; backups have it.")) from error
    except store.Damaged as error:
        raise Unavailable(_damaged()) from error
    except vault.Unreadable as error:
        raise Unavailable(_("The file can't be opened any more: the customer's data were erased.")) from error
    signed = document.signature.get("state") == "valid"
    if hashlib.sha256(found).hexdigest() != document.sha256 or (signed and signing.verify(found).state != "valid"):
        raise Unavailable(_damaged())
    return found


def fetch(document: Document, staff: int, channel: str, at: datetime) -> bytes:
    """The file for somebody, who is put down as having taken a copy. Raises Unavailable."""
    found = content(document)
    Fetched.objects.create(document=document, staff_id=staff, channel=channel, at=at)
    return found


def withdraw(document: Document, by: int | None, because: str, at: datetime) -> None:
    """Let a document count no longer; the file and its row stay."""
    document.withdrawn_at, document.withdrawn_by_id, document.withdrawn_because = at, by, because
    document.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])


def new_code() -> str:
    """A code for the public page: 80 bits, capital letters and digits that aren't mistaken for one another."""
    return base64.b32encode(secrets.token_bytes(10)).decode()


def _keep(
    order: Order,
    kind: str,
    name: str,
    data: bytes,
    by: int | None,
    at: datetime,
    code: str,
    *,
    media_type: str,
    signature: dict[str, Any],
    made_here: bool,
) -> Document:
    key = order.customer.key
    row = Document(
        order=order, kind=kind, media_type=media_type, size=len(data), sha256=hashlib.sha256(data).hexdigest(),
        key=key, code=code, made_here=made_here, filed_by_id=by, filed_at=at, signature=signature,
    )  # fmt: skip
    opened = key.opened()
    row.name_sealed = vault.seal_bytes(opened, name.encode(), "document name")
    row.blob = store.put(vault.seal_bytes(opened, data, row.purpose))
    row.save(force_insert=True)
    return row


def _hold_quota(order: Order, by: int, size: int, at: datetime) -> None:
    there = Document.objects.filter(order=order).aggregate(count=Count("pk"), size=Sum("size"))
    if there["count"] >= places.PER_ORDER or (there["size"] or 0) + size > places.BYTES_PER_ORDER:
        raise BadFile(
            _("An order holds at most %(count)d documents and %(size)s. Put several pages into one PDF.")
            % {"count": places.PER_ORDER, "size": filesizeformat(places.BYTES_PER_ORDER)}
        )
    lately = Document.objects.filter(filed_by=by, filed_at__gt=at - DAY).aggregate(size=Sum("size"))
    if (lately["size"] or 0) + size > places.BYTES_PER_PERSON_A_DAY:
        raise BadFile(
            _("You have filed %(size)s within a day, which is the limit. Go on tomorrow, or ask a colleague.")
            % {"size": filesizeformat(places.BYTES_PER_PERSON_A_DAY)}
        )


def _damaged() -> str:
    return _("The file in the store was altered and isn't given out. Tell the administrator; backups have it.")
