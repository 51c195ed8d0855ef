"""The pages of the import: upload, columns, check, confirm, progress, result (clause 2.1.2)."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from jiedan.connectors.spreadsheet import checking, columns, importing, looking
from jiedan.connectors.spreadsheet.models import Import
from jiedan.connectors.spreadsheet.tests.files import book, row
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import Cast, logged_in
from tests.every_action.imported import COLUMNS, checked, imported, mapped, table, uploaded

pytestmark = pytest.mark.django_db
NEW = "/imports/new/spreadsheet.start_import/"


def sent(client: Client, content: bytes, name: str = "九月.xlsx", **changes: str) -> Any:
    given: dict[str, Any] = {"platform": "taobao", "shop": "hangzhou", **changes}
    return client.post(NEW, {**given, "content": SimpleUploadedFile(name, content)})


def opened(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_file_goes_from_upload_to_orders_by_plain_forms(cast: Cast) -> None:
    client = logged_in(cast.taker)
    answer = sent(client, book([row("T-1"), row("T-2", 数量=0)]))
    found = Import.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{found.ref}/")
    step = f"/imports/{found.ref}/do/spreadsheet.map_columns/"
    form = opened(client, step)
    assert '<option value="0" selected>A 订单编号</option>' in form
    assert '<td class="nowrap">欧阳青</td>' in form
    chosen = {f"columns.{name}": index for name, index in COLUMNS.items()}
    assert client.post(step, chosen).status_code == 302
    moving = opened(client, f"/imports/{found.ref}/")
    assert ("<progress" in moving, 'http-equiv="refresh"' in moving) == (True, True)
    checking.check(found.pk)
    page = opened(client, f"/imports/{found.ref}/")
    assert ("http-equiv" in page, "0 不是有效数量" in page, "T-2" in page) == (False, True, True)
    assert client.post(f"/imports/{found.ref}/do/spreadsheet.confirm_import/", {}).status_code == 302
    importing.go_on(found.pk)
    assert "已导入" in opened(client, f"/imports/{found.ref}/")
    assert Order.objects.get().external_id == "T-1"


def test_the_progress_is_a_fragment_that_ends_with_the_whole_page(cast: Cast) -> None:
    found = mapped(uploaded(cast.taker), cast.taker)
    client = logged_in(cast.taker)
    answer = client.get(f"/imports/{found.ref}/progress/")
    assert ("hx-trigger" in answer.content.decode(), "HX-Refresh" in answer) == (True, False)
    checked(found)
    assert client.get(f"/imports/{found.ref}/progress/")["HX-Refresh"] == "true"


def test_a_file_that_cannot_be_used_stores_nothing_and_says_why(cast: Cast) -> None:
    client, before = logged_in(cast.taker), Record.objects.count()
    for content, name, said in (
        (b"", "a.csv", "文件是空的"),
        (b"x", "a.pdf", ".xlsx、.xls"),
        (b"PK\x03\x04", "a.xlsx", "无法读取"),
    ):
        answer = sent(client, content, name)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), name
    assert client.post(NEW, {"platform": "taobao", "shop": "s"}).status_code == 422
    assert sent(client, table(), "a.csv", platform="manual").status_code == 422
    assert (Import.objects.count(), Record.objects.count()) == (0, before)


def test_columns_that_are_missing_are_named_at_their_field_and_what_was_chosen_stays(cast: Cast) -> None:
    found = uploaded(cast.taker)
    client, step = logged_in(cast.taker), f"/imports/{found.ref}/do/spreadsheet.map_columns/"
    answer = client.post(
        step, {"columns.external_id": "3", "columns.name": "4", "columns.amount": "7", "columns.placed_at": "1"}
    )
    page = answer.content.decode()
    assert (answer.status_code, "请选择对应的列：收货人" in page) == (422, True)
    assert '<option value="3" selected>D 手机号</option>' in page
    found.refresh_from_db()
    assert (found.stage, found.mapping) == ("uploaded", {})


def test_a_colleague_sees_how_far_it_is_but_not_the_rows(cast: Cast) -> None:
    found = imported(checked(mapped(uploaded(cast.taker), cast.taker)), cast.taker)
    head = logged_in(cast.head)
    page = opened(head, f"/imports/{found.ref}/")
    assert ("已导入" in page, "/result/" in page) == (True, False)
    again = uploaded(cast.taker, book([row()]), "b.xlsx")
    assert "欧阳青" not in opened(head, f"/imports/{checked(again).ref}/do/spreadsheet.map_columns/")


def test_the_list_shows_who_what_and_how_many(cast: Cast) -> None:
    found = imported(checked(mapped(uploaded(cast.taker), cast.taker)), cast.taker)
    page = opened(logged_in(cast.head), "/imports/")
    assert [text in page for text in (found.ref, "九月订单.csv", "张晓月", "已导入 1")] == [True] * 4
    assert found.ref not in opened(logged_in(cast.outsider), "/imports/")


def test_the_result_is_a_download_that_no_browser_shows_or_keeps(cast: Cast) -> None:
    found = imported(checked(mapped(uploaded(cast.taker), cast.taker)), cast.taker)
    answer = logged_in(cast.taker).get(f"/imports/{found.ref}/result/")
    assert answer["Content-Disposition"].startswith("attachment; filename*=")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet["L2"].value == Order.objects.get().ref


def test_the_file_of_an_abandoned_import_is_gone(cast: Cast) -> None:
    found, client = uploaded(cast.taker), logged_in(cast.taker)
    step = f"/imports/{found.ref}/do/spreadsheet.abandon_import/"
    assert client.post(step, {"reason": "传错文件"}).status_code == 302
    assert client.get(f"/imports/{found.ref}/result/").status_code == 404
    assert "已放弃" in opened(client, f"/imports/{found.ref}/")


def test_the_template_is_understood_when_it_is_filled_in(cast: Cast) -> None:
    answer = logged_in(cast.taker).get("/imports/template/")
    found = looking.looked(answer.content, "template.xlsx", columns.ORDERS)
    assert sent(logged_in(cast.taker), answer.content).status_code == 302
    row = mapped(Import.objects.get(), cast.taker, columns.ORDERS.proposed(found.headers))
    assert checked(row).counts == {"created": 1}


def test_the_import_is_found_from_the_orders_and_from_the_connections(cast: Cast) -> None:
    assert 'href="/imports/"' in opened(logged_in(cast.taker), "/orders/")
    assert 'class="btn" href="/imports/"' in opened(logged_in(cast.decider), "/connections/")
