"""Conditions of this chapter's steps: each returns the sentence a person reads, or None."""

from django.utils.translation import gettext as _

from jiedan.evaluation import papers, voting
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.dispatch import Context
from jiedan.orders.models import Order


def paper_begun(order: Order, _ctx: Context) -> str | None:
    """There has to be a paper to submit."""
    if papers.draft_of(order) is not None:
        return None
    return _(
        "Nobody has written an evaluation of %(ref)s yet. Open its evaluation, answer the questions, then submit."
    ) % {"ref": order.ref}


def asked_to_decide(order: Order, ctx: Context) -> str | None:
    """Only who is asked votes; nobody on their own work, nobody twice (clause 1.3.4)."""
    paper = papers.submitted(order)
    return None if paper is None else voting.why_not(paper, order, ctx.actor)


def customer_not_told(order: Order, _ctx: Context) -> str | None:
    """The customer is told once."""
    paper = Evaluation.objects.filter(order=order.pk, state=Evaluation.DECLINED).first()
    if paper is None or paper.told_at is None:
        return None
    return _("The customer of %(ref)s has been told already; see the ledger.") % {"ref": order.ref}
