"""What SQLite looks through to answer: whole tables, or what an index leads it to.

PostgreSQL chooses by what the tables hold, so its plans say little in a test; SQLite chooses by the statement alone. An
index that serves there serves on PostgreSQL, too, which takes more conditions for those of an index.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

FEW = frozenset({
    "acquisition_routingversion", "acquisition_scopeversion", "connectors_account", "contract_contracttemplate", "django_q_schedule",
    "evaluation_decisionversion", "evaluation_screeningversion", "kernel_calendarversion", "kernel_periodictask", "kernel_procedure",
    "kernel_procedureversion", "kernel_sealcursor", "kernel_workerbeat", "people_department", "people_roleassignment", "people_staff",
    "people_standin", "reconciliation_reconciliation", "reconciliation_run", "resources_equipment", "resources_item", "resources_outage", "screens_savedview",
})  # fmt: skip
"""Tables that don't grow with the orders: the company, its people, its rules."""
_ASKED = re.compile(r"\s*(?:SELECT|WITH|UPDATE|DELETE)\b")
_FIRST_ONES = re.compile(r"^(?!.* WHERE ).* ORDER BY .* LIMIT \d+$")
"""The newest of all: read from the end of an index, as far as asked."""
_WHOLE = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$")
_WIDE = re.compile(r"SEARCH (connectors_message) USING (?:COVERING )?INDEX (\w+) \(account_id=\?\)$")
"""Every message that a connection ever sent."""


def looked_through(run: Callable[[], Any]) -> list[str]:
    """The growing tables that RUN had looked through from end to end, each with its statement.

    An index of only some rows (those that wait for something) may be looked through: they get fewer again.
    """
    with CaptureQueriesContext(connection) as asked:
        run()
    partial = _partial_indexes()
    statements = dict.fromkeys(
        sql for query in asked if _ASKED.match(sql := query["sql"]) and not _FIRST_ONES.match(sql)
    )
    return [f"{table}: {sql}" for sql in statements for table in _whole(sql, partial)]


def _whole(sql: str, partial: Collection[str]) -> Iterator[str]:
    ours = {model._meta.db_table for model in apps.get_models()} - FEW
    plan = [row[3] for row in connection.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    # The first ones of a stretch of an index are read no further than asked, unless all have to be sorted for that.
    as_far_as_asked = " LIMIT " in sql and not any("TEMP B-TREE" in step for step in plan)
    for step in plan:
        found = _WHOLE.match(step) or (None if as_far_as_asked else _WIDE.match(step))
        if found and found[1] in ours and found[2] not in partial:
            yield found[1]


def _partial_indexes() -> set[str]:
    rows = connection.connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
    return {name for (name,) in rows}
