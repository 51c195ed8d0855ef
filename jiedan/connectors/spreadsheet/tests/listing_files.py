"""Files of listings as people send them."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

HEADERS = ["需求编号", "需求标题", "需求描述", "类目", "预算（元）", "地区", "期望完成日期", "发布时间"]


def listing(number: str = "L-1", **changes: Any) -> list[Any]:
    """A right row; CHANGES by header."""
    values = [
        number,
        "办公室灯具更换",
        "两层楼，约四十盏",
        "家居/灯具",
        12000,
        "浙江省杭州市",
        "2026-10-20",
        "2026-09-18 09:30:00",
    ]
    return [changes.get(header.split("（")[0], value) for header, value in zip(HEADERS, values, strict=True)]


def listings(*rows: list[Any], headers: list[str] = HEADERS) -> bytes:
    """An .xlsx with these rows below the headers."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for line in [headers, *rows]:
        sheet.append(line)
    out = BytesIO()
    made.save(out)
    return out.getvalue()
