"""The triggers once more: on SQLite one that refuses INSERT OR REPLACE was added."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from jiedan.kernel import triggers


def install_triggers(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    triggers.install(editor.connection)


class Migration(migrations.Migration):
    dependencies = (("kernel", "0002_rules_and_triggers"),)
    operations = (migrations.RunPython(install_triggers, migrations.RunPython.noop),)
