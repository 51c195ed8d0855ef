"""One step taken on many subjects, each for itself: what can't be done stops none of its neighbours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from jiedan.kernel.action import Action
from jiedan.kernel.dispatch import Context, dispatch, obstacle, why_not_yours
from jiedan.kernel.errors import Invalid, Sentence, StepRefused
from jiedan.kernel.rules import Rules
from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject, Subject

LONGEST = 24
"""Characters of a number that nothing was found for: it comes from outside and is shown again."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them, and why not."""

    ref: str
    done: bool
    why: str = ""


def taken(
    actor: Actor, action: Action, refs: Iterable[str], given: Mapping[str, Any], seen: Mapping[str, int] | None = None
) -> list[Result]:
    """Take the step on each of REFS with the same input; SEEN are the versions that the person looked at."""
    return [_one(actor, action, ref, given, (seen or {}).get(ref)) for ref in refs]


def _one(actor: Actor, action: Action, ref: str, given: Mapping[str, Any], version: int | None) -> Result:
    try:
        subject = access.get(actor, action.on, ref)
        dispatch(action.code, actor, given, subject=subject, version=version)
    except NoSuchSubject:
        return Result(ref[:LONGEST], False, _("There is nothing here, or you may not see it."))
    except StepRefused as refused:
        wrong = refused.fields.values() if isinstance(refused, Invalid) else ()
        return Result(subject.ref, False, " ".join([str(refused.sentence), *(why for row in wrong for why in row)]))
    return Result(subject.ref, True)


def why_not(actor: Actor, action: Action, subject: Subject, now: datetime, current: Rules) -> Sentence | None:
    """Why the person can't take the step on this one now; None when they can."""
    department = subject.scope_department_id
    grant = action.grant(actor, department)
    if grant is None:
        return why_not_yours(action, department)
    return obstacle(action, subject, Context(action, actor, grant, now, current, "offer"))


def versions_seen(data: QueryDict, refs: Iterable[str]) -> dict[str, int]:
    """The versions that a preview showed: what somebody changed since is refused, because nobody has read it."""
    texts = {ref: data.get(f"version.{ref}", "") for ref in refs}
    return {ref: int(text) for ref, text in texts.items() if text.isascii() and text.isdigit() and len(text) < 10}
