"""System checks over the registry: what the declaration of one action can't see."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from jiedan.kernel.action import REGISTRY
from jiedan.kernel.reactions import codes
from jiedan.kernel.timers import OVERDUE, WARN


@register()
def reactions_name_known_steps(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Every reaction follows from a step that exists."""
    known = {WARN, OVERDUE} | {action.code for action in REGISTRY}
    return [
        Error(f"kernel/reactions.py names {code}, which is no step", id="kernel.E001")
        for code in codes()
        if code not in known
    ]
