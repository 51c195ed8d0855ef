"""Rows made for insertion are what the models' own constructors make."""

from typing import Any

import pytest
from django.db import models

from jiedan.core import clock
from jiedan.kernel import bulk
from jiedan.kernel.models import Record
from jiedan.orders.models import Customer, DataKey, Order


def held(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Order, {"id": 7, "channel": "kaola", "total": "3.00", "customer_id": 5, "department_id": 2}),
        (Customer, {"id": 5, "key_id": 3, "since": clock.now(), "name_masked": "王*"}),
        (DataKey, {"id": 3, "wrapped": b"x", "master": "data-1", "created_at": clock.now()}),
        (Record, {"id": 9, "tx": None, "subject_type": "order", "seq": 1}),
    ],
)
def test_a_made_row_holds_what_the_constructor_would_have_put_there(
    model: type[models.Model], values: dict[str, Any]
) -> None:
    assert held(bulk.made(model, **values)) == held(model(**values))


def test_related_rows_given_beside_their_column_are_not_looked_up() -> None:
    key = DataKey(pk=3, wrapped=b"x", master="data-1")
    assert bulk.made(Customer, id=5, key=key, key_id=3).key is key


def test_what_is_worked_out_for_each_row_is_its_own() -> None:
    first, second = bulk.made(Order, id=1), bulk.made(Order, id=2)
    first.routed_by["by"] = "rule"
    assert second.routed_by == {}
