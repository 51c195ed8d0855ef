"""A decision maker allows a word that a platform's rules forbid, in one order (clause 1.3.1)."""

from typing import Annotated

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.acquisition.entry import Reason
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.terms.guards import not_its_writer
from jiedan.terms.lawful import on_platforms_list
from jiedan.terms.models import AllowedWord


class AllowWord(Reason):
    word: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        title=_("Word, as it stands on the screening list")
    )


@action(
    _("Allow a word of the screening list"),
    clause="1.3.1",
    on=Order,
    by={Role.DECISION_MAKER},
    when={OrderStage.NEGOTIATING, OrderStage.AGREED},
    guards=[not_its_writer],
)
def allow_word(order: Order, data: AllowWord, ctx: Context) -> None:
    """Let terms and contract of this order hold a word that a platform's rules forbid, and say why. What is prohibited stays so."""
    if not on_platforms_list(data.word):
        sentence = gettext(
            "Only words that the list holds for platforms' rules can be allowed; this isn't one of them."
        )
        raise Invalid({"word": [sentence]}, gettext("Some fields need to be corrected."))
    AllowedWord.objects.update_or_create(
        order=order, word=data.word, defaults={"reason": data.reason, "by_id": ctx.actor.staff_id or 0, "at": ctx.now}
    )
    ctx.note(ref=order.ref, summary=order.summary, word=data.word)
