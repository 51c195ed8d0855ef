"""The `jiedan` command. Exit code 0: well, 1: it found something, 2: wrong use."""

# ruff: noqa: PLC0415 - each command loads only what it needs, so that --help and serve start fast
import json
import os
import socket
import sys
from datetime import date
from typing import Any

import click

from jiedan.connectors.simulating import simulate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiedan.settings")

_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
_AT_THE_DOOR = 96
"""Requests a process holds at a time: pushes wait for their common commit, pages for one of the threads."""
_SERVER_LOG: dict[str, Any] = {
    "formatters": {"line": {"()": "jiedan.kernel.logs.LineFormatter"}},
    "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"_granian": {"handlers": ["line"], "level": "INFO", "propagate": False}},
}


class _Impossible(click.ClickException):
    """Nothing could be done at all, where 1 says that something was done and something found."""

    exit_code = 2


class _Sentences(click.Group):
    """Says in a sentence what a person can do something about, instead of a traceback; exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error


def _sentence(error: Exception) -> str | None:
    # Looked up by name: importing Django here would slow down every command.
    names = {kind.__name__ for kind in type(error).__mro__}
    text = str(error).strip().split("\n")[0]
    if names & {"NotDurable", "NotTheDemo"}:
        return text
    lacking = {"UndefinedTable", "UndefinedColumn"} & {type(error.__cause__).__name__}
    if "no such table" in text or "no such column" in text or lacking:
        return f"The database is not migrated ({text}); run `jiedan migrate`."
    if "OperationalError" in names:
        return f"The database doesn't answer: {text}. See JIEDAN_DATABASE_URL."
    return None


def _django() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise click.UsageError(str(error)) from error


def _show(values: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    for key, value in values.items():
        click.echo(f"{key}: {value}")


def _date(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return value if value is None else date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no date. Allowed: YYYY-MM-DD.") from error


@click.group(cls=_Sentences)
@click.version_option(package_name="jiedan")
def main() -> None:
    """Jiedan 接单: carries out a company's order-taking procedure, and proves it."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    envvar="JIEDAN_WEB_PROCESSES",
    show_envvar=True,
    help="Web processes; always one on SQLite, one for each core on PostgreSQL.",
)
@click.option(
    "--threads",
    default=_THREADS,
    show_default=True,
    type=click.IntRange(1),
    help="Pages and calls a process works on at a time, each with a database connection.",
)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Run the web server until it is stopped."""
    _django()
    from django.db import connection
    from django.urls import get_resolver
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from jiedan.kernel import durability

    durability.require()
    _require_free(host, port)
    # Read before the processes part: what is wrong in it stops the start, and they share the memory.
    _ = get_resolver().url_patterns
    if connection.vendor == "sqlite":
        # Two processes writing to one SQLite file fight over its lock.
        workers = 1
    connection.close()
    os.environ["JIEDAN_CREW"] = str(threads)
    click.echo(f"Jiedan serves http://{host}:{port}/")
    Granian(
        "jiedan.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        backlog=1024,
        backpressure=1024,
        log_level=LogLevels.warning,
        log_dictconfig=_SERVER_LOG,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        websockets=False,
    ).serve()


def _require_free(host: str, port: int) -> None:
    # The server itself would share the port with whoever has it, and each would get some of the requests.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} can't be opened: {error.strerror}.") from error


@main.command()
@click.option("--no-jobs", is_flag=True, help="Only the drains, without the job cluster.")
def worker(no_jobs: bool) -> None:
    """Watch deadlines, seal records, send notices and run jobs until stopped."""
    _django()
    from jiedan.core import garbage
    from jiedan.kernel import worker as kernel_worker

    garbage.settle()
    kernel_worker.run(jobs=not no_jobs)


@main.command()
def migrate() -> None:
    """Bring the database up to this version."""
    _django()
    _migrate()


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=1 if sys.stdout.isatty() else 0, interactive=False)


@main.command()
@click.option("--orders", default=0, show_default=True, help="Orders to play besides what the simulators bring.")
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--until", default=None, callback=_date, help="Play the past up to this date (YYYY-MM-DD); today by default."
)
@click.option("--kaola", default=None, help="Address of the Kaola simulator to pull from.")
@click.option("--migrate", "first_migrate", is_flag=True, help="Bring the database up to this version first.")
def demo(orders: int, seed: int, until: str | None, kaola: str | None, first_migrate: bool) -> None:
    """Set up the demo company (once) and play orders with real steps."""
    _django()
    from jiedan.demo import company

    if first_migrate:
        _migrate()
    for line in company.seed(orders=orders, seed=seed, until=until, kaola=kaola):
        click.echo(line)


@main.command("create-admin")
@click.argument("number")
@click.argument("name")
def create_admin(number: str, name: str) -> None:
    """Create the first system and security administrators' one-time log-in: NUMBER is a staff number."""
    _django()
    from jiedan.administration import first_admin

    try:
        click.echo(first_admin.create(number, name))
    except first_admin.NotFirst as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@main.command()
@click.argument("platform", type=click.Choice(["kaola"]))
@click.argument("shop")
@click.argument("name")
@click.option("--address", default="https://openapi.kaola.com/router", show_default=True)
@click.option("--app-key", prompt=True)
@click.option("--secret", prompt=True, hide_input=True)
@click.option("--token", prompt="Access token", hide_input=True)
def connect(platform: str, shop: str, name: str, address: str, app_key: str, secret: str, token: str) -> None:
    """Connect a shop of a PLATFORM; the worker pulls its orders from then on."""
    _django()
    from jiedan.connectors import accounts
    from jiedan.core import clock
    from jiedan.kernel.errors import Invalid, StepRefused

    credentials = {"app_key": app_key, "secret": secret, "access_token": token}
    try:
        account = accounts.connect(platform, shop, name, address, credentials, clock.now())
    except StepRefused as refused:
        fields = refused.fields if isinstance(refused, Invalid) else {}
        reasons = [f"{field}: {' '.join(found)}" for field, found in fields.items()]
        raise click.ClickException("\n".join([str(refused.sentence), *reasons])) from refused
    click.echo(f"{account.name} is connected; its orders are pulled every minute.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option("--listings", is_flag=True, help="The file holds listings for the square, not orders.")
@click.option("--dry-run", is_flag=True, help="Only check; nothing comes in and nothing is kept.")
@click.option("--platform", default="file", show_default=True, help="What the numbers in the file belong to.")
@click.option("--shop", default="file", show_default=True, help="The shop, as routing rules know it.")
@click.option("--mapping", default=None, help='Columns by field, a header or an index: {"external_id": "Our no."}.')
@click.option("--result", default=None, type=click.Path(dir_okay=False), help="Write the file with its results here.")
@click.option("--json", "as_json", is_flag=True)
def import_file(file: str, listings: bool, result: str | None, as_json: bool, **given: Any) -> None:
    """Import orders or listings from a FILE (.xlsx, .xls, .ods, .csv).

    Exit code 0: all rows are in; 1: some stayed out, the others are in; 2: nothing could be imported.
    """
    _django()
    from pathlib import Path

    from jiedan.connectors.spreadsheet import command
    from jiedan.core import garbage

    try:
        holds, back = "listings" if listings else "orders", Path(result) if result else None
        garbage.settle()
        found = command.Command(file=Path(file), holds=holds, result=back, **given).carry_out()
    except command.WrongUse as wrong:
        raise click.UsageError(str(wrong)) from wrong
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise _Impossible(sentence) from error
    _show(found, as_json)
    sys.exit(1 if found["stayed_out"] else 0)


main.add_command(simulate)


@main.group()
def ledger() -> None:
    """The ledger."""


@ledger.command("verify")
@click.option("--database", is_flag=True, expose_value=False, help="Verify the database (the default).")
@click.option("--json", "as_json", is_flag=True)
def ledger_verify(as_json: bool) -> None:
    """Recompute every hash and chain; name the first record that doesn't fit."""
    _django()
    from jiedan.kernel.verify import verify_database

    report = verify_database()
    values: dict[str, Any] = {"ok": report.ok, "checked": report.checked, "sealed": report.sealed}
    if not report.ok:
        values |= {"problem": report.problem, "record": report.record_id, "where": report.subject}
    _show(values, as_json)
    sys.exit(0 if report.ok else 1)


@main.group()
def documents() -> None:
    """Papers on file."""


@documents.command("verify")
@click.option("--json", "as_json", is_flag=True)
def documents_verify(as_json: bool) -> None:
    """Open every file and hold it against its fingerprint; exit code 1 when one is missing or altered."""
    _django()
    from jiedan.documents.models import Document
    from jiedan.documents.sweeping import integrity

    found = [{"document": each.document, "order": each.order, "what": each.what} for each in integrity()]
    if as_json:
        click.echo(
            json.dumps({"ok": not found, "checked": Document.objects.count(), "found": found}, ensure_ascii=False)
        )
    else:
        for each in found:
            click.echo(f"document {each['document']} of {each['order']}: {each['what']}")
        click.echo(f"checked: {Document.objects.count()}, wrong: {len(found)}")
    sys.exit(1 if found else 0)


@main.group()
def procedure() -> None:
    """The procedure and how far the system carries it out."""


@procedure.command("coverage")
@click.option("--json", "as_json", is_flag=True)
def procedure_coverage(as_json: bool) -> None:
    """Each clause with the steps that serve it."""
    _django()
    from jiedan.kernel.derived import coverage

    rows = coverage()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['clause']:6} {row['title']}: {', '.join(row['steps']) or '—'}")


@main.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool) -> None:
    """Check this installation; exit code 1 when something needs attention."""
    _django()
    from jiedan.kernel.health import findings

    found = findings()
    _show({"ok": not found, "findings": found}, as_json)
    sys.exit(1 if found else 0)
