"""What the steps of a contract do: handing over, review, sending, signatures, conclusion (clause 2.3.2)."""

from datetime import datetime
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiedan.contract import papers, signing_for, wording
from jiedan.contract.models import Contract
from jiedan.documents import filing, typesetting
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import Context
from jiedan.kernel.drafts import add_author
from jiedan.kernel.errors import Invalid, Refused
from jiedan.orders.models import Order
from jiedan.portal import links

PURPOSE: Final = "contract"
READING: Final = "contract_read"
"""What a link is for that shows the contract and lets nobody sign."""
_CANVAS: Final = (600, 200)
"""Width and height of the field that signatures are drawn in."""


def hand_over(order: Order, version: int | None, ctx: Context) -> None:
    """Freeze the draft for review. Raises Refused, or Invalid with what the checks found, by clause."""
    row = papers.begun(order, ctx.now)
    papers.DRAFTS.require_seen(row, version)
    problems: dict[str, list[str]] = {}
    for finding in papers.checked(row):
        if finding.blocks:
            name = finding.topic.value if finding.topic else ""
            problems.setdefault(name, []).append(finding.sentence(get_language() or ""))
    if problems:
        raise Invalid(problems, _("The contract can't be handed over; what the checks found is named below."))
    row.state, row.content_hash, row.submitted_at = Contract.SUBMITTED, papers.hash_of(row), ctx.now
    add_author(row, ctx.actor, ctx.grant)
    row.save()
    _note(row, ctx)


def draw(order: Order, version: int | None, ctx: Context) -> None:
    """Draw the draft anew from the template in force. Raises Refused when it was saved since VERSION was seen."""
    row = papers.begun(order, ctx.now)
    papers.DRAFTS.require_seen(row, version)
    papers.draw(row)
    row.saves, row.saved_at, row.saved_by_id = row.saves + 1, ctx.now, ctx.actor.staff_id
    add_author(row, ctx.actor, ctx.grant)
    row.save()
    _note(row, ctx)


def send(order: Order, row: Contract, ctx: Context) -> None:
    """File the text as a PDF and make the customer's link."""
    row.state, row.sent_at = Contract.SENT, ctx.now
    row.save(update_fields=["state", "sent_at"])
    until = ctx.now + links.lifetime(ctx.rules)
    link = links.issue(order, PURPOSE, row.content_hash, at=ctx.now, by=ctx.actor.staff_id, until=until)
    paper = _file(row, "contract_draft", _("Contract sent to the customer"), ctx)
    _note(row, ctx, link=link.pk, **paper.facts())


def share(order: Order, ctx: Context) -> None:
    """Make a link for somebody who reads the contract and doesn't sign; an earlier one for that ends."""
    row = papers.in_state(order, Contract.SENT)
    if row is None:
        raise TypeError("the guard lets nobody here without a contract that was sent")
    until = ctx.now + links.lifetime(ctx.rules)
    link = links.issue(order, READING, row.content_hash, at=ctx.now, by=ctx.actor.staff_id, until=until)
    _note(row, ctx, link=link.pk, expires_at=until.isoformat())


def conclude(row: Contract, post: str, drawn: str, ctx: Context) -> None:
    """The company signs: one PDF with both signatures, sealed with the company's key."""
    row.state, row.concluded_at, row.concluded_by_id = Contract.CONCLUDED, ctx.now, ctx.actor.staff_id
    row.countersignature = {"name": ctx.actor.name, "post": post or ctx.grant.role.title_zh, "drawn": drawn}
    row.save(update_fields=["state", "concluded_at", "concluded_by", "countersignature"])
    paper = _file(row, "signed_contract", _("Contract signed by both sides"), ctx)
    _note(row, ctx, **paper.facts())


def draw_up_anew(order: Order, because: str, ctx: Context) -> None:
    """The version that was handed over counts no longer; its text begins the next one, the link ends, signatures lapse."""
    row = papers.in_state(order, Contract.SUBMITTED, Contract.PASSED, Contract.SENT, Contract.SIGNED)
    if row is None:
        raise TypeError("the guard lets nobody here without a version handed over")
    withdraw(row, because, ctx, questions="")
    _end_links(order, because, ctx)


def withdraw(row: Contract, because: str, ctx: Context, questions: str) -> None:
    """Take a version out of force and begin the next one with its text."""
    row.state, row.withdrawn_because = Contract.WITHDRAWN, because[:200]
    row.save(update_fields=["state", "withdrawn_because"])
    fresh = Contract(
        order=row.order,
        number=row.number + 1,
        terms=row.terms,
        saved_at=ctx.now,
        questions=questions,
        authors=row.authors,
        template_kind=row.template_kind,
        template_number=row.template_number,
        signatories=row.signatories,
    )
    fresh.write(row.clauses)
    fresh.save()
    _note(row, ctx)


def on_paper(order: Order, ticked: list[str], ctx: Context) -> None:
    """Both sides signed by hand; the scan is on file, and somebody went through it and TICKED the list."""
    row = papers.in_state(order, *Contract.OPEN) or papers.begun(order, ctx.now)
    unlawful = papers.listed(row)
    if unlawful:
        raise Refused(unlawful[0].sentence(get_language() or ""), "listed_words")
    row.state, row.on_paper, row.content_hash = Contract.CONCLUDED, True, papers.hash_of(row)
    row.checklist, row.reviewed_at, row.reviewed_by_id = ticked, ctx.now, ctx.actor.staff_id
    row.concluded_at, row.concluded_by_id = ctx.now, ctx.actor.staff_id
    row.save()
    _end_links(order, _("The contract was signed on paper."), ctx)
    _note(row, ctx)


def _end_links(order: Order, because: str, ctx: Context) -> None:
    for purpose in (PURPOSE, READING):
        links.revoke(order, purpose, because, ctx.now)


def paper_of(order: Order) -> list[Document]:
    """The contract on file as the customer may fetch it: signed by both, or as it was sent."""
    rows = Document.objects.filter(
        order=order, kind__in=("signed_contract", "contract_draft"), withdrawn_at=None, made_here=True
    ).select_related("key")
    return list(rows.order_by("-pk")[:1])


def _note(row: Contract, ctx: Context, **more: Any) -> None:
    order = row.order
    ctx.note(ref=order.ref, summary=order.summary, version=row.number, content_hash=row.content_hash, **more)


def _file(row: Contract, kind: str, reason: str, ctx: Context) -> Document:
    name = _("Contract %(ref)s, version %(n)d.pdf") % {"ref": row.order.ref, "n": row.number}
    return filing.make(
        row.order, kind, "contract/contract", _data(row, _("Contract"), ctx.now), name=name, reason=reason,
        at=ctx.now, by=ctx.actor.staff_id, who=ctx.actor.name,
    )  # fmt: skip


def preview(row: Contract, now: datetime) -> bytes:
    """The version as a PDF to look at: unsigned, on no file, and marked as no contract."""
    data = _data(row, _("Preview, not a contract"), now)
    return typesetting.pdf("contract/contract", data | {"verify": {}}, now)


def _data(row: Contract, title: str, now: datetime) -> dict[str, Any]:
    return {
        "title": title,
        "number": f"{row.order.ref} · {row.number}",
        "company": signing_for.company_name(),
        "printed": f"{localtime(now):%Y-%m-%d %H:%M}",
        "clauses": [
            {"number": f"{number}", "heading": clause.heading, "text": clause.text}
            for number, clause in enumerate(row.clauses, start=1)
        ],
        "signatures": [_theirs(row), _ours(row)] if row.state == Contract.CONCLUDED else [],
        "fingerprint": row.content_hash,
    }


def _theirs(row: Contract) -> dict[str, str]:
    found = row.signature()
    said = {name: found[name] for name in ("address", "device", "consent")}
    return {
        "party": _("Customer"), "name": found["name"], "at": _moment(row.signed_at), "drawn": as_svg(found.get("drawn", "")),
        "role": wording.capacity(found.get("capacity", ""), found.get("post", "")),
        "words": _("Signed on the portal from %(address)s with %(device)s; consented: %(consent)s") % said,
    }  # fmt: skip


def _ours(row: Contract) -> dict[str, str]:
    found, named = row.countersignature, row.named()[1].name
    words = _("Signed for the company with its key; the file carries the signature.")
    if named and named != found["name"]:
        words = _("Signed in place of %(name)s, whom the contract names.") % {"name": named} + " " + words
    return {
        "party": _("Supplier"), "name": found["name"], "at": _moment(row.concluded_at), "drawn": as_svg(found["drawn"]),
        "role": found["post"], "words": words,
    }  # fmt: skip


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{localtime(at):%Y-%m-%d %H:%M:%S}"


def as_svg(path: str) -> str:
    """A drawn signature as a picture; "" for none. PATH was checked when it came in."""
    if not path:
        return ""
    width, height = _CANVAS
    stroke = 'fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}" {stroke}/></svg>'
