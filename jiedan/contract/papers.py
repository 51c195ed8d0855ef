"""The contract as a paper: drafted from the agreed terms, edited clause by clause, never after it was handed over (2.3.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from jiedan.contract import editions, signing_for
from jiedan.contract.models import Contract
from jiedan.core.contract_checks import Finding, findings
from jiedan.core.contract_template import drawn, kind_of
from jiedan.core.contract_text import LONGEST, Clause, Parties, Signatory, Topic, fingerprint
from jiedan.core.lifecycle import OrderStage
from jiedan.core.screening import Text, remedy
from jiedan.evaluation import screening
from jiedan.kernel.drafts import Drafts
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.naming import stage_title
from jiedan.orders.models import Order
from jiedan.terms import lawful
from jiedan.terms import papers as terms

SUBMIT: Final = "contract.submit_contract"
SIGNERS: Final = ("customer_name", "customer_post", "company_name", "company_post")
"""What a draft says besides its clauses: who signs for each side."""


def newest(order: Order) -> Contract | None:
    """The newest version, whatever became of it."""
    return max(order.contracts.all(), key=lambda row: row.number, default=None)


def in_state(order: Order, *states: str) -> Contract | None:
    """The version that is in one of these states."""
    return next((row for row in order.contracts.all() if row.state in states), None)


def concluded(order: Order) -> Contract | None:
    """The contract that both sides signed."""
    return in_state(order, Contract.CONCLUDED)


def parties(row: Contract) -> Parties:
    """Customer and company by name, with whoever signs for them. Raises vault.Unreadable."""
    return Parties(signing_for.customer_name(row.order), signing_for.company_name(), *row.named())


def begun(order: Order, now: datetime) -> Contract:
    """The draft, or a new one that isn't saved: made from the agreed terms. Raises Refused while nothing is agreed."""
    found = in_state(order, Contract.DRAFT)
    if found is not None:
        return found
    agreed, last = terms.agreed(order), newest(order)
    if agreed is None:
        raise Refused(_("The terms of %(ref)s aren't agreed yet; a contract is drawn from them.") % {"ref": order.ref})
    row = Contract(order=order, number=last.number + 1 if last else 1, terms=agreed.terms, saved_at=now)
    row.name_signatories(signing_for.customer(order), signing_for.company(order, now))
    draw(row)
    return row


def draw(row: Contract) -> None:
    """Put the text that the template in force makes of the agreed terms into the version (in memory)."""
    template = editions.newest(kind_of(row.agreed))
    row.template_kind, row.template_number = template.kind.value, template.number
    row.write(drawn(template.clauses, row.agreed, parties(row), row.order.ref))


def as_in_template(row: Contract) -> dict[Topic, Clause] | None:
    """What the template that the version was drawn from makes of the terms; None where it wasn't drawn from one."""
    template = editions.edition(row.template_kind, row.template_number)
    if template is None:
        return None
    return {clause.topic: clause for clause in drawn(template.clauses, row.agreed, parties(row), row.order.ref)}


def newer_template(row: Contract) -> int | None:
    """The version of the template that is in force now, where the text was drawn from an earlier one."""
    number = editions.newest(kind_of(row.agreed)).number
    return None if number == row.template_number else number


def _put(row: Contract, given: Mapping[str, object]) -> bool:
    before = row.clauses, row.named()
    texts, signers = _sorted_out(given)
    if signers:
        _name(row, signers)
    row.write(Clause(one.topic, texts.get(one.topic, one.text), one.title) for one in row.clauses)
    return (row.clauses, row.named()) != before


def _name(row: Contract, signers: Mapping[str, str]) -> None:
    """Name other signatories; clauses that are still as in the template follow."""
    old, clauses = as_in_template(row), row.clauses
    now = dict(zip(SIGNERS, (part for one in row.named() for part in (one.name, one.post)), strict=True))
    now.update(signers)
    row.name_signatories(
        Signatory(now["customer_name"], now["customer_post"]), Signatory(now["company_name"], now["company_post"])
    )
    new = as_in_template(row)
    if old and new:
        row.write(new[one.topic] if old.get(one.topic) == one else one for one in clauses)


def _sorted_out(given: Mapping[str, object]) -> tuple[dict[Topic, str], dict[str, str]]:
    problems: dict[str, list[str]] = {}
    texts: dict[Topic, str] = {}
    signers: dict[str, str] = {}
    for name, text in given.items():
        longest = signing_for.LONGEST if name in SIGNERS else LONGEST
        if name not in {*Topic, *SIGNERS}:
            problems[name] = [_("There is no such clause.")]
        elif not isinstance(text, str) or len(text) > longest:
            problems[name] = [_("A clause is a text of at most %(n)d characters.") % {"n": longest}]
        elif name in SIGNERS:
            signers[name] = " ".join(text.split())
        else:
            texts[Topic(name)] = text.replace("\r\n", "\n").strip()
    if problems:
        raise Invalid(problems, _("Some fields need to be corrected."))
    return texts, signers


def checked(row: Contract) -> list[Finding]:
    """What the checks and the screening list find in this version, what blocks first."""
    found = [*listed(row), *findings(row.clauses, row.agreed, parties(row))]
    return sorted(found, key=lambda finding: not finding.blocks)


def listed(row: Contract) -> list[Finding]:
    """What of the company's screening list stands in the text (clause 1.3.1)."""
    texts = [Text(clause.topic.value, clause.text) for clause in row.clauses]
    hits = screening.listed(texts, lawful.allowed(row.order))
    return [Finding(f"listed_{hit.ban}", True, Topic(hit.where), *remedy(hit)) for hit in hits]


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
