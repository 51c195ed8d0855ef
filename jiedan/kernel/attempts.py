"""Steps that were tried and refused: nothing changed, and that somebody tried is known (clauses 6.2.1, 6.2.3).

Wrong fields (422) are no attempt: people correct them and go on. The machine's own refusals are its rooms' affair.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction

from jiedan.core import clock
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.kernel.models import Attempt
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject

log = logging.getLogger(__name__)

SHOWN = 200
"""How many are shown of a subject."""


@contextmanager
def known(code: str, actor: Actor, subject: Subject | None, channel: str, kind: str = "") -> Iterator[None]:
    """Put down a refusal that comes out of this block, and let it go on to whoever asked."""
    try:
        yield
    except StepRefused as refused:
        if not actor.is_system and not isinstance(refused, Invalid):
            _put_down(code, actor, subject, channel, subject.KIND if subject else kind, refused)
        raise


def newest(subject: Subject) -> list[Attempt]:
    """What was tried on a subject and refused, newest first."""
    rows = Attempt.objects.filter(subject_type=subject.KIND, subject_id=subject.pk)
    return list(rows.order_by("-pk")[:SHOWN])


def _put_down(code: str, actor: Actor, subject: Subject | None, channel: str, kind: str, refused: StepRefused) -> None:
    row = Attempt(
        subject_type=kind, subject_id=None if subject is None else subject.pk, action=code, staff_id=actor.staff_id,
        who=actor.name[:60], channel=channel, status=refused.status, code=refused.code,
        sentence=str(refused.sentence)[:500], at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except DatabaseError as error:
        # The person still has to read why their step was refused.
        log.warning("attempt of %s at %s couldn't be put down: %s", actor.number, code, error)
