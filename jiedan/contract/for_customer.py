"""The customer's page of the contract: the text clause by clause, their remarks, the signature (clause 2.3.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiedan.contract import concluding, wording
from jiedan.contract.models import Contract
from jiedan.contract.shown import clause_rows
from jiedan.documents.models import Document
from jiedan.portal import purposes
from jiedan.portal.models import Link


def row_of(link: Link) -> Contract | None:
    """The version that the link is about: the newest of that text."""
    row = Contract.objects.filter(order=link.order_id, content_hash=link.about).order_by("-number").first()
    if row is not None:
        row.order = link.order
    return row


def context(link: Link, form: purposes.Form) -> Mapping[str, Any]:
    """What the page shows."""
    row = row_of(link)
    if row is None:
        return {"clauses": []}
    signature = row.signature()
    return {
        "contract": row,
        "clauses": clause_rows(row),
        "may_sign": link.purpose == concluding.PURPOSE,
        "named": row.named()[0],
        "signature": signature,
        "signed_as": wording.capacity(signature.get("capacity", ""), signature.get("post", "")),
        "capacities": wording.capacities(),
        "drawn": form.typed.get("drawn", ""),
    }


def over(link: Link, _now: datetime) -> str | None:
    """Why nothing can be remarked or signed any more."""
    row = row_of(link)
    if row is None or row.state == Contract.WITHDRAWN:
        return _("This contract was drawn up anew. Read the newest version that we sent you.")
    if row.state == Contract.SIGNED and row.signed_at is not None:
        return _("You signed on %(at)s. We sign next; the file with both signatures will be here.") % {
            "at": f"{localtime(row.signed_at):%Y-%m-%d %H:%M}"
        }
    if row.state == Contract.CONCLUDED:
        return _("The contract is signed by both sides. You find the file below; keep it.")
    return None


def files(link: Link) -> list[Document]:
    """The contract on file."""
    return concluding.paper_of(link.order)


def register() -> None:
    """Called once, when the application is ready."""
    remark = "contract.remark_on_contract"
    sign = gettext_lazy("Please read the contract; you can remark on each clause, and sign below.")
    read = gettext_lazy("Please read the contract; you can remark on each clause. Somebody else signs it.")
    for code, title, steps, asks in (
        (concluding.PURPOSE, gettext_lazy("Contract to sign"), {"contract.sign_contract", remark}, sign),
        (concluding.READING, gettext_lazy("Contract to read"), {remark}, read),
    ):
        purposes.register(
            purposes.Purpose(
                code, title, "contract/portal.html", context, frozenset(steps), over=over, files=files, asks=asks
            )
        )
