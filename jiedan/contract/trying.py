"""A template tried on a real order: the contract that it would make, which is kept nowhere (clause 2.3.2)."""

from collections.abc import Sequence
from datetime import datetime

from jiedan.contract import papers, signing_for
from jiedan.contract.models import Contract
from jiedan.core.contract_template import drawn
from jiedan.core.contract_text import Clause
from jiedan.core.terms import Terms
from jiedan.orders.models import Order
from jiedan.terms import papers as sheets
from jiedan.terms.sheet import Sheet


def terms_of(order: Order, now: datetime) -> Terms:
    """What is agreed, else what was offered or stands in the draft, else what the order says."""
    sheet = sheets.newest(order) or sheets.begun(order, now)
    return sheet.content if sheet.content_hash else Sheet.model_validate(sheet.draft).terms()


def tried(order: Order, template: Sequence[Clause], now: datetime) -> Contract:
    """The contract that TEMPLATE would make of the order; it isn't saved. Raises vault.Unreadable."""
    terms = terms_of(order, now)
    row = Contract(order=order, number=0, terms=terms.data(), saved_at=now)
    row.name_signatories(signing_for.customer(order), signing_for.company(order, now))
    row.write(drawn(template, terms, papers.parties(row), order.ref))
    return row
