"""What the database itself can do with an order: the rows of real orders, written again by nothing but the database.

`record` reads every row that taking in an order left, from the tables themselves. Each reference writes those rows
for orders of other numbers into a database of the same schema (tables, indexes, foreign keys, triggers), which is
copied before the first order came: pgbench and sqlite3 an order in a transaction, psycopg five hundred by COPY.
"""

import hashlib
import json
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.installation import Installation
from tools.postgres import find_binaries

SPREAD = 8
"""Keys of an order's rows: its number times this, and on; so many rows of one table at most."""
TABLES = (
    ("orders_datakey", "id IN (SELECT key_id FROM orders_customer WHERE id IN (SELECT customer_id FROM orders_order WHERE id = {0}))"),
    ("orders_customer", "id IN (SELECT customer_id FROM orders_order WHERE id = {0})"),
    ("orders_order", "id = {0}"),
    ("orders_orderline", "order_id = {0}"),
    ("orders_contact", "order_id = {0}"),
    ("kernel_record", "subject_type = 'order' AND subject_id = {0}"),
    ("kernel_deadline", "subject_type = 'order' AND subject_id = {0}"),
    ("kernel_outbox", "record_id IN (SELECT id FROM kernel_record WHERE subject_type = 'order' AND subject_id = {0})"),
    ("connectors_message", "order_id = {0}"),
)  # fmt: skip
_KEYS = {"customer_id", "order_id", "subject_id", "record_id", "key_id"}
_FINGERPRINTS = {"account_index", "name_index", "phone_index"}
_NAMES = {"external_id", "message_id"}
_LEFT_TO_THE_DATABASE = {"tx"}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that belong to one order, as the database gives them back."""

    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    def renumbered(self, number: int) -> list[tuple[Any, ...]]:
        """The same rows for the order of this number."""
        return [
            tuple(_renumbered(column, value, number, index) for column, value in zip(self.columns, row, strict=True))
            for index, row in enumerate(self.values)
        ]


Sample = tuple[Rows, ...]
Tables = dict[tuple[str, tuple[str, ...]], list[Any]]
"""Rows by table and its columns."""


def _renumbered(column: str, value: Any, number: int, index: int) -> Any:
    if value is None:
        return None
    if column == "id":
        return number * SPREAD + index
    if column in _KEYS:
        return number * SPREAD
    if column in _FINGERPRINTS:
        return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    if column in _NAMES:
        return f"R{number:012d}"
    return value


def record(count: int) -> list[Sample]:
    """All rows of the newest COUNT orders. Raises SystemExit when a table has none, or more than a reference writes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM orders_order ORDER BY id DESC LIMIT {int(count)}")
        return [_sample(cursor, pk) for (pk,) in cursor.fetchall()]


def _sample(cursor: Any, pk: int) -> Sample:
    found = []
    for table, condition in TABLES:
        # A plain cursor: values stay as the driver gives them, JSON as text.
        cursor.execute(f"SELECT * FROM {table} WHERE {condition.format(pk)} ORDER BY 1")
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        if len(rows) > SPREAD or (not rows and table != "connectors_message"):
            raise SystemExit(f"order {pk} left {len(rows)} rows in {table}")
        keep = [index for index, name in enumerate(names) if name not in _LEFT_TO_THE_DATABASE]
        values = tuple(tuple(row[index] for index in keep) for row in rows)
        found.append(Rows(table, tuple(names[index] for index in keep), values))
    return tuple(rows for rows in found if rows.values)


def rows_of(sample: Sample) -> int:
    """How many rows an order is."""
    return sum(len(rows.values) for rows in sample)


# PostgreSQL --------------------------------------------------------------------------------------------------------


class Postgres:
    """A copy of the installation's database, empty of orders, on the same server."""

    def __init__(self, installation: Installation) -> None:
        import psycopg
        from django.db import connection

        connection.close()
        self._folder = installation.folder
        server, _slash, name = installation.url.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
            link.execute(f"CREATE DATABASE reference TEMPLATE {name}".encode())
        self.url = f"{server}/reference"
        self._round = 0
        self.clients = 0

    def pgbench(self, samples: Sequence[Sample], clients: int, seconds: int = 4) -> float:
        """Orders a second, each in a transaction of its own, prepared."""
        self._round += 1
        scripts = [self._script(index, sample) for index, sample in enumerate(samples)]
        given = [
            f"--define={name}={value}" for index, sample in enumerate(samples) for name, value in _given(index, sample)
        ]
        command = [
            str(find_binaries() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}",
            "--jobs=2", f"--time={seconds}", "--define=k=0", f"--define=base={self._round * 10**9}", *given,
            *(f"--file={script}" for script in scripts), self.url,
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        line = next((line for line in done.stdout.splitlines() if line.startswith("tps = ")), None)
        if done.returncode or line is None or "failed transactions: 0 " not in done.stdout:
            raise SystemExit(f"pgbench failed: {done.stderr.strip()[-2000:]}{done.stdout[-500:]}")
        return float(line.split()[2])

    def best_pgbench(self, samples: Sequence[Sample]) -> float:
        """The same with the number of clients that gave most in the first round."""
        if not self.clients:
            tried = {clients: self.pgbench(samples, clients, 3) for clients in (16, 24, 32)}
            self.clients = max(tried, key=lambda clients: tried[clients])
        return self.pgbench(samples, self.clients)

    def _script(self, index: int, sample: Sample) -> Path:
        lines = ["\\set k :k + 1", "\\set n :base + :client_id * 1000000 + :k"]
        lines += [f"\\set i{step} :n * {SPREAD} + {step}" for step in range(SPREAD)]
        lines += ["BEGIN;", *(_insert(index, rows) for rows in sample), "COMMIT;"]
        path = self._folder / f"order{index}.sql"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def copied(self, samples: Sequence[Sample], batches: int, size: int) -> float:
        """Orders a second when SIZE of them are one transaction, written by COPY over one connection."""
        prepared = self.prepared(samples, batches, size)
        with self.connected() as link:
            began = perf_counter()
            for tables in prepared:
                with link.transaction():
                    self.copy(link, tables)
            return batches * size / (perf_counter() - began)

    def connected(self) -> Any:
        """A connection to the copy."""
        import psycopg

        return psycopg.connect(self.url)

    def prepared(self, samples: Sequence[Sample], batches: int, size: int) -> list[Tables]:
        """The rows of so many BATCHES of SIZE orders each, by table."""
        self._round += 1
        numbers = iter(range(self._round * 10**9, self._round * 10**9 + batches * size))
        return [_by_table(samples, [next(numbers) for _ in range(size)]) for _ in range(batches)]

    def copy(self, link: Any, tables: Tables) -> None:
        """Write rows by COPY, in a transaction of the caller's."""
        with link.cursor() as cursor:
            for (table, columns), rows in tables.items():
                with cursor.copy(f"COPY {table} ({_listed(columns)}) FROM STDIN".encode()) as copy:
                    for row in rows:
                        copy.write_row(row)


def _insert(index: int, rows: Rows) -> str:
    filled = [
        "(" + ", ".join(_expression(f"s{index}_{rows.table}_{at}", column, value, at) for column, value in zip(rows.columns, row, strict=True)) + ")"
        for at, row in enumerate(rows.values)
    ]  # fmt: skip
    return f"INSERT INTO {rows.table} ({_listed(rows.columns)}) VALUES {', '.join(filled)};"


def _expression(prefix: str, column: str, value: Any, index: int) -> str:
    if value is None:
        return "NULL"
    if value == "":
        # pgbench takes no empty variable.
        return "''"
    if column == "id":
        return f":i{index}"
    if column in _KEYS:
        return ":i0"
    if column in _FINGERPRINTS:
        return "md5(:n::text)"
    return "'R' || lpad(:n::text, 12, '0')" if column in _NAMES else f":{prefix}_{column}"


def _given(index: int, sample: Sample) -> list[tuple[str, str]]:
    taken = {"id"} | _KEYS | _FINGERPRINTS | _NAMES
    return [
        (f"s{index}_{rows.table}_{at}_{column}", _text(value))
        for rows in sample
        for at, row in enumerate(rows.values)
        for column, value in zip(rows.columns, row, strict=True)
        if value not in (None, "") and column not in taken
    ]


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _by_table(samples: Sequence[Sample], numbers: Sequence[int]) -> Tables:
    tables: Tables = {}
    for place, number in enumerate(numbers):
        for rows in samples[place % len(samples)]:
            kept = tables.setdefault((rows.table, rows.columns), [])
            kept += [tuple(_plain(value) for value in row) for row in rows.renumbered(number)]
    return tables


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


# SQLite ------------------------------------------------------------------------------------------------------------


class Sqlite:
    """A copy of the installation's file, empty of orders, on the same disk."""

    def __init__(self, installation: Installation) -> None:
        from django.db import connection

        connection.close()
        self._path = installation.folder / "reference.sqlite3"
        source = sqlite3.connect(installation.url.removeprefix("sqlite:///"))
        target = sqlite3.connect(self._path)
        with source, target:
            source.backup(target)
        source.close()
        target.close()
        self._round = 0

    def one_by_one(self, samples: Sequence[Sample], count: int = 4000) -> float:
        """Orders a second, each in a transaction of its own, synchronous=FULL in WAL."""
        return self.in_batches(samples, count, 1)

    def in_batches(self, samples: Sequence[Sample], count: int, size: int) -> float:
        """Orders a second, SIZE of them in a transaction."""
        self._round += 1
        first = self._round * 10**9
        batches = [
            [
                (f"INSERT INTO {table} ({_listed(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
                for (table, columns), rows in _by_table(samples, range(at, at + size)).items()
            ]
            for at in range(first, first + count, size)
        ]
        link = sqlite3.connect(self._path, isolation_level=None, cached_statements=256)
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            link.execute(f"PRAGMA {setting}")
        began = perf_counter()
        for batch in batches:
            link.execute("BEGIN IMMEDIATE")
            for sql, rows in batch:
                link.executemany(sql, rows)
            link.execute("COMMIT")
        seconds = perf_counter() - began
        link.close()
        return count / seconds
