"""A workbook or text file as the text of a small table, for pages that take pasted tables too (clause 2.2.1)."""

import csv
import io

from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet import cells, reading
from jiedan.connectors.spreadsheet.wrong import Unreadable, WrongCell
from jiedan.kernel.errors import Invalid


def as_text(content: bytes) -> str:
    """The first sheet that has rows, a line a row, cells apart by tabs. Raises Invalid for what can't be read."""
    try:
        form, sheets = reading.look(content)
        sheet = next((found for found in sheets if found.rows), sheets[0])
        _keys, rows = reading.rows_of(content, form, sheet.index, 0)
        lines = io.StringIO()
        csv.writer(lines, delimiter="\t", lineterminator="\n").writerows(
            [_cell(number, cell) for cell in row] for number, row in enumerate(rows, start=1)
        )
    except (Unreadable, WrongCell) as wrong:
        raise Invalid({"table": [str(wrong)]}, _("The table can't be read.")) from wrong
    return lines.getvalue()


def _cell(number: int, cell: object) -> str:
    try:
        return cells.plain(cell)
    except WrongCell as wrong:
        raise WrongCell(_("Line %(n)d: %(why)s.") % {"n": number, "why": wrong}) from wrong
