from django.db import migrations

from jiedan.core import clock

NAME = "imports"
SECONDS = 30


def schedule(apps, _schema_editor):
    """The worker looks for imports that stand still, and for files that are over."""
    apps.get_model("kernel", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={
            "function": "jiedan.connectors.spreadsheet.jobs.round_of_imports",
            "arguments": [],
            "every_seconds": SECONDS,
            "next_at": clock.now(),
        },
    )


def forget(apps, _schema_editor):
    apps.get_model("kernel", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("spreadsheet", "0001_initial"),
        ("kernel", "0001_initial"),
    ]
    operations = [migrations.RunPython(schedule, forget)]
