"""What links can be for: each purpose says what it shows, which steps it allows, and when it is over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from jiedan.documents.models import Document
from jiedan.kernel.errors import Sentence
from jiedan.portal.models import Link


def _no_files(_link: Link) -> Sequence[Document]:
    return ()


def _always(_link: Link, _now: datetime) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Form:
    """What the customer typed, and what is wrong with it; nothing when they only look."""

    now: datetime
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purpose:
    """A reason to send a customer a link.

    `context` is what `template` (extends portal/base.html) needs; `steps` are the codes of the customer's steps that the
    link allows; `over` says why it allows none any more (confirmed, outdated …) while it can still be read; `files` are
    what may be downloaded there. `renewable`: staff may send a new link of the same content. `asks` is the sentence of the
    mail that says what the customer is to do there.
    """

    code: str
    title: str | Promise
    template: str
    context: Callable[[Link, Form], Mapping[str, Any]]
    steps: frozenset[str] = frozenset()
    over: Callable[[Link, datetime], Sentence | None] = _always
    files: Callable[[Link], Sequence[Document]] = _no_files
    renewable: bool = True
    asks: str | Promise = ""


PURPOSES: dict[str, Purpose] = {}
"""Every purpose by its code; rooms register theirs when they are ready."""


def register(purpose: Purpose) -> None:
    """Add a purpose; called from a room's `ready`."""
    PURPOSES[purpose.code] = purpose
