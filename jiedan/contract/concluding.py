"""What the steps of a contract do: handing over, review, sending, signatures, conclusion (clause 2.3.2)."""

from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jiedan.contract import papers
from jiedan.contract.models import Contract
from jiedan.documents import filing
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import Context
from jiedan.kernel.drafts import add_author
from jiedan.kernel.errors import Invalid
from jiedan.orders.models import Order
from jiedan.people.models import Department
from jiedan.portal import links

PURPOSE: Final = "contract"
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


def conclude(row: Contract, ctx: Context) -> None:
    """The company signs: one PDF with both signatures, sealed with the company's key."""
    row.state, row.concluded_at, row.concluded_by_id = Contract.CONCLUDED, ctx.now, ctx.actor.staff_id
    row.save(update_fields=["state", "concluded_at", "concluded_by"])
    paper = _file(row, "signed_contract", _("Contract signed by both sides"), ctx)
    _note(row, ctx, **paper.facts())


def draw_up_anew(order: Order, because: str, ctx: Context) -> None:
    """The version that was handed over counts no longer; its text begins the next one, the link ends, signatures lapse."""
    row = papers.in_state(order, Contract.SUBMITTED, Contract.PASSED, Contract.SENT, Contract.SIGNED)
    if row is None:
        raise TypeError("the guard lets nobody here without a version handed over")
    withdraw(row, because, ctx, questions="")
    links.revoke(order, PURPOSE, because, ctx.now)


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
    row.state, row.on_paper, row.content_hash = Contract.CONCLUDED, True, papers.hash_of(row)
    row.checklist, row.reviewed_at, row.reviewed_by_id = ticked, ctx.now, ctx.actor.staff_id
    row.concluded_at, row.concluded_by_id = ctx.now, ctx.actor.staff_id
    row.save()
    links.revoke(order, PURPOSE, _("The contract was signed on paper."), ctx.now)
    _note(row, ctx)


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
        row.order, kind, "contract/contract", _data(row, ctx), name=name, reason=reason,
        at=ctx.now, by=ctx.actor.staff_id, who=ctx.actor.name,
    )  # fmt: skip


def _data(row: Contract, ctx: Context) -> dict[str, Any]:
    return {
        "title": _("Contract"),
        "number": f"{row.order.ref} · {row.number}",
        "company": Department.objects.get(parent=None).name,
        "printed": f"{localtime(ctx.now):%Y-%m-%d %H:%M}",
        "clauses": [
            {"number": f"{number}", "heading": clause.heading, "text": clause.text}
            for number, clause in enumerate(row.clauses, start=1)
        ],
        "signatures": _signatures(row, ctx) if row.state == Contract.CONCLUDED else [],
        "fingerprint": row.content_hash,
    }


def _signatures(row: Contract, ctx: Context) -> list[dict[str, str]]:
    theirs = row.signature()
    at = f"{localtime(row.signed_at):%Y-%m-%d %H:%M:%S}" if row.signed_at else ""
    return [
        {
            "party": _("Customer"), "name": theirs["name"], "at": at, "drawn": as_svg(theirs.get("drawn", "")),
            "words": _("Signed on the portal from %(address)s with %(device)s; consented: %(consent)s")
            % {name: theirs[name] for name in ("address", "device", "consent")},
        },
        {
            "party": _("Supplier"), "name": ctx.actor.name, "at": f"{localtime(ctx.now):%Y-%m-%d %H:%M:%S}", "drawn": "",
            "words": _("Signed for the company with its key; the file carries the signature."),
        },
    ]  # fmt: skip


def as_svg(path: str) -> str:
    """A drawn signature as a picture; "" for none. PATH was checked when it came in."""
    if not path:
        return ""
    width, height = _CANVAS
    stroke = 'fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}" {stroke}/></svg>'
