"""The first version of the company's values and calendar, and the triggers that keep records as they are."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from jiedan.core.holidays_cn import seed_calendar
from jiedan.core.procedure import defaults
from jiedan.kernel import triggers

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def first_versions(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    values = {key: str(number) for key, number in defaults().items()}
    apps.get_model("kernel", "ProcedureVersion").objects.create(
        number=1, effective_from=BEGINNING, values=values, reason="初始版本", created_at=BEGINNING
    )
    apps.get_model("kernel", "CalendarVersion").objects.create(
        number=1, data=seed_calendar().to_json(), reason="初始版本：2025–2027 年法定节假日与调休", created_at=BEGINNING
    )
    apps.get_model("kernel", "Procedure").objects.create(pk=1, stage="in_force")
    apps.get_model("kernel", "CompanyCalendar").objects.create(pk=1, stage="in_force")
    apps.get_model("kernel", "SealCursor").objects.create(pk=1)


def install_triggers(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.install(editor.connection)


class Migration(migrations.Migration):
    dependencies = (("kernel", "0001_initial"),)
    operations = (
        migrations.RunPython(first_versions, migrations.RunPython.noop),
        migrations.RunPython(install_triggers, migrations.RunPython.noop),
    )
