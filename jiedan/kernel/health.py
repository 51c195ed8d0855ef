"""How the installation is doing: readiness (a write is tried), the doctor's findings, figures for monitoring."""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from jiedan.core import clock
from jiedan.kernel import durability, sealing, timers
from jiedan.kernel.models import Mail, Outbox, Record, WorkerBeat

BEAT = timedelta(seconds=30)
LAG = timedelta(minutes=5)
LITTLE_SPACE = 200 << 20
NO_SPACE = 1 << 20
"""Bytes of disk below which the database can't take on work."""
_SPILL = """
WITH line AS MATERIALIZED (SELECT repeat('x', 1000) FROM generate_series(1, %s)) SELECT count(*) FROM line
"""


Figures = Callable[[datetime], Mapping[str, int]]
_more: list[Figures] = []


def watch(figures: Figures) -> None:
    """Let a room that the kernel doesn't know add figures of its own for monitoring; called once, at the start."""
    _more.append(figures)


def readiness(now: datetime) -> list[str]:
    """What keeps the installation from taking on work; empty when nothing does."""
    try:
        problems = _write_problems(now)
        if MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes()):
            problems.append("the database is not migrated; run `jiedan migrate`")
        if not WorkerBeat.objects.filter(at__gte=now - BEAT).exists():
            problems.append("no worker has shown a sign of life for 30 seconds; run `jiedan worker`")
        if Outbox.objects.filter(next_at__lt=now - LAG).exists():
            problems.append("reactions wait for more than 5 minutes")
    except Error as error:
        return [f"the database doesn't answer: {type(error).__name__}"]
    return problems


def _write_problems(now: datetime) -> list[str]:
    # A full disk still answers SELECT 1, so a write is tried, in a row of its own that the next try overwrites.
    try:
        with transaction.atomic():
            WorkerBeat.objects.update_or_create(
                name="readyz", defaults={"started_at": now, "at": now - timedelta(days=1)}
            )
            if connection.vendor == "postgresql":
                _try_its_disk()
    except Error as error:
        return [f"the database can't be written: {type(error).__name__}"]
    if (
        connection.vendor == "sqlite"
        and shutil.disk_usage(Path(connection.settings_dict["NAME"]).parent).free < NO_SPACE
    ):
        # A write so small may still fit into the log's last pages, where an order doesn't.
        return ["the database can't be written: its disk is full"]
    return []


def _try_its_disk() -> None:
    # The row's new version fits beside the old one when no order fits any more, and only the server sees its own disk:
    # so it is made to put more aside for a moment than it may keep in memory. No table and no log grows by that.
    with connection.cursor() as sql:
        sql.execute("SET LOCAL work_mem = '64kB'")
        sql.execute(_SPILL, [NO_SPACE // 1000])


def findings() -> list[str]:
    """What the doctor finds wrong."""
    found = [*durability.weaknesses(), *readiness(clock.now())]
    if settings.KEYS_DIR.stat().st_mode & 0o077:
        found.append(f"{settings.KEYS_DIR} can be entered by others; run chmod 700 on it")
    free = shutil.disk_usage(settings.BASE_DIR).free
    if free < LITTLE_SPACE:
        found.append(f"only {free >> 20} MiB of disk space are left")
    if settings.DEBUG:
        found.append("JIEDAN_DEBUG is on; switch it off where others can reach the system")
    return found


def figures(now: datetime) -> dict[str, int]:
    """What monitoring watches."""
    newest = Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = {
        "records": newest,
        "records_unsealed": sealing.unsealed_since_cursor(),
        "deadline_marks_outstanding": timers.outstanding(now),
        "reactions_waiting": Outbox.objects.count(),
        "mails_waiting": Mail.objects.filter(next_at__isnull=False).count(),
        "mails_given_up": Mail.objects.filter(next_at=None, sent_at=None).count(),
        "workers_alive": WorkerBeat.objects.filter(at__gte=now - BEAT).count(),
    }
    for more in _more:
        found |= more(now)
    return found
