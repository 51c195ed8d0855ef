from datetime import timedelta

from django.db import migrations

from jiedan.core import clock

NAME = "reconcile"


def schedule(apps, _schema_editor):
    """The worker asks every ten minutes which days are due."""
    apps.get_model("kernel", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={
            "function": "jiedan.connectors.reconciliation.daily.round_of_days",
            "arguments": [],
            "every_seconds": int(timedelta(minutes=10).total_seconds()),
            "next_at": clock.now(),
        },
    )


def forget(apps, _schema_editor):
    apps.get_model("kernel", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0001_initial"),
        ("kernel", "0001_initial"),
    ]
    operations = [migrations.RunPython(schedule, forget)]
