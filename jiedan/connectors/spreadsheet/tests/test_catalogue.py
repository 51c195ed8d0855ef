"""The catalogue as a workbook: written out, changed in a spreadsheet program, brought again (2.2.1)."""

from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from python_calamine import CalamineWorkbook

from jiedan.resources.importing import taken_over
from jiedan.resources.models import Item
from jiedan.resources.table import checked
from tests.cast import Cast, acting, logged_in
from tests.resources import listed

pytestmark = pytest.mark.django_db
ADDRESS, FILE = "/resources/table/", "/resources/catalogue.xlsx"
TABLE = (
    "编码\t名称\t类型\t部门\t工时\t技能\t目录价\t库存\n"
    "A1\t=落地灯\t商品\t家居事业部\t0.25\t安装、拣配\t199\t12\nA2\t上门安装\t服务\tHOME\t1.5\t安装\t80.5\t\n"
)


@pytest.fixture
def catalogue(cast: Cast) -> Cast:
    head = acting(cast.head)
    taken_over(checked(TABLE, head), head, "期初目录")
    listed(cast, "B1", department=cast.service.pk)
    return cast


def test_what_is_written_out_comes_back_unchanged(catalogue: Cast) -> None:
    client = logged_in(catalogue.head)
    content = client.get(FILE).content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in rows] == [["编码", "名称"], ["A1", "=落地灯"], ["A2", "上门安装"]]
    answer = _brought(catalogue, content)
    assert [(row.code, row.state, row.faults) for row in answer.context["rows"]] == [
        ("A1", "same", []),
        ("A2", "same", []),
    ]


def test_a_workbook_changes_what_was_changed_in_it(catalogue: Cast) -> None:
    content = _workbook([["编码", "目录价", "库存"], ["A1", 189.5, 15], ["A2", 80.5, ""]])
    shown = _brought(catalogue, content).context
    assert [(row.state, row.changes) for row in shown["rows"]] == [
        ("changed", ["目录价（元）", "盘点数量"]),
        ("same", []),
    ]
    # What was read stands in the form, so that taking it over needs no second upload.
    data = {"table": shown["text"], "go": "take", "reason": "调价"}
    assert logged_in(catalogue.head).post(ADDRESS, data).status_code == 302
    lamp = Item.objects.get(code="A1")
    assert (str(lamp.list_price), lamp.on_hand) == ("189.50", 15)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04nothing", "无法读取"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("编码,名称\nA1,灯\n".encode("gb18030"), ""),
        (b"", "文件是空的"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(catalogue: Cast, content: bytes, sentence: str) -> None:
    answer = _brought(catalogue, content)
    assert sentence in answer.context["sentence"]
    assert answer.status_code == (422 if sentence else 200)


def test_a_formula_that_failed_is_named_by_its_line(catalogue: Cast) -> None:
    answer = _brought(catalogue, _workbook([["编码", "目录价"], ["A1", "#N/A"]]))
    assert answer.status_code == 422
    assert "第 2 行" in answer.context["sentence"]


def test_who_brings_no_items_gets_no_file(catalogue: Cast) -> None:
    assert logged_in(catalogue.taker).get(FILE).status_code == 403


def _brought(cast: Cast, content: bytes) -> HttpResponse:
    file = SimpleUploadedFile("目录.xlsx", content)
    return logged_in(cast.head).post(ADDRESS, {"file": file, "go": "check"})  # type: ignore[return-value] # the test client's


def _workbook(rows: list[list[object]]) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()
