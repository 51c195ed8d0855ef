"""Offering terms, the customer's answers, and what an agreement means (clauses 2.3.1, 1.3.2, 2.3.2)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.core import contract_need
from jiedan.core.contract_need import Limits
from jiedan.core.lifecycle import ENDED, OrderStage
from jiedan.core.terms import ITEMS, Terms
from jiedan.documents import filing
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Refused
from jiedan.kernel.rules import Rules
from jiedan.orders import access, vault
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Department
from jiedan.portal import links
from jiedan.terms import lawful, papers, wording
from jiedan.terms.models import ItemAnswer, TermSheet
from jiedan.terms.sheet import Sheet, require_whole

PURPOSE: Final = "terms"
CONFIRMED_BY: Final = "terms confirmed by"


def offer(order: Order, version: int | None, ctx: Context) -> None:
    """Freeze the draft and send it: its fingerprint, its PDF, the link to answer it. Raises Refused or Invalid."""
    sheet = papers.begun(order, ctx.now)
    papers.DRAFTS.require_seen(sheet, version)
    draft = Sheet.model_validate(sheet.draft)
    terms = require_whole(draft, _today(ctx))
    lawful.require(order, terms)
    sheet.terms, sheet.content_hash, sheet.state = terms.data(), terms.hash(), TermSheet.OFFERED
    sheet.offered_at, sheet.offered_by_id = ctx.now, ctx.actor.staff_id
    sheet.contract_reasons = [
        reason.value for reason in _contract_reasons(order, terms, draft.contract_wanted, ctx.rules)
    ]
    sheet.save()
    until = ctx.now + links.lifetime(ctx.rules)
    link = links.issue(order, PURPOSE, sheet.content_hash, at=ctx.now, by=ctx.actor.staff_id, until=until)
    paper = _file(order, sheet, terms, ctx, _("Terms offered"))
    ctx.note(
        ref=order.ref, summary=order.summary, version=sheet.number, content_hash=sheet.content_hash, total=f"{terms.total:.2f}",
        deliver_on=None if terms.deliver_on is None else terms.deliver_on.isoformat(), link=link.pk, **paper.facts(),
    )  # fmt: skip


def take_back(order: Order, because: str, ctx: Context) -> None:
    """The offered sheet counts no longer, its link ends, and a new version is begun with its content."""
    sheet = papers.offered(order)
    if sheet is None:
        raise TypeError("the guard lets nobody here without an offered sheet")
    sheet.state, sheet.withdrawn_because = TermSheet.WITHDRAWN, because[:200]
    sheet.save(update_fields=["state", "withdrawn_because"])
    links.revoke(order, PURPOSE, because, ctx.now)
    TermSheet.objects.create(order=order, number=sheet.number + 1, draft=sheet.draft, saved_at=ctx.now)
    ctx.note(ref=order.ref, summary=order.summary, version=sheet.number)


def seen(order: Order, content_hash: str) -> TermSheet:
    """The offered sheet, if it is the one that was seen. Raises Refused (`terms_outdated`)."""
    sheet = papers.offered(order)
    if sheet is None or sheet.content_hash != content_hash:
        raise Refused(
            _(
                "These terms of %(ref)s were changed since they were opened; nothing was confirmed. Read the newest version."
            )
            % {"ref": order.ref},
            "terms_outdated",
        )
    return sheet


def answer(
    order: Order, sheet: TermSheet, said: Mapping[str, tuple[str, str]], name: str, how: str, ctx: Context
) -> None:
    """Keep what the customer said of each item, and conclude the agreement when they agree to all four."""
    terms = sheet.content
    ItemAnswer.objects.bulk_create(
        ItemAnswer(
            sheet=sheet, item=item, item_hash=terms.item_hash(item), verdict=verdict, words=words, at=ctx.now
        )
        for item, (verdict, words) in said.items()
    )  # fmt: skip
    asked = [item for item in ITEMS if said[item][0] == ItemAnswer.QUESTION]
    questions = " ".join(f"{wording.item(item)}: {said[item][1]}" for item in asked)
    ctx.note(ref=order.ref, summary=order.summary, version=sheet.number, questions=questions)
    if not asked:
        _conclude(order, sheet, terms, name, how, ctx)


def stage_now(order: Order) -> str:
    """The order's stage after an answer."""
    return OrderStage.AGREED if papers.agreed(order) else OrderStage.NEGOTIATING


def is_agreed(order: Order) -> bool:
    """Whether the terms are agreed."""
    return order.stage == OrderStage.AGREED


def confirmed_by(sheet: TermSheet) -> str:
    """Who confirmed, as they wrote their name; "" when their data were erased."""
    try:
        key = sheet.order.customer.key.opened()
        return vault.unseal_bytes(key, bytes(sheet.confirmed_by), CONFIRMED_BY).decode()
    except vault.Unreadable:
        return ""


def paper_of(order: Order) -> list[Document]:
    """The newest term sheet on file."""
    rows = Document.objects.filter(order=order, kind="term_sheet", withdrawn_at=None).select_related("key")
    return list(rows.order_by("-pk")[:1])


def _conclude(order: Order, sheet: TermSheet, terms: Terms, name: str, how: str, ctx: Context) -> None:
    sheet.state, sheet.agreed_at, sheet.how = TermSheet.AGREED, ctx.now, how
    sheet.confirmed_by = vault.seal_bytes(order.customer.key.opened(), name.encode(), CONFIRMED_BY)
    sheet.save()
    order.needs_contract = bool(sheet.contract_reasons)
    paper = _file(order, sheet, terms, ctx, _("Terms agreed"))
    ctx.note(
        content_hash=sheet.content_hash, total=f"{terms.total:.2f}", needs_contract=order.needs_contract, how=how,
        **paper.facts(),
    )  # fmt: skip


def _contract_reasons(order: Order, terms: Terms, wanted: bool, rules: Rules) -> list[contract_need.Reason]:
    earlier = access.visible(SYSTEM, Order).filter(customer=order.customer_id).exclude(pk=order.pk)
    others = earlier.exclude(stage__in=ENDED)
    kinds = {line.kind for line in terms.lines}
    kind = kinds.pop() if len(kinds) == 1 else "mixed"
    return contract_need.reasons(
        terms.total, kind, known_customer=others.exists(), wanted=wanted, limits=_limits(rules)
    )


def _limits(rules: Rules) -> Limits:
    names = ("contract_from_yuan", "contract_service_from_yuan", "contract_new_customer_from_yuan")
    return Limits(*(Decimal(str(rules.procedure.amount(name))) for name in names))


def _file(order: Order, sheet: TermSheet, terms: Terms, ctx: Context, reason: str) -> Document:
    name = _("Terms %(ref)s, version %(n)d.pdf") % {"ref": order.ref, "n": sheet.number}
    return filing.make(
        order, "term_sheet", "terms/terms", _data(order, sheet, terms, ctx), name=name, reason=reason,
        at=ctx.now, by=ctx.actor.staff_id, who=ctx.actor.name,
    )  # fmt: skip


def _data(order: Order, sheet: TermSheet, terms: Terms, ctx: Context) -> dict[str, Any]:
    facts = [[_("Order"), f"{order.ref} {order.summary}"], [_("Customer"), order.customer.name_masked]]
    if sheet.agreed_at is not None:
        said = f"{localtime(sheet.agreed_at):%Y-%m-%d %H:%M} {wording.how(sheet.how)}"
        facts.append([_("Confirmed by the customer"), said])
    return {
        "title": _("Term sheet"),
        "number": f"{order.ref} · {sheet.number}",
        "company": Department.objects.get(parent=None).name,
        "printed": f"{localtime(ctx.now):%Y-%m-%d %H:%M}",
        "facts": facts,
        "items": [
            {"title": wording.item(item), "rows": [[title, text] for title, text in rows]}
            for item, rows in wording.rows(terms).items()
        ],
        "fingerprint": sheet.content_hash,
    }


def _today(ctx: Context) -> date:
    return localtime(ctx.now).date()
