"""A listing becomes an order: what is known is filled in, the department has it accepted (2.1.1)."""

import json

import pytest
from django.test import Client

from jiedan.acquisition.models import Listing
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.models import Deadline, Record
from jiedan.orders.models import Order, OrderLine
from tests.cast import Cast, acting, logged_in

pytestmark = pytest.mark.django_db
WON = {
    "customer_name": "李雷", "customer_phone": "13900001111", "address": "文三路 1 号", "requirements": "三层，共 40 盏",
    "lines": [{"name": "会议室灯光改造", "kind": "service", "quantity": 1, "unit_price": "8000.00"}],
}  # fmt: skip


@pytest.fixture
def listing(cast: Cast) -> Listing:
    taker = acting(cast.taker)
    given = {
        "department": cast.taker.department_id, "summary": "会议室灯光改造", "details": "三层，共 40 盏", "category": "服务/安装",
        "budget": "8000.00", "needed_on": "2026-10-15",
    }  # fmt: skip
    found = dispatch("acquisition.post_listing", taker, given).subject
    dispatch("acquisition.claim_listing", taker, {}, subject=found)
    contact = {"channel": "phone", "learned": "十月中旬要装好", "next_step": "报价"}
    dispatch("acquisition.contact_customer", taker, contact, subject=found)
    return Listing.objects.get()


def test_the_order_belongs_to_the_listings_department_and_is_accepted_with_its_clock_kept(
    listing: Listing, cast: Cast
) -> None:
    dispatch("acquisition.turn_into_order", acting(cast.taker), WON, subject=listing)
    order, listing = Order.objects.get(), Listing.objects.get()
    assert (listing.stage, listing.order_id) == (ListingStage.WON, order.pk)
    assert (order.stage, order.department_id, str(order.total)) == (
        OrderStage.ACCEPTED,
        listing.department_id,
        "8000.00",
    )
    assert OrderLine.objects.get().name == "会议室灯光改造"
    assert Deadline.objects.get(subject_type="order", name="accept_order").status == "kept"


def test_the_record_names_the_order_and_holds_nothing_personal(listing: Listing, cast: Cast) -> None:
    dispatch("acquisition.turn_into_order", acting(cast.taker), WON, subject=listing)
    body = Record.objects.get(action="acquisition.turn_into_order").body
    assert json.loads(body)["facts"]["order"] == Order.objects.get().ref
    assert ("李雷" in body, "13900001111" in body) == (False, False)


def test_a_wrong_order_changes_neither(listing: Listing, cast: Cast) -> None:
    with pytest.raises(Invalid):
        dispatch("acquisition.turn_into_order", acting(cast.taker), WON | {"discount": "9000.00"}, subject=listing)
    assert (Listing.objects.get().stage, Order.objects.count()) == (ListingStage.CONTACTED, 0)


def test_it_becomes_one_order_only(listing: Listing, cast: Cast) -> None:
    dispatch("acquisition.turn_into_order", acting(cast.taker), WON, subject=listing)
    with pytest.raises(Refused):
        dispatch("acquisition.turn_into_order", acting(cast.taker), WON, subject=Listing.objects.get())
    assert Order.objects.count() == 1


def test_the_form_holds_what_the_listing_says_and_leads_to_the_order(listing: Listing, cast: Cast) -> None:
    client: Client = logged_in(cast.taker)
    path = f"/listings/{listing.ref}/do/acquisition.turn_into_order/"
    page = client.get(path).content.decode()
    known = ("会议室灯光改造", "三层，共 40 盏", 'value="2026-10-15"', 'value="8000.00"', 'value="服务/安装"')
    assert [text in page for text in known] == [True] * 5
    lines = {f"lines.0.{name}": value for name, value in WON["lines"][0].items()}  # type: ignore[attr-defined,index] # a list of one
    form = {name: value for name, value in WON.items() if name != "lines"}
    assert client.post(path, form | lines).status_code == 302
    order = Order.objects.get()
    assert f'href="/orders/{order.ref}/"' in client.get(f"/listings/{listing.ref}/").content.decode()
