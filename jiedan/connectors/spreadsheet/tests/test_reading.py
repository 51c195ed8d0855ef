"""Whatever form a file has, it is read as rows, or refused with a sentence that says what helps (2.1.2, S-40)."""

import io
import random
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from jiedan.connectors.spreadsheet import columns, looking, reading, text
from jiedan.connectors.spreadsheet.tests.files import HEADERS, book, row
from jiedan.connectors.spreadsheet.wrong import Unreadable

CSV = "订单编号,下单时间,收货人,商品名称,金额\r\nT-1,2026-09-18,欧阳青,落地灯,398\r\n"


def read(content: bytes, name: str) -> list[list[Any]]:
    """The rows below the headers."""
    found = looking.looked(content, name, columns.ORDERS)
    return list(reading.rows_of(content, found.form, found.sheet, found.first_row)[1])


def refused(content: bytes, name: str = "orders.xlsx") -> str:
    with pytest.raises(Unreadable) as wrong:
        looking.looked(content, name, columns.ORDERS)
    return str(wrong.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_text_is_read_in_every_usual_encoding_with_every_separator(encoding: str, mark: str) -> None:
    content = CSV.replace(",", mark).encode(encoding)
    assert read(content, "orders.csv") == [["T-1", "2026-09-18", "欧阳青", "落地灯", "398"]]


def test_a_text_that_is_none_names_the_encodings_that_are_read() -> None:
    assert "UTF-8" in refused(b"\x00\x01\x02" * 50, "orders.csv")
    assert "UTF-8" in refused("ご注文番号テストぱぴぷぺぽ一覧表、".encode("shift_jis") * 9, "orders.csv")


def test_a_quotation_mark_that_is_never_closed_is_named_instead_of_swallowing_the_file() -> None:
    assert "32767" in refused(('a,b,c\r\n1,"' + "x" * 40_000).encode(), "orders.csv")


def test_what_programs_write_around_long_numbers_is_taken_off() -> None:
    content = '订单编号,收货人,商品名称\r\n="0012",\'138,灯\t\r\n'.encode()
    assert list(text.rows(content))[1] == ["0012", "138", "灯"]


def test_titles_above_the_headers_are_passed_over() -> None:
    content = book([row()], above=[["九月订单汇总"], [], ["制表人", "张三"]])
    found = looking.looked(content, "orders.xlsx", columns.ORDERS)
    assert (found.headers, found.first_row, found.rows) == (HEADERS, 4, 1)


def test_every_cell_of_a_merged_range_has_its_value() -> None:
    content = book([row(), [None] * 4 + row()[4:]], merged=[f"{letter}2:{letter}3" for letter in "ABCD"])
    rows = read(content, "orders.xlsx")
    assert [line[:4] for line in rows] == [row()[:4]] * 2


def test_moments_are_iso_text_and_formulas_their_kept_value() -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEADERS)
    sheet.append(
        row(下单时间=datetime(2026, 9, 18, 10, 2, tzinfo=UTC).replace(tzinfo=None), 分类=date(2026, 9, 18), 金额="=1+1")
    )
    out = io.BytesIO()
    made.save(out)
    (line,) = read(out.getvalue(), "orders.xlsx")
    assert (line[1], line[5], line[7]) == ("2026-09-18T10:02:00", "2026-09-18", "")


def test_the_first_sheet_with_headers_is_read_and_hidden_ones_never() -> None:
    made = Workbook()
    first = made.active
    assert first is not None
    first.append(["说明"])
    hidden, orders = made.create_sheet("旧"), made.create_sheet("订单")
    hidden.sheet_state = "hidden"
    for sheet, number in ((hidden, "OLD"), (orders, "T-1")):
        sheet.append(HEADERS)
        sheet.append(row(number))
    out = io.BytesIO()
    made.save(out)
    assert [line[0] for line in read(out.getvalue(), "a.xlsx")] == ["T-1"]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n"])
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    assert refused(content, "orders.csv") == "文件是空的。"


def test_headers_without_rows_are_said_to_be_alone() -> None:
    assert refused(book([])) == "表头下面没有数据。"


def test_a_name_that_promises_another_form_is_refused() -> None:
    assert ".xlsx" in refused(CSV.encode())
    assert ".csv" in refused(book([row()]), "orders.csv")
    assert ".xlsx、.xls" in refused(b"%PDF-1.7", "orders.pdf")


def test_a_broken_workbook_is_said_to_be_unreadable() -> None:
    whole = book([row()])
    assert "无法读取" in refused(whole[: len(whole) // 2])
    assert "无法读取" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4000, "orders.xls")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_whose_kind_is_packed_wrongly_is_refused(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
    content = bytearray(out.getvalue())
    start = content.index(b"mimetype") + len(b"mimetype")
    content[start : start + 4] = b"\xff" * 4
    assert refused(bytes(content), "orders.ods")


def test_a_workbook_with_a_password_asks_for_one_without(encrypted: bytes) -> None:
    assert "密码" in refused(encrypted)


def test_an_archive_that_is_no_spreadsheet_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "电子表格" in refused(out.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO(book([row()]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"0" * (600 << 20))
    assert len(out.getvalue()) < reading.LARGEST
    assert "解压" in refused(out.getvalue())


def test_a_bomb_that_lies_about_its_size_dies_alone() -> None:
    """What the directory declares is small; what unpacks is not, and the reader ends with its own limits."""
    content = bytearray(_sheet_bomb())
    assert refused(bytes(content)) != ""


def _sheet_bomb() -> bytes:
    source, out = zipfile.ZipFile(io.BytesIO(book([row()]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            body = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = body.replace(b"</sheetData>", b"<row><c><v>1</v></c></row>" * 4_000_000 + b"</sheetData>")
            archive.writestr(name, body)
    content = bytearray(out.getvalue())
    entry = content.rindex(b"xl/worksheets/sheet1.xml")
    # Uncompressed size in the central directory: 22 bytes before the name.
    content[entry - 22 : entry - 18] = (1000).to_bytes(4, "little")
    return bytes(content)


def test_more_rows_than_are_read_are_named_with_the_limit() -> None:
    content = CSV.encode() + b"T-2,2026-09-18,a,b,1\r\n" * 200_001
    assert "200000" in refused(content, "orders.csv")


def test_a_file_beyond_20_mb_is_refused_unread() -> None:
    assert "20 MB" in refused(random.Random(1).randbytes(reading.LARGEST + 1))


def test_headers_are_recognised_however_they_are_decorated() -> None:
    assert columns.ORDERS.proposed(["订单编号（必填）*", " Receiver_Name ", "数 量", "什么"]) == {
        "external_id": 0, "receiver_name": 1, "quantity": 2,
    }  # fmt: skip


def test_the_layout_of_a_file_given_back_is_the_one_before() -> None:
    again = looking.looked(book([row()]), "a.xlsx", columns.ORDERS)
    content = (",".join([*HEADERS, "结果", "原因", "接单编号"]) + "\r\n" + ",".join(map(str, row()))).encode()
    assert columns.layout_of(looking.looked(content, "a.csv", columns.ORDERS).headers) == columns.layout_of(
        again.headers
    )
