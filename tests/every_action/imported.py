"""Files of orders that real steps brought to a stage."""

import base64
from typing import Any

from jiedan.connectors.spreadsheet import checking, importing
from jiedan.connectors.spreadsheet.models import Import
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.dispatch import dispatch
from jiedan.people.models import Staff
from tests.cast import acting

HEADERS = "订单编号,下单时间,收货人,手机号,商品名称,分类,数量,金额,实付金额"
COLUMNS = {
    "external_id": 0, "placed_at": 1, "receiver_name": 2, "receiver_phone": 3, "name": 4, "category": 5, "quantity": 6,
    "amount": 7, "total": 8,
}  # fmt: skip
ROW = "T-1,2026-09-18 10:02:00,欧阳青,13812345678,北欧落地灯,家居/灯具,2,398.00,398.00"
WHERE = {"platform": "taobao", "shop": "hangzhou"}


def table(*rows: str, headers: str = HEADERS) -> bytes:
    """A list of orders as text."""
    return "\r\n".join([headers, *(rows or [ROW])]).encode()


UPLOAD = {**WHERE, "file_name": "九月订单.csv", "content": base64.b64encode(table()).decode()}


def uploaded(staff: Staff, content: bytes = b"", name: str = "九月订单.csv", **changes: str) -> Import:
    """A file as somebody uploaded it."""
    given: dict[str, Any] = {**WHERE, "file_name": name, "content": content or table(), **changes}
    row = dispatch("spreadsheet.start_import", acting(staff), given).subject
    return Import.objects.get(pk=row.pk)


def mapped(row: Import, staff: Staff, columns: dict[str, int] = COLUMNS) -> Import:
    """Its columns chosen; it waits for the check."""
    if row.stage == ImportStage.UPLOADED:
        dispatch("spreadsheet.map_columns", acting(staff), {"columns": columns}, subject=row)
    return Import.objects.get(pk=row.pk)


def checked(row: Import) -> Import:
    """Checked, as the worker does it."""
    checking.check(row.pk)
    return Import.objects.get(pk=row.pk)


def confirmed(row: Import, staff: Staff) -> Import:
    """Confirmed; it waits for the worker."""
    dispatch("spreadsheet.confirm_import", acting(staff), {}, subject=row)
    return Import.objects.get(pk=row.pk)


def imported(row: Import, staff: Staff) -> Import:
    """Confirmed and imported, as the worker does it."""
    importing.go_on(confirmed(row, staff).pk)
    return Import.objects.get(pk=row.pk)


def import_at(stage: str, staff: Staff) -> Import:
    """An import of one order in this stage."""
    row = uploaded(staff)
    if stage == ImportStage.UPLOADED:
        return row
    row = mapped(row, staff)
    if stage == ImportStage.CHECKING:
        return row
    row = checked(row)
    if stage == ImportStage.ABANDONED:
        dispatch("spreadsheet.abandon_import", acting(staff), {"reason": "传错文件"}, subject=row)
    elif stage == ImportStage.IMPORTING:
        row = confirmed(row, staff)
    elif stage == ImportStage.IMPORTED:
        row = imported(row, staff)
    return Import.objects.get(pk=row.pk)
