"""Looks for keys: what rows would have been found, of several tables in one statement."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiedan.kernel import among
from jiedan.kernel.among import Look
from jiedan.orders.models import Customer, DataKey, Order
from jiedan.people.models import Department
from tests.cast import Cast, received

pytestmark = pytest.mark.django_db

AWKWARD = ['a"b', "c\\d", "e,f", "{g}", "", "订单", "h'i", "%s", "NULL"]


def test_looks_at_several_tables_are_one_statement_and_keep_their_order(cast: Cast) -> None:
    order = received("K1")
    with CaptureQueriesContext(connection) as made:
        found = among.keys(
            Look(Order, "external_id", ["K1", "K2"], condition="NOT (external_id = '')"),
            Look(Department, "code", []),
            Look(Department, "code", {"HOME", "SERV", "nowhere"}),
        )
    assert len(made) == 1
    assert (found[0], found[1], sorted(found[2])) == ([order.pk], [], sorted([cast.home.pk, cast.service.pk]))


def test_nothing_looked_for_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as made:
        assert among.keys(Look(Order, "external_id", ())) == [[]]
    assert len(made) == 0


def test_text_of_any_kind_is_found_as_it_is_and_only_it() -> None:
    keys = [DataKey.fresh() for _text in AWKWARD]
    for text, key in zip(AWKWARD, keys, strict=True):
        key.save()
        Customer.objects.create(channel="kaola", account_index=text, name_masked="张*", key=key, sealed=b"")
    for text in AWKWARD:
        (found,) = among.keys(Look(Customer, "account_index", [text]))
        assert [row.account_index for row in Customer.objects.filter(pk__in=found)] == [text]
    assert [len(found) for found in among.keys(Look(Customer, "account_index", AWKWARD))] == [len(AWKWARD)]


def test_within_and_condition_both_have_to_hold(cast: Cast) -> None:
    order = received("K1")
    here, elsewhere = order.department_id, order.department_id + 1000
    asked = [
        Look(Order, "external_id", ["K1"], {"department_id": {here, elsewhere}}),
        Look(Order, "external_id", ["K1"], {"department_id": {elsewhere}}),
        Look(Order, "external_id", ["K1"], {"department_id": {here}}, "stage = 'nowhere'"),
    ]
    assert among.keys(*asked) == [[order.pk], [], []]
