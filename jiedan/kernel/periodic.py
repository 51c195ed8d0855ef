"""Work that comes round: each task's next run stands in the database, and is put into the queue exactly once.

Moving the time on and putting the job into django-q2's queue (its ORM broker, the same database) is one transaction,
so a run is neither lost nor doubled when the worker dies in between.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django_q.tasks import async_task

from jiedan.kernel.models import PeriodicTask


def enqueue_due(now: datetime) -> int:
    """Put every task whose time has come into the queue; returns how many."""
    if not PeriodicTask.objects.filter(is_active=True, next_at__lte=now).exists():
        return 0
    with transaction.atomic():
        due = PeriodicTask.objects.filter(is_active=True, next_at__lte=now).order_by("next_at")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        tasks = list(due[:100])
        for task in tasks:
            task.next_at = now + timedelta(seconds=task.every_seconds)
            task.save(update_fields=["next_at"])
            async_task(task.function, *task.arguments, group=task.name)  # type: ignore[no-untyped-call] # django-q2 is untyped
    return len(tasks)


def schedule(name: str, function: str, arguments: list[int | str], every: timedelta, first: datetime) -> PeriodicTask:
    """Have FUNCTION (dotted path) run with ARGUMENTS again and again; the same NAME again changes the task."""
    values = {"function": function, "arguments": arguments, "every_seconds": int(every.total_seconds())}
    task, _created = PeriodicTask.objects.update_or_create(
        name=name, defaults=values, create_defaults={**values, "next_at": first}
    )
    return task
