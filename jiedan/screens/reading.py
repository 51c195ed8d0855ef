"""How records, and the explanation of a deadline, read on a page."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_origin

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic.fields import FieldInfo

from jiedan.acquisition.routing_wording import platform_title
from jiedan.core.roles import Role
from jiedan.core.worktime import Pause, Slice
from jiedan.documents.places import title
from jiedan.evaluation.wording import level, mode, recommendation
from jiedan.kernel import rules
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.clocks import clock_of
from jiedan.kernel.models import Deadline, Record
from jiedan.kernel.naming import clause_title, deadline_title, english, role_title, stage_title
from jiedan.kernel.timers import OVERDUE, WARN
from jiedan.portal.purposes import PURPOSES
from jiedan.screens import agreed_facts, changes, resource_words
from jiedan.screens.countdown import ClockView, clock_view, spoken
from jiedan.screens.fields import called, without_none
from jiedan.terms.wording import how


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a deadline is due when it is: every stretch counted or left out, from another moment than it began or None."""

    clock: ClockView
    counts_from: datetime | None
    limit: str
    slices: tuple[Slice, ...]
    counted: str
    version: str


def explained(row: Deadline, now: datetime) -> Explained:
    """The explanation of a deadline, by the calendar version it is pinned to."""
    calendar = rules.calendar_version(row.calendar)
    until = row.due_at or row.ended_at or now
    clock = clock_of(row)
    pauses = [Pause(pause.start, pause.end) for pause in clock.pauses]
    slices = calendar.explain(clock.counts_from, max(until, clock.counts_from), pauses)
    minutes = sum(part.minutes for part in slices)
    terms: Mapping[str, Any] = row.terms
    limit = (
        _("%(n)s working days") % {"n": terms["workdays"]}
        if "workdays" in terms
        else _("%(t)s of working time") % {"t": spoken(timedelta(minutes=terms["minutes"]))}
    )
    version = _("values version %(p)d, calendar version %(c)d") % {"p": row.procedure, "c": row.calendar}
    return Explained(
        clock_view(row, now, calendar), clock.terms.since, limit, slices, spoken(timedelta(minutes=minutes)), version
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger record as the timeline shows it."""

    title: str
    who: str
    role: str
    on_behalf_of: str
    at: datetime
    entered_at: datetime
    backdated: bool
    clause: str
    clause_title: str
    stage: str
    facts: list[tuple[str, str]]
    hash: str
    seq: int


def timeline(rows: Iterable[Record]) -> list[Entry]:
    """The records, as people read them."""
    return [_entry(row, json.loads(row.body)) for row in rows]


def _entry(row: Record, body: Mapping[str, Any]) -> Entry:
    moved = body["stage"] != body["stage_before"]
    return Entry(
        title=step_title(row.action),
        who=_("System") if body["role"] == Role.SYSTEM else body["actor_name"],
        role=role_title(Role(body["role"])),
        on_behalf_of=body.get("on_behalf_of_name", ""),
        at=row.at,
        entered_at=row.entered_at,
        backdated=row.at != row.entered_at,
        clause=row.clause,
        clause_title=clause_title(row.clause),
        stage=stage_title(body["subject"], body["stage"]) if moved else "",
        facts=[
            (fact_title(key, row.action), shown)
            for key, value in body["facts"].items()
            if (shown := _shown(key, value, row.action))
        ],
        hash=row.hash,
        seq=row.seq,
    )


def step_title(code: str) -> str:
    """What a step is called, timers included."""
    if code == WARN:
        return _("Warned that a time limit is near")
    if code == OVERDUE:
        return _("Found a time limit missed")
    return str(REGISTRY[code].title)


def fact_title(key: str, step: str = "") -> str:
    """What a fact is called: what a form of the STEP asked for is called as there. Without a title it is its name."""
    known = _FACTS.get(key)
    if known is None:
        asked = _asked(key, step)
        known = key if asked is None else asked.title
    return str(known or key)


def is_shown(key: str) -> bool:
    """Whether pages show this fact of a record; keys and hashes of our own say nothing to people."""
    return key not in _HIDDEN


def _asked(key: str, step: str) -> FieldInfo | None:
    return REGISTRY[step].input.model_fields.get(key) if step in REGISTRY else None


_FACTS = {
    "reason": gettext_lazy("Reason"),
    "read_at": gettext_lazy("Read at"),
    "summary": gettext_lazy("Content"),
    "total": gettext_lazy("Total"),
    "lines": gettext_lazy("Lines"),
    "channel": gettext_lazy("Channel"),
    "shop": gettext_lazy("Shop"),
    "external_id": gettext_lazy("Number on the platform"),
    "department_name": gettext_lazy("To department"),
    "from_department": gettext_lazy("From department"),
    "deadline": gettext_lazy("Time limit"),
    "due": gettext_lazy("Due at"),
    "learned": gettext_lazy("What was learned"),
    "next_step": gettext_lazy("Next step"),
    "differs": gettext_lazy("Differences"),
    "name": gettext_lazy("Name"),
    "number": gettext_lazy("Staff number"),
    "role": gettext_lazy("Role"),
    "values": gettext_lazy("Values"),
    "effective_from": gettext_lazy("In force from"),
    "days": gettext_lazy("Days"),
    "version": gettext_lazy("Version"),
    "category": gettext_lazy("Category"),
    "revealed": gettext_lazy("Shown in full"),
    "ended": gettext_lazy("Stand-ins ended"),
    "before": gettext_lazy("Before"),
    "platform": gettext_lazy("Platform"),
    "address": gettext_lazy("Their address"),
    "address_before": gettext_lazy("Address until then"),
    "why": gettext_lazy("Why"),
    "code": gettext_lazy("Code"),
    "kind": gettext_lazy("Kind"),
    "cause": gettext_lazy("Cause"),
    "methods": gettext_lazy("Callbacks wanted"),
    "changed": gettext_lazy("Changed"),
    "overlap_hours": gettext_lazy("Hours for which the old secret still counts"),
    "connection": gettext_lazy("Connection"),
    "works": gettext_lazy("Works"),
    "reason_zh": gettext_lazy("Reason"),
    "reason_en": gettext_lazy("Reason"),
    "found_zh": gettext_lazy("Found"),
    "found_en": gettext_lazy("Found"),
    "set_aside": gettext_lazy("Set aside within an hour"),
    "revealed_times": gettext_lazy("Shown in full within an hour"),
    "ordinary": gettext_lazy("Ordinary"),
    "rules": gettext_lazy("Rules"),
    "questions": gettext_lazy("Questions"),
    "advice": gettext_lazy("Advice to the customer"),
    "level": gettext_lazy("Gravest risk"),
    "recommendation": gettext_lazy("Recommendation"),
    "round": gettext_lazy("Round"),
    "seat": gettext_lazy("Seat"),
    "seats": gettext_lazy("Who decides"),
    "mode": gettext_lazy("How they decide"),
    "told_by": gettext_lazy("How the customer was told"),
    "said": gettext_lazy("What was said"),
    "entries": gettext_lazy("Screening list"),
    "decision_rules": gettext_lazy("Version of the decision rules"),
    "decision_rule": gettext_lazy("Decision rule"),
    "document_kind": gettext_lazy("Kind of paper"),
    "sha256": gettext_lazy("Fingerprint (SHA-256)"),
    "bytes": gettext_lazy("Bytes"),
    "link": gettext_lazy("Number of the link"),
    "instead_of": gettext_lazy("Instead of link"),
    "expires_at": gettext_lazy("There until"),
    "purpose": gettext_lazy("What the link is for"),
    "needs_contract": gettext_lazy("Needs a contract"),
    "how": gettext_lazy("How the customer confirmed"),
    "deliver_on": gettext_lazy("Day of delivery"),
    "promised_on": gettext_lazy("Delivery promised for"),
    "open_points": gettext_lazy("What is still open"),
    "next_on": gettext_lazy("When"),
    "verdict": gettext_lazy("Result"),
    "held_by": gettext_lazy("Held by"),
    "signature": gettext_lazy("Signature"),
    "score": gettext_lazy("Points"),
    "details": gettext_lazy("Details"),
    "budget": gettext_lazy("Budget"),
    "needed_on": gettext_lazy("Needed on"),
    "region": gettext_lazy("Region"),
    "posted_at": gettext_lazy("Posted at"),
    "to": gettext_lazy("To department"),
    "categories": gettext_lazy("Category"),
    "skills": gettext_lazy("Skills"),
    "price_from": gettext_lazy("Smallest order (yuan)"),
    "price_to": gettext_lazy("Largest order (yuan)"),
    "lead_days": gettext_lazy("Working days that it needs"),
    "most_open": gettext_lazy("Orders that it can have open at once"),
    "regions": gettext_lazy("Regions that it serves"),
    "refuses": gettext_lazy("What it never takes (words)"),
    "scores": gettext_lazy("Points by department"),
    "valid_until": gettext_lazy("Open until"),
    "passed_by": gettext_lazy("Not for"),
    "rows": gettext_lazy("Rows"),
    "orders": gettext_lazy("Orders or listings"),
    "counts": gettext_lazy("Result"),
    "order": gettext_lazy("Order"),
    "substitute_name": gettext_lazy("Stand-in"),
    "belongs_to": gettext_lazy("Belongs to"),
    **agreed_facts.TITLES,
    **resource_words.FACTS,
}


_HIDDEN = {
    "account",
    "sender",
    "told",
    "substitute",
    "parent",
    "columns",
    "digest",
    "ref",
    "codes",
    "source_hash",
    "source_hash_before",
    "noted_hash",
    "content_hash",
    "outdated_change",
    "personal_commitment",
    "routing",
    "rounds",
    "due_before",
    "department",
    "based_on",
    "asked",
    "evaluators",
    "paper_version",
    "votes",
    "document",
    *agreed_facts.HIDDEN,
    # A scope stands in the record as it was typed, too.
    "scope",
    "updated_at",
}


def _moment(value: str) -> str:
    return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"


def _signature(state: str) -> str:
    words = {
        "none": _("unsigned"),
        "valid": _("holds"),
        "foreign": _("intact, by somebody we can't vouch for"),
        "altered": _("altered after signing"),
    }
    return words.get(state, state)


SAID: dict[str, Callable[[Any], str]] = {
    "differs": changes.spoken,
    "deadline": deadline_title,
    "read_at": _moment,
    "platform": platform_title,
    "document_kind": title,
    "signature": _signature,
    "expires_at": _moment,
    "level": level,
    "mode": mode,
    "recommendation": recommendation,
    "purpose": lambda code: str(PURPOSES[code].title) if code in PURPOSES else code,
    "how": how,
    **agreed_facts.SAID,
    "verdict": lambda code: {"pass": _("Pass"), "return": _("Return")}.get(code, code),
    "posted_at": _moment,
    "valid_until": _moment,
    "score": lambda points: _("not comparable") if points < 0 else str(points),
    "changed": lambda names: "、".join(str(_FACTS.get(name, name)) for name in names),
    **resource_words.SAID,
}
"""How facts are said that stand in records as codes; rooms above this one add theirs."""


def _shown(key: str, value: Any, step: str) -> str:
    if not is_shown(key) or value in ("", None, [], {}) or key.endswith("_zh" if english() else "_en"):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key in SAID:
        return SAID[key](value)
    asked = _asked(key, step)
    if asked is not None and isinstance(value, str) and get_origin(without_none(asked.annotation)[0]) is Literal:
        return called(value)
    if isinstance(value, dict):
        return "；".join(
            f"{name}: {' → '.join(map(str, item)) if isinstance(item, list) else item}" for name, item in value.items()
        )
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
