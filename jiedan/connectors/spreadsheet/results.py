"""What the orders or listings of a file are, or became, in words; and the file given back with two columns that say so (2.1.2)."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from jiedan.acquisition.intake import Outcome
from jiedan.connectors.spreadsheet import reading, sealed
from jiedan.connectors.spreadsheet.kinds import KINDS
from jiedan.connectors.spreadsheet.models import LISTINGS, ORDERS, Import
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.naming import english

WRONG = "wrong"
"""Neither an order nor anything that could become one."""
STAYED_OUT = (WRONG, Outcome.REFUSED.value)
RESULT_TITLES = (("结果", "Result"), ("原因", "Reason"), ("接单编号", "Our number"))
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?")
_AS_THEY_ARE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row."""

    outcome: str
    reason: str
    ref: str


def outcome_title(outcome: str, stage: str) -> str:
    """What an outcome is called: before the import what would be, afterwards what is."""
    before = {
        Outcome.CREATED: _("new"),
        Outcome.CHANGED: _("changed"),
        Outcome.NOTED: _("changed after acceptance"),
        Outcome.UNCHANGED: _("unchanged"),
        Outcome.CANCELLED: _("cancelled"),
        Outcome.REFUSED: _("refused"),
        WRONG: _("wrong"),
    }
    after = {
        Outcome.CREATED: _("taken in"),
        Outcome.CHANGED: _("changed order taken over"),
        Outcome.NOTED: _("change waits for a decision"),
    }
    is_over = stage in (ImportStage.IMPORTING, ImportStage.IMPORTED)
    return (before | after if is_over else before).get(outcome, outcome)


def by_row(row: Import) -> dict[int, Result]:
    """The result of each row below the headers, by its index from 0. Raises vault.Unreadable."""
    found: dict[int, Result] = {}
    for _chunk, items in sealed.results_of(row):
        for item in items:
            result = Result(item["outcome"], item["reason"], item["ref"])
            found |= dict.fromkeys(item["rows"], result)
    return found


@contextmanager
def given_back(row: Import, only_wrong: bool) -> Iterator[IO[bytes]]:
    """The file with the columns 结果, 原因 and our number; all rows, or only those that stayed out, as .xlsx."""
    results = by_row(row)
    _keys, rows = reading.rows_of(sealed.file_of(row), row.kind, row.sheet, 0)
    with _workbook() as (book, path):
        sheet = book.add_worksheet()
        width, bold, line = len(row.headers), book.add_format({"bold": True}), 0
        for index, cells in enumerate(rows):
            place = index - row.first_row
            result = results.get(place)
            if place >= 0 and only_wrong and (result is None or result.outcome not in STAYED_OUT):
                continue
            for column, cell in enumerate(cells[:width]):
                _write(sheet, line, column, cell)
            for column, told in enumerate(_columns(place, result, row.stage), start=width):
                sheet.write_string(line, column, told, bold if place < 0 else None)
            line += 1
        book.close()
        with path.open("rb") as file:
            yield file


@contextmanager
def template(holds: str) -> Iterator[IO[bytes]]:
    """An empty list with the headers that are understood, the needed ones marked, and one example."""
    table, examples = KINDS[holds].table, _EXAMPLES[holds]
    with _workbook() as (book, path):
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        needed = {*table.needed, *(name for group in table.one_of for name in group[:1])}
        for index, column in enumerate(table.columns):
            title = str(column.title) if english() else column.names.split()[0]
            sheet.write_string(0, index, f"{title}*" if column.field in needed else title, bold)
            sheet.set_column(index, index, 16)
        # A row that is followed by the next one is closed.
        for index, column in enumerate(table.columns):
            sheet.write_string(1, index, examples.get(column.field, ""))
        sheet.freeze_panes(1, 0)
        book.close()
        with path.open("rb") as file:
            yield file


_EXAMPLES: Mapping[str, Mapping[str, str]] = {
    ORDERS: {
        "external_id": "示例-0001", "placed_at": "2026-09-18 10:02:00", "paid_at": "2026-09-18 10:03:00",
        "customer_account": "buyer-7", "receiver_name": "张三", "receiver_phone": "13800000000",
        "receiver_province": "浙江省", "receiver_city": "杭州市", "receiver_district": "西湖区",
        "receiver_address": "文三路 1 号", "sku": "家居/灯具-0042", "name": "北欧落地灯", "category": "家居/灯具",
        "line_kind": "商品", "quantity": "2", "unit_price": "199.00", "amount": "398.00", "freight": "0.00",
        "total": "398.00", "buyer_remark": "工作日送货", "status": "已付款",
    },
    LISTINGS: {
        "external_id": "示例-0001", "summary": "办公室灯具更换，约四十盏", "details": "两层楼，需上门测量；周末施工",
        "category": "家居/灯具", "budget": "12000.00", "region": "浙江省杭州市西湖区", "needed_on": "2026-10-20",
        "valid_until": "2026-09-30", "posted_at": "2026-09-18 09:30:00",
    },
}  # fmt: skip


@contextmanager
def _workbook() -> Iterator[tuple[xlsxwriter.Workbook, Path]]:
    # Rows go to a file as they come, in a folder that only this process may read and that is gone afterwards.
    with tempfile.TemporaryDirectory(prefix="jiedan-") as folder:
        path = Path(folder) / "orders.xlsx"
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd", **_AS_THEY_ARE}
        yield xlsxwriter.Workbook(str(path), options), path


def _columns(place: int, result: Result | None, stage: str) -> list[str]:
    if place < -1:
        return []
    if place == -1:
        return [en if english() else zh for zh, en in RESULT_TITLES]
    return [] if result is None else [outcome_title(result.outcome, stage), result.reason, result.ref]


def _write(sheet: Any, line: int, column: int, cell: Any) -> None:
    """Text stays text, whatever it begins with; nothing becomes a formula."""
    if isinstance(cell, bool):
        sheet.write_boolean(line, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(line, column, cell)
    elif cell:
        sheet.write_string(line, column, _ISO.sub(r"\1 \2", cell) if _ISO.fullmatch(cell) else cell[:32767])
