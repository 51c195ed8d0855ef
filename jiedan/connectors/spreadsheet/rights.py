"""Whose import it is, and what of it that person may change: asked at the check, and again when it comes in (6.2.3)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from jiedan.acquisition.intake import Outcome
from jiedan.connectors.spreadsheet.kinds import Kind
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core import clock
from jiedan.kernel.action import REGISTRY
from jiedan.people.actor import Actor, actor_for

STEP = "spreadsheet.confirm_import"


def person_of(row: Import) -> Actor | None:
    """Who has it imported: whoever confirmed it, else whoever uploaded it, with the roles of this moment.

    None when that was the machine, on the command line.
    """
    staff = row.confirmed_by or row.by
    if staff is None:
        return None
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())


def why_not(row: Import, person: Actor | None) -> str:
    """Why nothing of the file comes in (any more); "" when the person may import for its department."""
    if person is None or person.grant(REGISTRY[STEP].by, row.department_id) is not None:
        return ""
    return _("%(name)s may no longer import for %(department)s; have somebody who may upload these rows again.") % {
        "name": person.name,
        "department": row.department.name,
    }


def hidden(person: Actor | None, kind: Kind, found: Sequence[tuple[Outcome, Any]], lock: bool = False) -> set[int]:
    """Keys of what there is already and the person may not change; LOCK keeps the others where they are."""
    keys = sorted({subject.pk for _outcome, subject in found if subject is not None})
    if person is None or not keys:
        return set()
    rows = kind.within_reach(person).filter(pk__in=keys).order_by("pk")
    return set(keys) - set((rows.select_for_update(of=("self",)) if lock else rows).values_list("pk", flat=True))
