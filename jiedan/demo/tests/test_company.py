"""The demo company: set up once, and only where nobody else lives."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from jiedan.administration import first_admin
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import OrderStage
from jiedan.demo import company
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.people.models import Department, Staff

pytestmark = pytest.mark.django_db


def test_seeding_again_plays_nothing_and_records_the_shops_new_address_alone(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.BASE_DIR = tmp_path
    said = list(company.seed(orders=3, seed=1, until="2026-09-18", kaola="http://127.0.0.1:1/router"))
    assert said == ["setting up the demo company …", "playing 3 orders of the past …"]
    counts = Staff.objects.count(), Order.objects.count(), Record.objects.count(), Account.objects.count()
    assert counts[:2] == (len(company.PEOPLE), 3)
    assert set(Order.objects.values_list("stage", flat=True)) == {OrderStage.ACCEPTED}
    assert list(company.seed(orders=0, seed=1, until=None, kaola="http://127.0.0.1:2/router")) == []
    again = Staff.objects.count(), Order.objects.count(), Record.objects.count(), Account.objects.count()
    people, orders, records, shops = counts
    assert again == (people, orders, records + 1, shops)
    assert Record.objects.latest("pk").action == "connectors.change_connection"


def test_a_company_of_its_own_gets_no_invented_people_and_orders(settings: LazySettings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    first_admin.create("9001", "吴系统")
    with pytest.raises(company.NotTheDemo, match="DEMO=0 make run"):
        list(company.seed(orders=3, seed=1, until=None, kaola="http://127.0.0.1:1/router"))
    assert Department.objects.count() == 1
    assert (Order.objects.count(), Account.objects.count(), (tmp_path / "var").exists()) == (0, 0, False)
