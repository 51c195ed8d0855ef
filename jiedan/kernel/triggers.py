"""Database triggers that refuse to change or delete records and seals, on both databases (clause 6.2.1)."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("kernel_record", "kernel_sealedrecord", "kernel_procedureversion", "kernel_calendarversion")
"""Append-only tables."""

_SAME = {
    "kernel_record": "id = NEW.id OR subject_type = NEW.subject_type AND subject_id = NEW.subject_id AND seq = NEW.seq",
    "kernel_sealedrecord": "number = NEW.number OR record_id = NEW.record_id",
    "kernel_procedureversion": "id = NEW.id OR number = NEW.number",
    "kernel_calendarversion": "id = NEW.id OR number = NEW.number",
}
"""What INSERT OR REPLACE would replace."""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place (again)."""
    with connection.cursor() as sql:
        for statement in _statements(connection.vendor):
            sql.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: only for emptying a test database."""
    with connection.cursor() as sql:
        for table in TABLES:
            for event in ("update", "delete", "truncate", "replace"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                if connection.vendor == "postgresql" or event != "truncate":
                    sql.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The append-only tables that lack a trigger: looked at when the system starts."""
    catalogue = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as sql:
        sql.execute(catalogue[connection.vendor])
        present = {row[0] for row in sql.fetchall()}
    events = ("update", "delete", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")
    return [table for table in TABLES if any(f"{table}_no_{event}" not in present for event in events)]


def _statements(vendor: str) -> list[str]:
    return _for_postgresql() if vendor == "postgresql" else _for_sqlite()


def _for_sqlite() -> list[str]:
    found = []
    for table in TABLES:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for event in ("update", "delete"):
            found.append(f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event} BEFORE {event.upper()} ON {table} {refuse}")
        # INSERT OR REPLACE deletes the row in its way without the delete trigger being asked.
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {_SAME[table]})"  # noqa: S608 - names of our own tables
        found.append(f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}")
    return found


def _for_postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION jiedan_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    triggers = [
        f"CREATE OR REPLACE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
        f"FOR EACH {'STATEMENT' if event == 'truncate' else 'ROW'} EXECUTE FUNCTION jiedan_append_only()"
        for table in TABLES
        for event in ("update", "delete", "truncate")
    ]
    return [function, *triggers]
