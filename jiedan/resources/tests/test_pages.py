"""The pages and the API say the same of catalogue, stock, equipment and capacity, to each what is theirs (6.2.3)."""

from datetime import date
from typing import Any

from django.test import Client

from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.resources.models import Item
from tests.cast import FRIDAY, Cast, acting, logged_in, received
from tests.resources import REASON, able, equipment_at, item_at, listed


def asked(cast: Cast, staff: Any, address: str) -> Any:
    headers = {"Authorization": f"Bearer {cast.token(staff)}"}
    return Client().get(f"/api/v1/{address}", headers=headers).json()


def worked(cast: Cast) -> str:
    """A counted item, people, a vehicle, and an accepted order; the order's number."""
    listed(cast, stock=5)
    able(cast.executor, cast)
    equipment_at("in_use", cast)
    order = received("K1", promised_on=date(2026, 9, 22))
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    return order.ref


def test_page_and_api_say_the_same_of_an_item(cast: Cast) -> None:
    ref = worked(cast)
    row = asked(cast, cast.taker, "catalogue")["items"][0]
    one = asked(cast, cast.taker, f"catalogue/{row['ref']}")
    assert one["stock"] == {"on_hand": 5, "needed": 2, "free": 3, "orders": 1}
    assert (one["code"], one["hours"], one["skills"], one["department"]["name"]) == (
        "S1",
        "1.5",
        ["安装"],
        "家居事业部",
    )
    for address in ("/resources/stock/", f"/resources/{row['ref']}/"):
        text = logged_in(cast.taker).get(address).content.decode()
        assert ref in text, address
        assert "北欧落地灯" in text


def test_stock_names_only_orders_that_the_reader_may_see(cast: Cast) -> None:
    ref = worked(cast)
    text = logged_in(cast.outsider).get("/resources/stock/").content.decode()
    assert ("1 张在办订单" in text, ref in text) == (True, False)
    assert asked(cast, cast.outsider, f"catalogue/{Item.objects.get().ref}")["stock"]["needed"] == 2


def test_page_and_api_say_the_same_of_capacity(cast: Cast) -> None:
    ref = worked(cast)
    (department,) = asked(cast, cast.head, "capacity")
    (skill,), (kind,) = department["skills"], department["equipment"]
    week = skill["minutes"][0]
    assert (skill["skill"], skill["people"], week["needed"], week["orders"]) == ("安装", ["赵大勇"], 180, 1)
    assert (week["free"], week["until"]) == (week["total"] - 180, "2026-09-25")
    assert (kind["kind"], kind["pieces"][0]["pieces"], kind["pieces"][0]["usable"]) == ("登高车", 1, 0)
    with clock.at(FRIDAY):
        text = logged_in(cast.head).get("/resources/capacity/").content.decode()
    hours = f"{week['free'] / 60:.2f}".rstrip("0").rstrip(".")
    assert f"{hours} 工时" in text
    assert ref in text
    assert "赵大勇" not in logged_in(cast.other_head).get("/resources/capacity/").content.decode()


def test_lists_are_searched_narrowed_and_paged_by_code(cast: Cast) -> None:
    for n in range(53):
        listed(cast, f"A{n:03d}", name=f"灯 {n}", codes=f"K-{n}", skills="" if n else "电工")
    client = logged_in(cast.taker)
    first = client.get("/resources/").content.decode()
    assert ("A049" in first, "A050" in first, "?after=A049" in first) == (True, False, True)
    second = client.get("/resources/?after=A049").content.decode()
    assert ("A050" in second, "A052" in second, "灯 49" in second) == (True, True, False)
    for query in ("K-52", "A052", "灯 52"):
        found = client.get("/resources/", {"q": query}).content.decode()
        assert ("A052" in found, "A051" in found) == (True, False), query
    assert "A000" in client.get("/resources/?q=电工").content.decode()
    assert "A000" not in client.get("/resources/?kind=service").content.decode()


def test_withdrawn_items_stand_apart_and_the_form_of_a_change_is_filled_in(cast: Cast) -> None:
    found, client = item_at("withdrawn", cast), logged_in(cast.head)
    assert found.code not in client.get("/resources/").content.decode()
    assert found.code in client.get("/resources/?kind=withdrawn").content.decode()
    form = client.get(f"/resources/{found.ref}/do/resources.change_item/").content.decode()
    assert 'value="北欧落地灯"' in form
    assert 'value="1.5"' in form


def test_equipment_says_what_is_out_of_order_and_until_when(cast: Cast) -> None:
    piece = equipment_at("in_use", cast)
    with clock.at(FRIDAY):
        text = logged_in(cast.taker).get("/equipment/").content.decode()
        assert ("停用 09-18 – 09-19" in text, REASON["reason"] in text) == (True, True)
        assert "当前" in logged_in(cast.taker).get(f"/equipment/{piece.ref}/").content.decode()
    assert piece.number not in logged_in(cast.outsider).get("/equipment/").content.decode()


def test_pages_of_an_empty_company_say_what_to_do(cast: Cast) -> None:
    client = logged_in(cast.head)
    for address, words in (
        ("/resources/", "逐项填写或整表导入"), ("/resources/stock/", "没有商品"), ("/equipment/", "没有设备"),
        ("/resources/capacity/", "尚未登记人员技能"),
    ):  # fmt: skip
        assert words in client.get(address).content.decode()
