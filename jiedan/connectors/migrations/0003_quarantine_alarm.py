"""The worker looks every few minutes whether the quarantine grows."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations


def schedule(apps: Any, _schema_editor: Any) -> None:
    """The periodic task, due at once."""
    apps.get_model("kernel", "PeriodicTask").objects.update_or_create(
        name="quarantine alarm",
        defaults={
            "function": "jiedan.connectors.alarm.look",
            "arguments": [],
            "every_seconds": 300,
            "next_at": datetime(2026, 1, 1, tzinfo=UTC),
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0002_connections_and_messages"),
        ("kernel", "0001_initial"),
    ]

    operations = [migrations.RunPython(schedule, migrations.RunPython.noop)]
