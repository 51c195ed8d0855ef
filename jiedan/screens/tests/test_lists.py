"""Workbench and order list: what belongs to me, a constant number of queries, keyset paging."""

from decimal import Decimal

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from jiedan.acquisition.incoming import Receiver
from jiedan.acquisition.intake import take_in
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.screens.models import SavedView
from jiedan.screens.views import order_list
from tests.cast import Cast, acting, incoming, logged_in, received


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("path", ["/", "/orders/", "/listings/", "/people/"])
def test_the_number_of_queries_does_not_grow_with_the_orders(cast: Cast, path: str) -> None:
    client = logged_in(cast.head)
    received("K1")
    client.get(path)
    few = queries(client, path)
    for number in range(2, 12):
        received(f"K{number}")
    assert queries(client, path) == few


def test_a_colleague_of_another_department_sees_none_of_ours(cast: Cast) -> None:
    order = received()
    ours, theirs = logged_in(cast.taker), logged_in(cast.outsider)
    for path in ("/", "/orders/", f"/palette/?q={order.ref}", "/orders/?q=13812345678"):
        assert order.ref in ours.get(path).content.decode(), path
        assert f"/orders/{order.ref}/" not in theirs.get(path).content.decode(), path


@pytest.mark.parametrize("asked", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "13812345678 转 12"])
@pytest.mark.parametrize("written", ["13812345678", "138-1234-5678", "+8613812345678", "13812345678-4711"])
def test_a_caller_is_found_however_their_number_is_written(cast: Cast, written: str, asked: str) -> None:
    ours = received(receiver=Receiver(name="欧阳青", phone=written))
    received("K2", receiver=Receiver(name="欧阳青", phone="13912345678"))
    found = logged_in(cast.taker).get("/orders/", {"q": asked}).context["orders"]
    assert [row["ref"] for row in found] == [ours.ref]


@pytest.mark.parametrize("asked", ["买买提·艾力", "买买提艾力", " 买买提 · 艾力 "])
def test_a_caller_is_found_by_their_full_name_and_by_no_part_of_it(cast: Cast, asked: str) -> None:
    ours = received(receiver=Receiver(name="买买提·艾力", phone="13812345678"))
    received("K2")
    taker, outsider = logged_in(cast.taker), logged_in(cast.outsider)
    assert [row["ref"] for row in taker.get("/orders/", {"q": asked}).context["orders"]] == [ours.ref]
    assert ours.ref in taker.get("/palette/", {"q": asked}).content.decode()
    assert list(taker.get("/orders/", {"q": "买买提"}).context["orders"]) == []
    assert list(outsider.get("/orders/", {"q": asked}).context["orders"]) == []


def test_a_changed_receiver_is_found_by_the_name_that_counts_now(cast: Cast) -> None:
    order = received()
    take_in(incoming(receiver=Receiver(name="司马懿", phone="13912345678")))
    taker = logged_in(cast.taker)
    found = {name: len(taker.get("/orders/", {"q": name}).context["orders"]) for name in ("欧阳青", "司马懿")}
    assert (found, Order.objects.get().pk) == ({"欧阳青": 0, "司马懿": 1}, order.pk)


def test_a_caller_is_found_by_the_end_of_their_number(cast: Cast) -> None:
    ours = received(receiver=Receiver(name="欧阳青", phone="13812345678"))
    received("K2", receiver=Receiver(name="欧阳青", phone="13856781234"))
    found = logged_in(cast.taker).get("/orders/", {"q": "5678"}).context["orders"]
    assert [row["ref"] for row in found] == [ours.ref]


def test_a_short_number_is_a_callers_or_part_of_what_was_ordered(cast: Cast) -> None:
    lines = [incoming().lines[0].model_copy(update={"name": "灯具 88157788 型"})]
    rows = [received("K1", receiver=Receiver(name="欧阳青", phone="8815-7788")), received("K2", lines=lines)]
    found = logged_in(cast.taker).get("/orders/", {"q": "88157788"}).context["orders"]
    assert {row["ref"] for row in found} == {row.ref for row in rows}


def test_lists_show_personal_data_only_masked(cast: Cast) -> None:
    received()
    page = logged_in(cast.taker).get("/orders/").content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "欧阳青" not in page


def test_every_order_is_on_exactly_one_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_list, "PAGE", 4)
    refs = {received(f"K{number}").ref for number in range(11)}
    client, seen, path = logged_in(cast.taker), [], "/orders/"
    for _ in range(10):
        answer = client.get(path)
        seen += [item["ref"] for item in answer.context["orders"]]
        path = answer.context["next"]
        if not path:
            break
    assert sorted(seen) == sorted(refs)


def test_a_mangled_cursor_shows_the_first_page(cast: Cast) -> None:
    received()
    assert logged_in(cast.taker).get("/orders/?after=%FFnonsense").status_code == 200


def test_a_view_is_kept_shared_and_forgotten(cast: Cast) -> None:
    mine, theirs = logged_in(cast.taker), logged_in(cast.outsider)
    mine.post("/orders/views/", {"name": "待接收", "stage": "routed", "shared": "1"})
    view = SavedView.objects.get()
    assert (view.owner, view.query, view.is_shared) == (cast.taker, "stage=routed", True)
    assert "待接收" in [found.name for found in logged_in(cast.head).get("/orders/").context["views"]]
    assert theirs.get("/orders/").context["views"] == []
    assert theirs.post(f"/orders/views/{view.pk}/drop/").status_code == 404
    mine.post(f"/orders/views/{view.pk}/drop/")
    assert SavedView.objects.count() == 0


def test_an_order_entered_by_hand_arrives_like_any_other(cast: Cast) -> None:
    lines = {
        "lines.0.name": "会议室吸顶灯",
        "lines.0.quantity": "3",
        "lines.0.unit_price": "120.50",
        "lines.0.kind": "product",
    }
    sent = {**lines, "customer_name": "云栖小镇物业", "customer_phone": "13800001111", "department": str(cast.home.pk)}
    answer = logged_in(cast.taker).post("/orders/new/acquisition.enter_order/", sent)
    assert answer.status_code == 302
    page = logged_in(cast.taker).get(answer.headers["Location"]).content.decode()
    assert "361.50" in page
    assert "138****1111" in page


def test_an_order_cannot_be_entered_for_a_department_that_is_not_mine(cast: Cast) -> None:
    sent = {
        "lines.0.name": "灯", "lines.0.quantity": "1", "lines.0.unit_price": "1", "customer_name": "甲", "customer_phone": "1",
        "department": str(cast.service.pk),
    }  # fmt: skip
    answer = logged_in(cast.taker).post("/orders/new/acquisition.enter_order/", sent)
    assert answer.status_code == 403
    assert Order.objects.count() == 0


def test_the_page_of_an_order_takes_fifteen_queries_at_most_however_long_its_history_is(cast: Cast) -> None:
    order = received("K1")
    taker = acting(cast.taker)
    dispatch("acquisition.accept_order", taker, {}, subject=order)
    client = logged_in(cast.taker)
    client.get(f"/orders/{order.ref}/")
    short = queries(client, f"/orders/{order.ref}/")
    for _again in range(20):
        dispatch("acquisition.reveal_contact", taker, {"reason": "核对收货地址"}, subject=order)
    assert (short <= 15, queries(client, f"/orders/{order.ref}/")) == (True, short)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_amount_is_written_in_groups_of_three_wherever_it_stands(language: str) -> None:
    page = Template("{% load humanize %}{{ total|intcomma }}")
    with translation.override(language):
        assert page.render(Context({"total": Decimal("1234567.50")})) == "1,234,567.50"
