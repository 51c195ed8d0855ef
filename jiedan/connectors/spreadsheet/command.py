"""`jiedan import`: a file checked and imported in this process, through the same steps as on the pages (2.1.1, 2.1.2).

If it is killed in the middle, the worker goes on with the file; started anew, what came in already is unchanged.
"""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet import checking, importing, layouts, reading, results, showing
from jiedan.connectors.spreadsheet.columns import Mapped
from jiedan.connectors.spreadsheet.jobs import HERE
from jiedan.connectors.spreadsheet.kinds import kind_of
from jiedan.connectors.spreadsheet.models import ORDERS, Import
from jiedan.connectors.spreadsheet.results import STAYED_OUT
from jiedan.core import strict_json
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Department

REASONS = 20
"""Wrong orders or listings that are told; the result file has all."""


class WrongUse(ValueError):
    """The file, the shop or the columns can't be used; says why."""


@dataclass(slots=True)
class Command:
    """What was asked for."""

    file: Path
    platform: str
    shop: str
    mapping: str | None
    dry_run: bool
    result: Path | None
    holds: str = ORDERS

    def carry_out(self) -> dict[str, Any]:
        """Check the file and, unless it is a dry run, import it. Raises WrongUse; nothing of the file stays then."""
        if not Department.objects.filter(parent=None).exists():
            raise WrongUse(
                _(
                    "Nobody works with this installation yet; create the first people with `jiedan create-admin NUMBER NAME`."
                )
            )
        if self.result is not None and not os.access(self.result.parent, os.W_OK | os.X_OK):
            raise WrongUse(_("Nothing can be written at %(path)s; name another place.") % {"path": self.result})
        row = self._uploaded()
        try:
            self._map(row)
            with _Bar(_("Checking"), row.rows) as bar:
                checking.check(row.pk, bar.reach)
            row.refresh_from_db()
            if row.problem:
                raise WrongUse(row.problem)
        except WrongUse:
            _abandon(row)
            raise
        if not self.dry_run and showing.has_orders(row):
            self._import(row)
        return self._told(row)

    def _uploaded(self) -> Import:
        given = {
            "holds": self.holds, "platform": self.platform, "shop": self.shop, "file_name": self.file.name, "content": self._content(),
        }  # fmt: skip
        try:
            done = dispatch("spreadsheet.start_import", SYSTEM, given, channel=HERE)
        except Invalid as refused:
            raise WrongUse(_sentences(refused)) from refused
        return Import.objects.get(pk=done.subject.pk)

    def _content(self) -> bytes:
        try:
            with self.file.open("rb") as file:
                # One byte more than is allowed is enough to be refused.
                return file.read(reading.LARGEST + 1)
        except OSError as error:
            why = _("%(path)s can't be read: %(why)s.") % {"path": self.file, "why": error.strerror}
            raise WrongUse(why) from error

    def _map(self, row: Import) -> None:
        if row.stage == ImportStage.CHECKING and self.mapping is None:
            return
        chosen: Mapped = kind_of(row).table.proposed(row.headers)
        if self.mapping is not None:
            chosen = (layouts.remembered(row.holds, row.platform, row.shop, row.headers) or chosen) | self._chosen(row)
        if row.stage == ImportStage.CHECKING:
            # The remembered columns are checked first; then those asked for.
            checking.check(row.pk)
            row.refresh_from_db()
        try:
            dispatch("spreadsheet.map_columns", SYSTEM, {"columns": chosen}, subject=row, channel=HERE)
        except Invalid as refused:
            known = _("The file has these columns: %(names)s.") % {"names": ", ".join(filter(None, row.headers))}
            raise WrongUse(f"{_sentences(refused)} {known} --mapping") from refused
        row.refresh_from_db()

    def _chosen(self, row: Import) -> Mapped:
        try:
            given = strict_json.loads((self.mapping or "").encode())
        except strict_json.JsonRefused as error:
            raise WrongUse(f"--mapping: {error}") from error
        if not isinstance(given, dict):
            raise WrongUse(_("--mapping: a JSON object is expected, fields with their columns."))
        return {str(name): _index(row, column) for name, column in given.items()}

    def _import(self, row: Import) -> None:
        dispatch("spreadsheet.confirm_import", SYSTEM, {}, subject=row, channel=HERE)
        with _Bar(_("Importing"), row.rows) as bar:
            while importing.take_next(row.pk):
                row.refresh_from_db(fields=["done"])
                bar.reach(row.done)
        importing.go_on(row.pk, here=True)
        row.refresh_from_db()

    def _told(self, row: Import) -> dict[str, Any]:
        counts = dict(row.counts)
        found: dict[str, Any] = {
            "import": row.ref, "dry_run": self.dry_run, "rows": row.rows, row.holds: row.orders, "counts": counts,
            "stayed_out": sum(counts.get(name, 0) for name in STAYED_OUT),
            "wrong": showing.wrong(row)[:REASONS],
        }  # fmt: skip
        if self.result is not None:
            with results.given_back(row, only_wrong=False) as file, self.result.open("wb") as out:
                shutil.copyfileobj(file, out)
        if row.stage == ImportStage.CHECKED:
            _abandon(row)
        return found


class _Bar:
    """A progress bar on a terminal; nothing in a pipe."""

    def __init__(self, title: str, rows: int) -> None:
        self._bar = click.progressbar(length=rows, label=title, file=sys.stderr)
        self._shown, self._reached = sys.stderr.isatty(), 0

    def __enter__(self) -> "_Bar":
        if self._shown:
            self._bar.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._shown:
            self._bar.render_finish()

    def reach(self, rows: int) -> None:
        """So many rows are done."""
        if self._shown:
            self._bar.update(rows - self._reached)
        self._reached = rows


def _index(row: Import, column: Any) -> int:
    if isinstance(column, int) and not isinstance(column, bool):
        return column
    if column in row.headers:
        return int(row.headers.index(column))
    raise WrongUse(_("The file has no column “%(name)s”.") % {"name": json.dumps(column, ensure_ascii=False)[:60]})


def _abandon(row: Import) -> None:
    row.refresh_from_db()
    dispatch("spreadsheet.abandon_import", SYSTEM, {"reason": "command line"}, subject=row, channel=HERE)


def _sentences(refused: StepRefused) -> str:
    fields = refused.fields if isinstance(refused, Invalid) else {}
    reasons = [f"{name}: {' '.join(why)}" if name else " ".join(why) for name, why in fields.items()]
    return " ".join(reasons) or str(refused.sentence)
