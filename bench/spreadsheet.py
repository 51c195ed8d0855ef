"""P13: an .xlsx of 100 000 rows, each an order, through `jiedan import`: checked alone, then checked and imported.

Memory is the command's with the processes it started, at its highest, looked at ten times a second; pages that they
share count once (PSS). The reference of
the time is the same file read by calamine alone, and the very same rows written by the database alone, by COPY or
executemany, five hundred orders in a transaction.

The parts are seconds of CPU, this process and its child together, so that a busy machine doesn't count: the file read,
its rows made into orders, compared and kept (the check less the two before), taken in by the intake, and the rest of
the import (what was kept opened again, results sealed, progress).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from bench.installation import Installation, on_postgresql, on_sqlite
from bench.intake import each_by_itself, found, samples_here
from bench.measure import Figure, figure
from bench.reference import Postgres, Sqlite

ROWS = int(os.environ.get("JIEDAN_BENCH_ROWS", "100000"))
SIZE = 500
HEADERS = (
    "订单编号", "下单时间", "买家账号", "收货人", "手机号", "省", "市", "区", "详细地址", "商品名称", "分类", "数量", "金额", "实付金额",
)  # fmt: skip


def figures(database: str = "") -> Iterator[Figure]:
    """Seconds and MB (2**20) of a dry run and of an import; on one DATABASE, or on both."""
    if not database:
        yield from each_by_itself("spreadsheet", ("postgres", "sqlite"))
        return
    with on_postgresql() if database == "postgres" else on_sqlite() as installation:
        installation.use_here()
        found("bulk")
        reference = Postgres(installation) if database == "postgres" else Sqlite(installation)
        file = _made(installation.folder / "orders.xlsx")
        read = _read_alone(file)
        checked = _command(installation, file, "--dry-run")
        imported = _command(installation, file)
        samples = samples_here()
        parts = _parts(file)
        written = (
            reference.copied(samples, ROWS // SIZE, SIZE)
            if isinstance(reference, Postgres)
            else reference.in_batches(samples, ROWS, SIZE)
        )
        yield figure(f"spreadsheet.{database}.dry_run", [checked[0]], "s", [read], digits=2)
        yield figure(f"spreadsheet.{database}.import", [imported[0]], "s", [read + ROWS / written], digits=2)
        yield figure(f"spreadsheet.{database}.memory", [max(checked[1], imported[1])], "MB", digits=0)
        for name, seconds in parts.items():
            yield figure(f"spreadsheet.{database}.cpu.{name}", [seconds], "s", digits=2)


def _parts(file: Path) -> dict[str, float]:
    """Seconds of CPU by part, of the same file for another shop."""
    from jiedan.connectors.spreadsheet import checking, importing, kinds, reading
    from jiedan.connectors.spreadsheet.drafts import grouped
    from jiedan.connectors.spreadsheet.models import Import
    from jiedan.kernel.dispatch import dispatch
    from jiedan.people.actor import SYSTEM

    given = {"platform": "bench", "shop": "parts", "file_name": file.name, "content": file.read_bytes()}
    pk = dispatch("spreadsheet.start_import", SYSTEM, given, channel="command").subject.pk
    row = Import.objects.get(pk=pk)
    columns = kinds.kind_of(row).table.proposed(row.headers)
    dispatch("spreadsheet.map_columns", SYSTEM, {"columns": columns}, subject=row, channel="command")
    row.refresh_from_db()

    began = _cpu()
    keys, rows = reading.rows_of(file.read_bytes(), row.kind, row.sheet, row.first_row, row.mapping["external_id"])
    lines = list(rows)
    read, began = _cpu() - began, _cpu()
    reader = kinds.kind_of(row).reader(row)
    for each in grouped(keys, iter(lines)):
        reader.read(each)
    made, began = _cpu() - began, _cpu()
    checking.check(row.pk)
    kept = _cpu() - began - read - made
    taking, real = [0.0], kinds.KINDS["orders"].take_in

    def timed(*arguments: object) -> object:
        began = _cpu()
        try:
            return real(*arguments)  # type: ignore[arg-type] # passed on
        finally:
            taking[0] += _cpu() - began

    kinds.KINDS["orders"].take_in = timed  # type: ignore[method-assign,assignment] # measured
    row.refresh_from_db()
    dispatch("spreadsheet.confirm_import", SYSTEM, {}, subject=row, channel="command")
    began = _cpu()
    importing.go_on(row.pk, here=True)
    rest = _cpu() - began - taking[0]
    return {"read": read, "orders": made, "kept": kept, "taken_in": taking[0], "results": rest}


def _cpu() -> float:
    """Seconds of CPU so far, of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _made(path: Path) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for number in range(1, ROWS + 1):
            amount = 100 + number % 900
            values = (
                f"P-{number:07d}", "2026-09-18 10:02:00", f"buyer-{number}", "欧阳青", f"139{number:08d}", "浙江省", "杭州市", "西湖区",
                f"文三路 {number % 997} 号", "北欧落地灯", "家居/灯具", 1, amount, amount,
            )  # fmt: skip
            sheet.write_row(number, 0, values)
    return path


def _read_alone(file: Path) -> float:
    program = (
        "import sys; from python_calamine import CalamineWorkbook\n"
        "print(sum(len(row) for row in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows()))"
    )
    began = perf_counter()
    subprocess.run([sys.executable, "-c", program, str(file)], check=True, capture_output=True)
    return perf_counter() - began


def _command(installation: Installation, file: Path, *more: str) -> tuple[float, float]:
    """Seconds, and MB at the highest."""
    import psutil

    command = [
        str(Path(sys.executable).with_name("jiedan")),
        "import",
        str(file),
        "--platform",
        "bench",
        "--shop",
        "bench",
        "--json",
    ]
    began, highest = perf_counter(), 0.0
    report = installation.folder / "report.json"
    with (
        report.open("w") as out,
        subprocess.Popen([*command, *more], env=installation.environment, stdout=out) as process,
    ):
        parent = psutil.Process(process.pid)
        while process.poll() is None:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied, subprocess.TimeoutExpired):
                family = (parent, *parent.children(recursive=True))
                highest = max(highest, sum(member.memory_full_info().pss for member in family) / 2**20)
                process.wait(0.1)
        took = perf_counter() - began
    said = report.read_text(encoding="utf-8")
    if process.returncode or json.loads(said)["counts"] != {"created": ROWS}:
        raise SystemExit(f"the import went wrong ({process.returncode}): {said}")
    return took, highest
