"""Files that no row names are thrown away once a day."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def schedule(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("kernel", "PeriodicTask").objects.get_or_create(
        name="sweep files without a document",
        defaults={
            "function": "jiedan.documents.sweeping.sweep",
            "every_seconds": 24 * 3600,
            "next_at": datetime(2000, 1, 1, tzinfo=UTC),
        },
    )


class Migration(migrations.Migration):
    dependencies = (("documents", "0001_initial"), ("kernel", "0002_rules_and_triggers"))
    operations = (migrations.RunPython(schedule, migrations.RunPython.noop),)
