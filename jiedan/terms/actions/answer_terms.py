"""The customer says of each key term whether they agree, on the portal (clause 2.3.1)."""

from typing import Annotated, Literal

from django.utils.translation import gettext
from pydantic import Field, StringConstraints

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.core.terms import ITEMS
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as _
from jiedan.orders.models import Order
from jiedan.portal.entry import EVIDENCE, ByCustomer
from jiedan.terms import agreeing
from jiedan.terms.clocks import CONCLUDE_CONTRACT, CONFIRM_ORDER
from jiedan.terms.guards import is_offered
from jiedan.terms.models import ItemAnswer

Verdict = Literal["agree", "question"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class AnswerTerms(ByCustomer):
    requirements: Verdict = Field(title=_("Requirements"))
    requirements_words: Words = Field("", title=_("Question"))
    delivery: Verdict = Field(title=_("Delivery time"))
    delivery_words: Words = Field("", title=_("Question"))
    price: Verdict = Field(title=_("Price"))
    price_words: Words = Field("", title=_("Question"))
    payment: Verdict = Field(title=_("Payment"))
    payment_words: Words = Field("", title=_("Question"))
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = Field("", title=_("Your name"))
    consent: bool = Field(False, title=_("I agree to these terms"))

    def said(self) -> dict[str, tuple[str, str]]:
        """Verdict and words by item."""
        return {item: (getattr(self, item), getattr(self, f"{item}_words")) for item in ITEMS}


@action(
    _("Answer terms"),
    clause="2.3.1",
    on=Order,
    by={Role.CUSTOMER},
    when={OrderStage.NEGOTIATING},
    to=agreeing.stage_now,
    leads={OrderStage.NEGOTIATING, OrderStage.AGREED},
    guards=[is_offered],
    stops={"agree_terms"},
    starts=[CONFIRM_ORDER, CONCLUDE_CONTRACT],
    ends_if=agreeing.is_agreed,
    private=EVIDENCE | {"name"},
)
def answer_terms(order: Order, data: AnswerTerms, ctx: Context) -> None:
    """Say of each of the four key terms that you agree, or ask; when you agree to all of them they are agreed and frozen."""
    sheet = agreeing.seen(order, data.content_hash)
    said = data.said()
    problems = {
        f"{item}_words": [gettext("Write what you want to ask or have otherwise.")]
        for item, (verdict, words) in said.items()
        if verdict == ItemAnswer.QUESTION and not words
    }
    if all(verdict == ItemAnswer.AGREE for verdict, _words in said.values()):
        if not data.name:
            problems["name"] = [gettext("Write your name.")]
        if not data.consent:
            problems["consent"] = [gettext("Tick that you agree, or ask about what you don't agree with.")]
    if problems:
        raise Invalid(problems, gettext("Some fields need to be corrected."))
    agreeing.answer(order, sheet, said, data.name, "portal", ctx)
