"""The demo company evaluates and decides with the real steps."""

from collections import Counter
from datetime import timedelta

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.demo import evaluations
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, order_at


def test_six_orders_are_evaluated_and_four_of_them_decided_on(cast: Cast) -> None:
    for n in range(7):
        order_at(OrderStage.ACCEPTED, cast, f"K{n}")
    later = FRIDAY + timedelta(hours=3)
    with clock.at(later):
        assert evaluations.play(later) == 6
    stages = Counter(Order.objects.values_list("stage", flat=True))
    assert stages == {"deciding": 2, "negotiating": 2, "declined": 1, "accepted": 2}
    assert Evaluation.objects.filter(state=Evaluation.DRAFT).get().questions == "请补充供货周期和安装人员安排"
    assert verify_database().ok
