"""A table of orders as shops send it, every hundredth row with a fault that somebody made while typing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.faults.rig import PYTHON, ROOT, Installation

HEADERS = (
    "订单编号", "下单时间", "买家账号", "收货人", "手机号", "省", "市", "区", "详细地址", "商品名称", "分类", "数量", "金额", "实付金额",
)  # fmt: skip
EVERY = 100
"""One row in so many is wrong, in one of four ways."""


def made(path: Path, count: int) -> list[str]:
    """Write an .xlsx of COUNT rows, each an order; returns the numbers of those that can be taken in."""
    good = []
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "九月订单明细（导出）")
        sheet.write_row(1, 0, HEADERS)
        for number in range(count):
            row: list[Any] = [
                f"T{number:06d}", "2026-09-18 10:02:00", f"buyer-{number}", "欧阳青", f"139{number:08d}", "浙江省", "杭州市", "西湖区",
                f"文三路 {number % 997} 号", "北欧落地灯", "家居/灯具", 1, 100 + number % 900, 100 + number % 900,
            ]  # fmt: skip
            if number % EVERY == EVERY - 1:
                column, value = ((11, "一盏"), (12, -5), (3, ""), (1, "九月十八"))[number // EVERY % 4]
                row[column] = value
            else:
                good.append(row[0])
            sheet.write_row(number + 2, 0, row)
    return good


def made_of_listings(path: Path, count: int) -> int:
    """Write an .xlsx of COUNT listings; returns how many of them can be taken in."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("需求编号", "需求标题", "类目", "预算（元）", "发布时间"))
        for number in range(count):
            budget = "很多" if number % EVERY == EVERY - 1 else 1000 + number
            sheet.write_row(
                number + 1, 0, (f"L{number:06d}", "办公室灯具更换", "家居/灯具", budget, "2026-09-18 09:30:00")
            )
    return count - count // EVERY


def importing(found: Installation, file: Path, *more: str) -> "subprocess.Popen[str]":
    """`jiedan import` of the file, begun."""
    command = [PYTHON, "-c", "from jiedan.cli import main; main()", "import", str(file)]
    return subprocess.Popen(
        [*command, "--platform", "table", "--shop", "table", "--json", *more], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, env=found.environment, cwd=ROOT,
    )  # fmt: skip


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What it says at its end; exit code 1, because it found wrong rows."""
    out, _nothing = process.communicate(timeout=900)
    assert process.returncode == 1, out
    found: dict[str, Any] = json.loads(out)
    return found
