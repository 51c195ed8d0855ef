"""What the database must promise before anything is acknowledged: asserted when web and worker start.

With SQLite's synchronous=NORMAL or PostgreSQL's synchronous_commit=off, steps that were answered with success are
lost when the power goes. A start with such settings is refused.
"""

from django.db import connection

from jiedan.kernel import triggers


class NotDurable(RuntimeError):
    """The database is set up so that acknowledged steps could be lost or records altered."""


def weaknesses() -> list[str]:
    """What is wrong with the database's settings, each with its remedy; empty when all is well."""
    found = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    lacking = triggers.missing(connection)
    if lacking:
        found.append(f"append-only triggers are missing on {', '.join(lacking)}; run `jiedan migrate`")
    return found


def require() -> None:
    """Raise NotDurable unless the database keeps what it acknowledges."""
    found = weaknesses()
    if found:
        raise NotDurable("The database isn't safe to run on: " + "; ".join(found))


def _sqlite() -> list[str]:
    found = []
    if _one("PRAGMA journal_mode") not in ("wal", "memory"):
        found.append("journal_mode has to be WAL; the folder must be on a local disk")
    if int(_one("PRAGMA synchronous")) < 2:
        found.append("synchronous has to be FULL (2)")
    return found


def _postgresql() -> list[str]:
    found = []
    if _one("SHOW synchronous_commit") not in ("on", "remote_apply"):
        found.append("synchronous_commit has to be on; set it in postgresql.conf or for the role")
    if _one("SHOW fsync") != "on":
        found.append("fsync has to be on")
    if _one("SHOW full_page_writes") != "on":
        found.append("full_page_writes has to be on")
    return found


def _one(query: str) -> str:
    with connection.cursor() as sql:
        sql.execute(query)
        row = sql.fetchone()
    return str(row[0]) if row else ""
