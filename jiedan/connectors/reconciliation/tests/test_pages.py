"""The page of days and shops, and the page of one comparison (clause 6.1.2)."""

import re

from jiedan.connectors.reconciliation.models import Difference, Reconciliation
from jiedan.connectors.reconciliation.tests.conftest import DAY, Shop
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from tests.cast import Cast, logged_in


def opened(staff: Staff, address: str) -> str:
    answer = logged_in(staff).get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def lost_one(shop: Shop, cast: Cast) -> Order:
    shop.sells(3)
    Order.objects.update(department=cast.home)
    order = Order.objects.order_by("pk")[0]
    shop.platform.remove(order.external_id)
    shop.compared()
    return order


def test_the_matrix_shows_both_sides_and_leads_to_what_differs(shop: Shop, cast: Cast) -> None:
    lost_one(shop, cast)
    row = Reconciliation.objects.get()
    text = opened(cast.head, "/reconciliation/")
    assert f'href="/reconciliation/{row.ref}/"' in text
    assert "3 / 2" in text
    assert "1 处差异" in text
    assert text.count("<tr data-row>") == 1


def test_a_day_of_several_departments_leads_to_all_that_the_reader_may_see(shop: Shop, cast: Cast) -> None:
    shop.sells(12)
    shop.compared()
    address = f"/reconciliation/?shop={shop.account.code}&amp;day={DAY}"
    home, service = (Reconciliation.objects.get(department=place) for place in (cast.home, cast.service))
    assert address in opened(cast.decider, "/reconciliation/")
    text = opened(cast.decider, address.replace("&amp;", "&"))
    assert (home.ref in text, service.ref in text) == (True, True)
    own = opened(cast.head, address.replace("&amp;", "&"))
    assert (home.ref in own, service.ref in own) == (True, False)
    assert address not in opened(cast.head, "/reconciliation/")


def test_a_clean_day_says_that_nothing_differs(shop: Shop, cast: Cast) -> None:
    shop.sells(3)
    Order.objects.update(department=cast.home)
    shop.compared()
    row = Reconciliation.objects.get()
    assert "没有差异" in opened(cast.taker, f"/reconciliation/{row.ref}/")


def test_only_who_may_take_the_step_gets_its_button(shop: Shop, cast: Cast) -> None:
    order = lost_one(shop, cast)
    address = f"/reconciliation/{Reconciliation.objects.get().ref}/"
    explain = f"{address}do/reconciliation.explain_difference/"
    assert [explain in opened(person, address) for person in (cast.taker, cast.supervisor)] == [True, False]
    assert order.ref in opened(cast.supervisor, address)


def test_a_comparison_that_failed_says_why_in_its_cell(shop: Shop, cast: Cast) -> None:
    shop.platform.next_faults = ["error_500"]
    shop.compared()
    assert "HTTP 500" in opened(cast.head, "/reconciliation/")


def test_an_address_that_makes_no_sense_shows_the_matrix(shop: Shop, cast: Cast) -> None:
    assert "对账" in opened(cast.head, "/reconciliation/?shop=x&day=2026-13-99")


def test_the_page_asks_the_database_no_more_for_more_days(
    shop: Shop, cast: Cast, django_assert_max_num_queries: object
) -> None:
    shop.sells(12)
    shop.compared()
    client = logged_in(cast.decider)
    client.get("/reconciliation/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get("/reconciliation/")


def test_the_programs_view_of_a_comparison_has_its_numbers(shop: Shop, cast: Cast) -> None:
    lost_one(shop, cast)
    row = Reconciliation.objects.get()
    headers = {"Authorization": f"Bearer {cast.token(cast.head)}"}
    found = logged_in(cast.head).get(f"/api/v1/reconciliation/{row.ref}", headers=headers).json()
    assert (found["stage"], found["day"], found["ours_count"], found["theirs_count"]) == ("open", "2026-09-17", 3, 2)
    assert found["open_differences"] == Difference.objects.filter(state="open").count() == 1
