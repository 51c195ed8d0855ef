"""The catalogue pasted as a table: checked without changing anything, taken over row by row (2.2.1)."""

import pytest
from django.core.files.base import ContentFile

from jiedan.kernel.errors import Invalid
from jiedan.kernel.models import Record
from jiedan.resources.importing import taken_over
from jiedan.resources.models import Item
from jiedan.resources.table import checked
from tests.cast import Cast, acting, logged_in
from tests.resources import listed

HEAD = "编码\t名称\t类型\t部门\t工时\t技能\t目录价\t库存"
GOOD = f"{HEAD}\nA1\t落地灯\t商品\t家居事业部\t0.25\t安装、拣配\t199\t12\nA2\t上门安装\t服务\tHOME\t1.5\t安装\t80\t\n"


def test_a_table_is_checked_without_changing_anything_and_taken_over_by_steps(cast: Cast) -> None:
    head = acting(cast.head)
    rows = checked(GOOD, head)
    assert [(row.line, row.code, row.state, row.faults) for row in rows] == [(2, "A1", "new", []), (3, "A2", "new", [])]
    assert (Item.objects.count(), Record.objects.count()) == (0, 0)
    assert taken_over(rows, head, "期初目录") == 2
    actions = list(Record.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["resources.add_item", "resources.count_stock", "resources.add_item"]
    lamp = Item.objects.get(code="A1")
    assert (lamp.minutes, lamp.on_hand, lamp.skills.count()) == (15, 12, 2)


def test_the_same_table_again_is_unchanged_and_a_part_of_it_leaves_the_rest(cast: Cast) -> None:
    head = acting(cast.head)
    taken_over(checked(GOOD, head), head, "期初目录")
    assert [row.state for row in checked(GOOD, head)] == ["same", "same"]
    rows = checked("sku,目录价,库存\nA1,189.00,12\nA2,80.00,", head)
    assert [(row.state, row.changes) for row in rows] == [("changed", ["目录价（元）"]), ("same", [])]
    before = Record.objects.count()
    assert taken_over(rows, head, "调价") == 1
    lamp = Item.objects.get(code="A1")
    assert (str(lamp.list_price), lamp.minutes, Record.objects.count()) == ("189.00", 15, before + 1)
    rows = checked("编码,库存\nA1,15", head)
    assert (rows[0].changes, taken_over(rows, head, "盘点")) == (["盘点数量"], 1)
    assert Record.objects.order_by("-pk").values_list("action", flat=True)[0] == "resources.count_stock"


def test_each_wrong_row_says_what_is_wrong_with_it(cast: Cast) -> None:
    listed(cast, "B1", department=cast.service.pk)
    text = (
        "编码,名称,部门,类型,工时,库存\n,无码,HOME,商品,0,1\nC1,,HOME,商品,0,1\nC2,灯,财务部,商品,0,1\nC3,灯,SERV,商品,0,1\n"
        "B1,灯,,商品,0,1\nC4,灯,HOME,商品,很多,1\nC5,灯,HOME,商品,0,一打\nC6,装,HOME,服务,1,3\nC7,灯,HOME,商品,0,1\nC7,灯,HOME,商品,0,1\n"
    )
    rows = checked(text, acting(cast.head))
    said = {row.line: "".join(row.faults) for row in rows}
    assert [row.state for row in rows] == ["wrong"] * 8 + ["new", "wrong"]
    assert "编码" in said[2]
    assert "商品或服务" in said[3]
    assert said[4] == "没有名为“财务部”的在用部门。"
    assert "不在你的职权范围内" in said[5]
    assert "不在你的职权范围内" in said[6]
    assert "单件标准工时" in said[7]
    assert "盘点数量" in said[8]
    assert said[9] == "服务没有库存，该单元格请留空。"
    assert said[11] == "该编码已在第 10 行出现。"
    assert not Record.objects.filter(action="resources.change_item").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "需要一行列名"),
        ("编码,名称", "需要一行列名"),
        ("名称,部门\n灯,HOME", "缺少“编码”列"),
        ("编码,颜色\nA1,红", "无法识别的列：颜色"),
        ("编码,code\nA1,A1", "出现了两次"),
        ('编码,名称\nA1,"灯', "引号"),
        ("编码,名称\nA\0,灯", "NUL"),
        ("编码\n" + "A\n" * 1001, "不超过 1000 行"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(cast: Cast, text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(text, acting(cast.head))
    assert sentence in "".join(refused.value.fields["table"])


def test_the_page_takes_over_only_what_is_right_and_with_a_reason(cast: Cast) -> None:
    client, address = logged_in(cast.head), "/resources/table/"
    shown = client.post(address, {"table": GOOD, "go": "check"})
    assert (shown.status_code, "新增 2，变更 0" in shown.content.decode()) == (200, True)
    assert client.post(address, {"table": GOOD, "go": "take"}).status_code == 422
    assert client.post(address, {"table": "编码,部门\nA1,财务部", "go": "take", "reason": "x"}).status_code == 422
    assert not Item.objects.exists()
    taken = client.post(address, {"table": GOOD, "go": "take", "reason": "期初目录"})
    assert (taken.status_code, taken.headers["Location"], Item.objects.count()) == (302, "/resources/", 2)


def test_a_file_with_a_nul_is_no_table_and_no_error_of_ours(cast: Cast) -> None:
    file = ContentFile("\ufeff编码,名称\nA\0,灯".encode(), "catalogue.csv")
    answer = logged_in(cast.head).post("/resources/table/", {"file": file, "go": "check"})
    assert (answer.status_code, "表格" in answer.content.decode()) == (422, True)
