"""A template as people and programs send it: clause by clause, or as text (clause 2.3.2).

As text, each clause begins with `## topic heading` (the heading may be left out where it is the usual one), e.g.
`## price 价款`; the lines below it are the clause.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field, StringConstraints

from jiedan.acquisition.entry import Input
from jiedan.core.contract_template import Kind, faults
from jiedan.core.contract_text import HEADINGS, LONGEST, Clause, Topic
from jiedan.core.faults import Fault
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as gettext_lazy

_HEAD = re.compile(r"##\s*([a-z_0-9]+)(?:[ \t]+(.*?))?\s*")


class ClauseText(Input):
    """A clause of a template."""

    topic: Topic = Field(title=gettext_lazy("Clause"))
    heading: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        "", title=gettext_lazy("Heading"), description=gettext_lazy("Empty: the usual one.")
    )
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)] = Field(
        title=gettext_lazy("Text")
    )

    def clause(self) -> Clause:
        """The clause as the rules know it."""
        return clause_of(self.topic, self.heading, self.text)


def clause_of(topic: Topic, heading: str, text: str) -> Clause:
    """A clause as it was typed: without blanks around it, and without a heading of its own where it is the usual one."""
    title = " ".join(heading.split())
    return Clause(topic, text.replace("\r\n", "\n").strip(), "" if title == HEADINGS[topic] else title)


def from_text(given: object) -> object:
    """Clauses written as text, as input; anything else as it is. Raises ValueError naming the line."""
    if not isinstance(given, str):
        return given
    found: list[dict[str, Any]] = []
    for number, line in enumerate(given[:200_000].splitlines(), start=1):
        head = _HEAD.fullmatch(line)
        if head is not None:
            found.append({"topic": head[1], "heading": head[2] or "", "text": ""})
        elif found:
            found[-1]["text"] += f"{line}\n"
        elif line.strip():
            raise ValueError(_("Line %(n)d: a clause begins with “## topic heading”, e.g. “## price”.") % {"n": number})
    return found


def as_text(clauses: Sequence[Clause]) -> str:
    """The template as text."""
    return "\n\n".join(f"## {clause.topic} {clause.heading}\n{clause.text}" for clause in clauses)


def checked(kind: Kind, given: Iterable[Clause]) -> tuple[Clause, ...]:
    """The template as it may be kept; clauses in which nothing stands are left out. Raises Invalid by `clauses.<topic>`."""
    clauses = tuple(clause for clause in given if clause.text)
    problems: dict[str, list[str]] = {}
    for fault in faults(kind, clauses):
        problems.setdefault(f"clauses.{fault.field}", []).append(_said(fault))
    if problems:
        raise Invalid(problems, _("The template isn't kept; what is wrong is named below."))
    return clauses


def _said(fault: Fault) -> str:
    if (get_language() or "").startswith("en"):
        return f"{HEADINGS[Topic(fault.field)]} ({fault.field}): {fault.reason_en}; {fault.remedy_en}."
    return f"“{fault.place_zh}”{fault.reason_zh}；{fault.remedy_zh}。"


Clauses = Annotated[list[ClauseText], BeforeValidator(from_text, json_schema_input_type=list[ClauseText] | str)]
