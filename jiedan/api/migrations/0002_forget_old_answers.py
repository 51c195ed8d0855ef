"""Kept answers are dropped every hour once nobody can ask for them any more."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def schedule(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("kernel", "PeriodicTask").objects.get_or_create(
        name="forget kept answers",
        defaults={
            "function": "jiedan.api.idempotency.forget",
            "every_seconds": 3600,
            "next_at": datetime(2000, 1, 1, tzinfo=UTC),
        },
    )


class Migration(migrations.Migration):
    dependencies = (("api", "0001_initial"), ("kernel", "0002_rules_and_triggers"))
    operations = (migrations.RunPython(schedule, migrations.RunPython.noop),)
