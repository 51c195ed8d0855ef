"""The demo company's catalogue knows what its shops sell, and its evaluations have figures."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from jiedan.connectors.kaola.generator import make_orders
from jiedan.core import clock
from jiedan.demo import company, resources
from jiedan.evaluation.known import findings
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from jiedan.resources.models import Equipment, Item, StockChange
from tests.cast import FRIDAY

pytestmark = pytest.mark.django_db


def test_everything_that_the_shops_sell_stands_in_the_catalogue() -> None:
    sold = {line["sku_outer_id"] for order in make_orders(300, 4, FRIDAY) for line in order["order_skus"]}
    assert sold == {row[0] for row in resources.CATALOGUE if not row[0].partition("-")[2].startswith("2")}
    keys = {
        line["sku_key"]: line["sku_outer_id"] for order in make_orders(300, 4, FRIDAY) for line in order["order_skus"]
    }
    assert set(keys.values()) == sold
    assert {key.partition("-")[0] for key in keys} == {code.rpartition("-")[2] for code in sold}


def test_the_company_has_a_catalogue_stock_equipment_and_figures_for_its_evaluations(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.BASE_DIR = tmp_path
    list(company.seed(orders=8, seed=1, until="2026-09-18", kaola=None))
    assert (Item.objects.count(), Equipment.objects.count()) == (25, len(resources.EQUIPMENT))
    assert Item.objects.get(stage="withdrawn").name == "员工宿舍四件套"
    counted = [row for row in resources.CATALOGUE if row[-1] is not None]
    assert StockChange.objects.count() == len(counted)
    found = [findings(order, clock.now()) for order in Order.objects.all()]
    assert all(one["scope"].known[-1].startswith("目录中有") for one in found if one["scope"].grade == "yes")
    assert not any("不在目录中" in sentence for one in found for sentence in one["scope"].unknown)
    said = "".join(sentence for one in found for sentence in one["resources"].known)
    assert "具备“拣配”的 2 人" in said
    assert "“婴儿配方奶粉 3 段 900g”库存 300，" in said
    assert verify_database().ok
