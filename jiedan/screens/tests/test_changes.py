"""A platform's change on the pages: both sides, who has to decide, and a decision on what was seen (2.1.2)."""

import re
from decimal import Decimal

import pytest

from jiedan.acquisition.incoming import Receiver
from jiedan.acquisition.intake import take_in
from jiedan.acquisition.models import ChangeNotice
from jiedan.core.lifecycle import OrderStage
from jiedan.orders.models import DataKey, Order
from tests.cast import Cast, incoming, logged_in, order_at

LINE = {
    "number": 1, "sku": "S1", "name": "北欧落地灯", "category": "家居/灯具", "quantity": 3,
    "unit_price": Decimal("199.00"), "amount": Decimal("597.00"),
}  # fmt: skip
MORE = {"lines": [LINE], "goods_amount": "597.00", "total": "597.00", "buyer_remark": "改周末送货"}


@pytest.fixture
def order(cast: Cast) -> Order:
    found = order_at(OrderStage.ACCEPTED, cast)
    take_in(
        incoming(**MORE, receiver=Receiver(name="司马光", phone="13900000000", city="宁波市", address="中山路 8 号"))
    )
    found.refresh_from_db()
    return found


def rows(text: str) -> list[list[str]]:
    """The panel's table: what, ours, the platform's."""
    panel = text[text.index("平台数据有变更") :].partition("</section>")[0]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", panel, re.DOTALL)]
    return [cells[n : n + 3] for n in range(0, len(cells), 3)]


BOTH = [
    ["北欧落地灯", "2 × ¥199.00 = ¥398.00", "3 × ¥199.00 = ¥597.00"],
    ["商品", "¥398.00", "¥597.00"],
    ["合计", "¥398.00", "¥597.00"],
    ["买家备注", "—", "改周末送货"],
    ["收货人", "欧阳* 138****5678 浙江省 杭州市 西湖区", "司马* 139****0000 宁波市 （隐藏部分有变化）"],
]


@pytest.mark.parametrize("path", ["", "do/acquisition.take_over_change/", "do/acquisition.reject_change/"])
def test_order_and_steps_show_both_sides_masked(cast: Cast, order: Order, path: str) -> None:
    answer = logged_in(cast.taker).get(f"/orders/{order.ref}/{path}")
    text = answer.content.decode()
    assert rows(text) == BOTH
    assert "司马光" not in text
    assert "中山路" not in text
    assert "<c-" not in text


def test_the_form_decides_on_what_it_showed(cast: Cast, order: Order) -> None:
    client, address = logged_in(cast.taker), f"/orders/{order.ref}/do/acquisition.take_over_change/"
    shown = re.search(r'name="content_hash" value="(\w{64})"', client.get(address).content.decode())
    assert shown is not None
    sent = {"content_hash": shown[1], "reason": "客户来电同意"}
    take_in(incoming(buyer_remark="改周日"))
    answer = client.post(address, sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert f"平台又变更了 {order.ref}" in text
    assert rows(text) == [["买家备注", "—", "改周日"]]
    assert "客户来电同意" in text
    assert shown[1] not in text
    assert Order.objects.get().buyer_remark == ""
    fresh = re.search(r'name="content_hash" value="(\w{64})"', text)
    assert fresh is not None
    assert client.post(address, sent | {"content_hash": fresh[1]}).status_code == 302
    assert Order.objects.get().buyer_remark == "改周日"
    assert "平台数据有变更" not in client.get(f"/orders/{order.ref}/").content.decode()


def test_the_workbench_and_the_list_name_it_for_those_who_see_the_order_and_nobody_else(
    cast: Cast, order: Order
) -> None:
    for staff in (cast.taker, cast.head, cast.decider):
        client = logged_in(staff)
        assert "待处理的平台变更" in client.get("/").content.decode()
        assert order.ref in client.get("/orders/?change=waiting").content.decode()
    client = logged_in(cast.outsider)
    assert "待处理的平台变更" not in client.get("/").content.decode()
    assert order.ref not in client.get("/orders/?change=waiting").content.decode()


def test_the_list_leaves_out_what_waits_for_no_decision(cast: Cast, order: Order) -> None:
    other = order_at(OrderStage.ACCEPTED, cast, "K2")
    text = logged_in(cast.taker).get("/orders/?change=waiting").content.decode()
    assert order.ref in text
    assert other.ref not in text
    every = logged_in(cast.taker).get("/orders/?change=nonsense").content.decode()
    assert other.ref in every


def test_the_timeline_tells_what_differed_in_words(cast: Cast, order: Order) -> None:
    text = logged_in(cast.taker).get(f"/orders/{order.ref}/").content.decode()
    assert "明细 S1: 2 × 199.00 = 398.00 → 3 × 199.00 = 597.00" in text
    assert "合计: ¥398.00 → ¥597.00" in text
    assert "买家备注: 有变化" in text


def test_when_the_customers_data_were_erased_the_panel_still_opens(cast: Cast, order: Order) -> None:
    DataKey.objects.update(wrapped=b"")
    found = rows(logged_in(cast.taker).get(f"/orders/{order.ref}/").content.decode())
    assert found[3] == ["买家备注", "—", "已无法读取"]


def test_without_a_change_the_step_says_that_nothing_waits(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    client, address = logged_in(cast.taker), f"/orders/{order.ref}/do/acquisition.reject_change/"
    assert "没有待处理的变更" in client.get(address).content.decode()
    assert client.post(address, {"reason": "无"}).status_code == 409
    assert not ChangeNotice.objects.exists()


def test_a_program_is_told_what_a_decision_has_to_name(cast: Cast, order: Order) -> None:
    headers = {"Authorization": f"Bearer {cast.token(cast.taker)}"}
    found = logged_in(cast.taker).get(f"/api/v1/orders/{order.ref}", headers=headers).json()["change"]
    assert found["content_hash"] == order.noted_hash
    assert found["differs"]["fields"]["total"] == ["398.00", "597.00"]
    data = {"content_hash": found["content_hash"], "reason": "客户同意"}
    address = f"/api/v1/orders/{order.ref}/actions/acquisition.reject_change"
    answer = logged_in(cast.taker).post(address, data, content_type="application/json", headers=headers)
    assert (answer.status_code, ChangeNotice.objects.get().state) == (200, "rejected")
    assert logged_in(cast.taker).get(f"/api/v1/orders/{order.ref}", headers=headers).json()["change"] is None
