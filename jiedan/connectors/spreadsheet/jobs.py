"""Checking and importing as the worker's jobs: what a killed process leaves undone is found and gone on with (2.1.2).

An import goes chunk by chunk: its orders, its results and its progress are committed together, so that nothing comes
in twice and nothing is left out, wherever it was stopped.
"""

import logging
from datetime import timedelta

from django_q.tasks import async_task

from jiedan.connectors.spreadsheet import sealed
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core import clock
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

log = logging.getLogger(__name__)

HERE = "command"
"""The channel of the command line, which does the work itself."""
STUCK = timedelta(minutes=1)
"""After this long without progress, whoever worked on it is taken for dead."""
KEPT = timedelta(days=30)
"""For how long a file stays after its import."""
FORGOTTEN = timedelta(days=30)
"""After this long, a file that nobody confirmed is abandoned."""
_WORK: dict[str, str] = {
    ImportStage.CHECKING: "jiedan.connectors.spreadsheet.checking.check",
    ImportStage.IMPORTING: "jiedan.connectors.spreadsheet.importing.go_on",
}


def enqueue(key: int, stage: str, channel: str = "") -> None:
    """Have the worker do what an import in this stage waits for; in the step's transaction, so that both are or neither."""
    if channel != HERE:
        async_task(_WORK[stage], key, group=f"{stage} {key}")  # type: ignore[no-untyped-call] # django-q2 is untyped


def round_of_imports() -> int:
    """Go on with what stands still, and erase what is over: the worker's job. Returns how many were gone on with."""
    now = clock.now()
    rows = access.visible(SYSTEM, Import)
    stuck = rows.filter(stage__in=list(_WORK), moved_at__lt=now - STUCK)
    found = list(stuck.values_list("pk", "stage"))
    for key, stage in found:
        log.warning("an import stood still; it goes on")
        stuck.filter(pk=key).update(moved_at=now)
        enqueue(key, stage)
    for row in rows.filter(stage=ImportStage.IMPORTED, finished_at__lt=now - KEPT).exclude(parts=None).distinct():
        sealed.erase(row, now)
    waiting = (ImportStage.UPLOADED, ImportStage.CHECKED)
    for row in rows.filter(stage__in=waiting, moved_at__lt=now - FORGOTTEN):
        dispatch("spreadsheet.abandon_import", SYSTEM, {"reason": "三十天内无人确认"}, subject=row, channel="timer")
    return len(found)
