"""Rows written many at once are the rows that Django would have written one by one."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, models, transaction
from django.forms.models import model_to_dict

from jiedan.acquisition.taking_in import arrivals
from jiedan.core import clock
from jiedan.kernel import bulk
from jiedan.orders.models import Customer, DataKey, Order, OrderLine
from tests.cast import Cast, incoming

pytestmark = pytest.mark.django_db


def order(number: int) -> Order:
    (newborn,) = arrivals(
        [incoming(f"R{number}", promised_on=date(2026, 12, 1), freight="12.00", total="410.00")], clock.now()
    )
    found = newborn.subject
    assert isinstance(found, Order)
    found.stage = "routed"
    found.due_at = datetime(2026, 9, 18, 9, 30, tzinfo=UTC)
    return found


def columns(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.local_concrete_fields}


def test_a_row_reads_back_as_the_row_that_django_writes(cast: Cast) -> None:
    many = [order(number) for number in range(bulk.FEW + 2)]
    bulk.insert(many)
    for row in many:
        before = columns(row)
        assert columns(Order.objects.get(pk=row.pk)) == before
        Order.objects.filter(pk=row.pk).delete()
        row.save(force_insert=True)
        assert columns(Order.objects.get(pk=row.pk)) == before
    assert Order.objects.filter(due_at=datetime(2026, 9, 18, 9, 30, tzinfo=UTC), total=Decimal("410.00")).count() == 6


def test_what_the_database_fills_in_is_filled_in() -> None:
    keys = [DataKey.fresh() for _ in range(6)]
    bulk.insert(keys)
    assert DataKey.objects.filter(created_at__isnull=False).count() == 6


def test_keys_are_drawn_once_and_the_next_row_of_djangos_comes_after_them() -> None:
    first, second = bulk.reserve(DataKey, 5), bulk.reserve(DataKey, 3)
    bulk.insert([DataKey(pk=pk, wrapped=b"x", master="m") for pk in first + second])
    later = DataKey.fresh()
    later.save()
    assert len({*first, *second, later.pk}) == 9
    assert later.pk > max(second)


def test_a_row_that_breaks_a_constraint_is_djangos_own_error_and_none_is_written(cast: Cast) -> None:
    key = DataKey.fresh()
    key.save()
    rows = [
        Customer(channel="kaola", account_index=f"i{n % 5}", name_masked="张*", key=key, sealed=b"") for n in range(6)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(rows)
    assert Customer.objects.count() == 0


def test_rows_of_several_models_go_in_together(cast: Cast) -> None:
    made = arrivals([incoming(f"R{n}") for n in range(6)], clock.now())
    for newborn in made:
        newborn.subject.stage = "routed"
    bulk.insert([newborn.subject for newborn in made])
    bulk.insert_all([row for newborn in made for row in newborn.rows])
    line = OrderLine.objects.filter(order=made[0].subject.pk).get()
    assert model_to_dict(line, ["number", "sku", "quantity", "unit_price"]) == {
        "number": 1, "sku": "S1", "quantity": 2, "unit_price": Decimal("199.00")
    }  # fmt: skip
