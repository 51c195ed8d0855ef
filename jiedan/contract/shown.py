"""Contracts as pages and programs show them: clauses with remarks and findings, and what changed between versions."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from jiedan.contract import papers, wording
from jiedan.contract.models import Contract, Remark
from jiedan.core.contract_text import Clause, Topic
from jiedan.orders.vault import Unreadable


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed ("same"), went ("gone") or came ("new")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause on a page."""

    number: int
    topic: str
    heading: str
    text: str
    pieces: Sequence[Piece]
    remarks: Sequence[Remark]
    findings: Sequence[tuple[str, bool]]
    against: Sequence[Piece] = ()
    """What differs from the template that it was drawn from; nothing where it is as the template says."""


@dataclass(frozen=True, slots=True)
class ContractView:
    """A version as staff read it."""

    row: Contract
    state: str
    tone: str
    clauses: Sequence[ClauseRow]
    checklist: Sequence[tuple[str, bool]]
    signature: dict[str, Any]
    signed_as: str
    template: str
    changed: Sequence[str]
    """The headings of clauses that aren't as in the template."""


def pieces(before: str, now: str) -> list[Piece]:
    """What changed between two texts, character by character; nothing when they are the same."""
    if before == now:
        return []
    found = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", now[k:m]))
            continue
        found += [Piece("gone", before[i:j])] if j > i else []
        found += [Piece("new", now[k:m])] if m > k else []
    return found


def clause_rows(
    row: Contract, before: Contract | None = None, checked: bool = False, with_template: bool = False
) -> list[ClauseRow]:
    """The clauses of a version, with what changed since BEFORE, where CHECKED what the checks find in each, and
    WITH_TEMPLATE what differs from the template.
    """
    try:
        clauses, old = row.clauses, {clause.topic: clause.text for clause in (before.clauses if before else ())}
    except Unreadable:
        return []
    remarks = _remarks(row)
    found = papers.checked(row) if checked else []
    template = papers.as_in_template(row) if with_template else None
    return [
        ClauseRow(
            number, clause.topic.value, clause.heading, clause.text,
            pieces(old.get(clause.topic, ""), clause.text) if before else [], remarks.get(clause.topic.value, []),
            [(one.sentence(get_language() or ""), one.blocks) for one in found if one.topic is clause.topic],
            [] if template is None else _against(clause, template.get(clause.topic)),
        )
        for number, clause in enumerate(clauses, start=1)
    ]  # fmt: skip


def _against(clause: Clause, template: Clause | None) -> list[Piece]:
    return pieces("" if template is None else template.text, clause.text)


def _remarks(row: Contract) -> dict[str, list[Remark]]:
    found: dict[str, list[Remark]] = {}
    for remark in row.remarks.order_by("pk") if row.pk else ():
        remark.contract = row
        found.setdefault(remark.topic, []).append(remark)
    return found


def view(row: Contract, before: Contract | None) -> ContractView:
    """A version as staff read it, compared with the one before."""
    signature = row.signature()
    clauses = clause_rows(row, before, checked=row.state == Contract.SUBMITTED, with_template=True)
    return ContractView(
        row, wording.state(row.state), wording.TONES.get(row.state, ""), clauses,
        [(said(), name in row.checklist) for name, said in wording.CHECKLIST.items()] if row.reviewed_at else [],
        signature, wording.capacity(signature.get("capacity", ""), signature.get("post", "")), wording.template(row.template_kind, row.template_number),
        [clause.heading for clause in clauses if clause.against],
    )  # fmt: skip


def facts(row: Contract) -> dict[str, Any]:
    """A version for programs."""
    names = (
        "number", "state", "content_hash", "template_kind", "template_number", "submitted_at", "reviewed_at", "checklist", "sent_at", "signed_at",
        "concluded_at", "on_paper", "withdrawn_because",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def texts(clauses: Sequence[Clause]) -> dict[str, str]:
    """The text by topic."""
    return {Topic(clause.topic).value: clause.text for clause in clauses}
