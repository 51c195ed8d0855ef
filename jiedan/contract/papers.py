"""The contract as a paper: drafted from the agreed terms, edited clause by clause, never after it was handed over (2.3.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from jiedan.contract.models import Contract
from jiedan.core.contract_checks import Finding, findings
from jiedan.core.contract_text import Clause, Parties, Topic, drafted, fingerprint
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.drafts import Drafts
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.naming import stage_title
from jiedan.orders import vault
from jiedan.orders.models import Order
from jiedan.people.models import Department
from jiedan.terms import papers as terms

SUBMIT: Final = "contract.submit_contract"
LONGEST: Final = 8000
"""Characters of a clause."""


def newest(order: Order) -> Contract | None:
    """The newest version, whatever became of it."""
    return max(order.contracts.all(), key=lambda row: row.number, default=None)


def in_state(order: Order, *states: str) -> Contract | None:
    """The version that is in one of these states."""
    return next((row for row in order.contracts.all() if row.state in states), None)


def concluded(order: Order) -> Contract | None:
    """The contract that both sides signed."""
    return in_state(order, Contract.CONCLUDED)


def parties(order: Order) -> Parties:
    """Customer and company by name. Raises vault.Unreadable."""
    customer = vault.unseal(order.customer.key.opened(), bytes(order.customer.sealed), "customer")
    return Parties(customer["name"], Department.objects.get(parent=None).name)


def begun(order: Order, now: datetime) -> Contract:
    """The draft, or a new one that isn't saved: made from the agreed terms. Raises Refused while nothing is agreed."""
    found = in_state(order, Contract.DRAFT)
    if found is not None:
        return found
    agreed, last = terms.agreed(order), newest(order)
    if agreed is None:
        raise Refused(_("The terms of %(ref)s aren't agreed yet; a contract is drawn from them.") % {"ref": order.ref})
    row = Contract(order=order, number=last.number + 1 if last else 1, terms=agreed.terms, saved_at=now)
    row.write(drafted(agreed.content, parties(order), order.ref))
    return row


def _put(row: Contract, given: Mapping[str, object]) -> bool:
    before = row.clauses
    after = _edited(before, given)
    row.write(after)
    return after != before


def _edited(clauses: tuple[Clause, ...], given: Mapping[str, object]) -> tuple[Clause, ...]:
    problems: dict[str, list[str]] = {}
    texts: dict[Topic, str] = {}
    for name, text in given.items():
        if name not in set(Topic):
            problems[name] = [_("There is no such clause.")]
        elif not isinstance(text, str) or len(text) > LONGEST:
            problems[name] = [_("A clause is a text of at most %(n)d characters.") % {"n": LONGEST}]
        else:
            texts[Topic(name)] = text.replace("\r\n", "\n").strip()
    if problems:
        raise Invalid(problems, _("Some fields need to be corrected."))
    return tuple(Clause(clause.topic, texts.get(clause.topic, clause.text)) for clause in clauses)


def checked(row: Contract) -> list[Finding]:
    """What the checks find in this version."""
    return findings(row.clauses, row.agreed, parties(row.order))


def hash_of(row: Contract) -> str:
    """The fingerprint of the version's text."""
    return fingerprint(row.clauses)


def seen(order: Order, content_hash: str, *states: str) -> Contract:
    """The version that was seen, if it still is in one of these states and as it was. Raises Refused (`contract_outdated`)."""
    row = in_state(order, *states)
    if row is None or row.content_hash != content_hash or hash_of(row) != content_hash:
        raise Refused(
            _("The contract of %(ref)s was changed since it was opened; nothing was done. Read the newest version.")
            % {"ref": order.ref},
            "contract_outdated",
        )
    return row


def _require_writable(order: Order) -> None:
    if order.stage != OrderStage.AGREED:
        raise Refused(
            _("%(ref)s is in stage “%(stage)s”; its contract is written once the terms are agreed.")
            % {"ref": order.ref, "stage": stage_title(order.KIND, order.stage)},
            "not_agreed",
        )
    if in_state(order, Contract.SUBMITTED, Contract.PASSED, Contract.SENT, Contract.SIGNED) is not None:
        raise Refused(
            _(
                "The contract of %(ref)s was handed over and can't be edited. Draw it up anew first; signatures then lapse."
            )
            % {"ref": order.ref},
            "handed_over",
        )


DRAFTS = Drafts(SUBMIT, begun, _require_writable, _put)
may_write, save = DRAFTS.may_write, DRAFTS.save
