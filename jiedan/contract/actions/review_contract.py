"""Somebody who didn't write it reviews the contract's clauses (clauses 2.3.2, 1.3.1, 1.3.4)."""

from typing import Annotated, Literal

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.contract import concluding, papers
from jiedan.contract.entry import AboutContract, ByList
from jiedan.contract.guards import to_review
from jiedan.contract.models import Contract
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order


class ReviewContract(AboutContract, ByList):
    verdict: Literal["pass", "return"] = Field(title=_("Result"))
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = Field(
        "", title=_("What has to be changed"), description=_("Required when it is returned.")
    )


@action(
    _("Review the contract"),
    clause="2.3.2",
    on=Order,
    by={Role.DEPARTMENT_HEAD, Role.DECISION_MAKER},
    when={OrderStage.AGREED},
    guards=[to_review],
)
def review_contract(order: Order, data: ReviewContract, ctx: Context) -> None:
    """Go through the clauses with the list; pass the contract, or return it with what has to be changed."""
    row = papers.seen(order, data.content_hash, Contract.SUBMITTED)
    problems: dict[str, list[str]] = {}
    if data.verdict == "pass":
        problems = data.missing()
    elif not data.words:
        problems = {"words": [gettext("Say what has to be changed.")]}
    if problems:
        raise Invalid(problems, gettext("Some fields need to be corrected."))
    row.checklist, row.reviewed_at, row.reviewed_by_id = data.ticked(), ctx.now, ctx.actor.staff_id
    if data.verdict == "pass":
        row.state = Contract.PASSED
        row.save()
        ctx.note(ref=order.ref, summary=order.summary, version=row.number)
    else:
        row.save()
        concluding.withdraw(row, data.words, ctx, questions=data.words)
