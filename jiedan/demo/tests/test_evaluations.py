"""The demo company evaluates and decides with the real steps."""

from collections import Counter
from datetime import timedelta

from jiedan.contract.models import Contract
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.demo import agreements, evaluations
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from jiedan.terms.models import TermSheet
from tests.cast import FRIDAY, Cast, order_at


def test_ten_orders_are_evaluated_and_eight_of_them_decided_on(cast: Cast) -> None:
    for n in range(11):
        order_at(OrderStage.ACCEPTED, cast, f"K{n}")
    later = FRIDAY + timedelta(hours=3)
    with clock.at(later):
        assert evaluations.play(later) == 10
    stages = Counter(Order.objects.values_list("stage", flat=True))
    assert stages == {"deciding": 2, "negotiating": 6, "declined": 1, "accepted": 2}
    assert Evaluation.objects.filter(state=Evaluation.DRAFT).get().questions == "请补充供货周期和安装人员安排"
    assert verify_database().ok


def test_five_orders_are_negotiated_each_to_another_point(cast: Cast) -> None:
    for n in range(6):
        order_at(OrderStage.NEGOTIATING, cast, f"K{n}")
    later = FRIDAY + timedelta(hours=3)
    with clock.at(later):
        assert agreements.play(later) == 5
    assert Counter(Order.objects.values_list("stage", flat=True)) == {"negotiating": 3, "agreed": 2, "confirmed": 1}
    assert Counter(TermSheet.objects.values_list("state", flat=True)) == {"offered": 2, "agreed": 3}
    assert Contract.objects.get().state == Contract.SENT
    assert verify_database().ok
