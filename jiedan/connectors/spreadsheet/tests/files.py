"""Files as people send them: made by openpyxl, which has nothing to do with what reads them."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

HEADERS = ["订单编号", "下单时间", "收货人", "手机号", "商品名称", "分类", "数量", "金额", "实付金额"]


def row(number: str = "T-1", **changes: Any) -> list[Any]:
    """A right row; CHANGES by header."""
    values: list[Any] = [number, "2026-09-18 10:02:00", "欧阳青", "13812345678", "北欧落地灯", "家居/灯具", 2, 398, 398]
    return [changes.get(header, value) for header, value in zip(HEADERS, values, strict=True)]


def book(rows: Sequence[Sequence[Any]], above: Sequence[Sequence[Any]] = (), merged: Sequence[str] = ()) -> bytes:
    """An .xlsx with these rows below the headers."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for line in [*above, HEADERS, *rows]:
        sheet.append(list(line))
    for place in merged:
        sheet.merge_cells(place)
    out = BytesIO()
    made.save(out)
    return out.getvalue()
