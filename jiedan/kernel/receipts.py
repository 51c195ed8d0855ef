"""Who has read a subject and how far: the ground for "what changed since I last looked" (clause 2.1.2)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jiedan.kernel.models import ReadReceipt
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject


def mark_read(subject: Subject, actor: Actor, now: datetime) -> None:
    """Remember that the person has seen the subject as it stands; the first time stays."""
    if actor.staff_id is None:
        return
    ReadReceipt.objects.update_or_create(
        staff_id=actor.staff_id,
        subject_type=subject.KIND,
        subject_id=subject.pk,
        defaults={"last_at": now, "seq": subject.seq},
        create_defaults={"first_at": now, "last_at": now, "seq": subject.seq},
    )


def first_read(subject: Subject, actor: Actor) -> datetime | None:
    """When the person first read the subject; None when they haven't."""
    if beside(actor) in vars(subject):
        found: datetime | None = vars(subject)[beside(actor)]
        return found
    rows = ReadReceipt.objects.filter(staff=actor.staff_id, subject_type=subject.KIND, subject_id=subject.pk)
    return rows.values_list("first_at", flat=True).first()


def beside(actor: Actor) -> str:
    """Under which name a page that reads it along with the subject keeps when this person first read it."""
    return f"first_read_by_{actor.staff_id}"


def seen_by(subject: Subject) -> list[ReadReceipt]:
    """Who has seen the subject, the first one first."""
    rows = ReadReceipt.objects.filter(subject_type=subject.KIND, subject_id=subject.pk).select_related("staff")
    return list(rows.order_by("first_at", "pk")[:100])


def not_read_yet(subject: Subject, ctx: Any) -> str | None:
    """A guard: one reading record for each person."""
    first = first_read(subject, ctx.actor)
    if first is None:
        return None
    return _("You have already read %(ref)s.") % {"ref": subject.ref}
