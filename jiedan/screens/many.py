"""One step taken on many subjects, each for itself: what can't be done stops none of its neighbours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jiedan.kernel.action import Action
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.orders import access
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject

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
