"""A shop that is called back hears that we decline, with the reason and the advice written for the customer (2.2.3)."""

import json
from typing import Any

from jiedan.connectors import accounts
from jiedan.connectors.models import Account
from jiedan.connectors.outgoing import sender
from jiedan.connectors.outgoing.models import Outgoing
from jiedan.connectors.yanxuan import simulator
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.evaluation.models import Evaluation
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, received, submitted

WHY = {"reason": "交期无法满足", "advice": "可选现货型号"}


def test_a_shop_that_is_called_back_is_told_with_reason_and_advice_and_that_is_on_record(cast: Cast) -> None:
    accounts.connect("webhook", "own", "官网", "http://127.0.0.1:9/x", {"secret": "s" * 32}, FRIDAY, code="own")
    order = received("W1", platform="webhook", shop="own")
    if order.stage == OrderStage.UNROUTED:
        given = {"department": cast.home.pk, "reason": "家居"}
        dispatch("acquisition.route_order", acting(cast.decider), given, subject=order)
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    submitted(Order.objects.get(pk=order.pk), cast)
    given = {"content_hash": Evaluation.objects.get().content_hash, **WHY}
    dispatch("evaluation.decline_order", acting(cast.head), given, subject=order)
    notices.carry_out(FRIDAY)
    (event,) = Outgoing.objects.filter(event="order.declined")
    assert event.payload["data"] == {"number": order.ref, "external_id": "W1", "stage": "declined", **WHY}
    assert Record.objects.filter(action="evaluation.tell_customer", actor=None).count() == 1
    assert Evaluation.objects.get().told_at is not None


def test_a_distributor_of_the_yanxuan_channel_verifies_that_we_decline_and_why(cast: Cast, settings: Any) -> None:
    settings.PRIVATE_RECEIVERS = True
    moment = clock.now()
    distributor = simulator.Distributor("http://127.0.0.1:9/", now=lambda: moment)
    keys = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET}
    with simulator.running(distributor) as address:
        row = accounts.connect("yanxuan", "hangzhou", "分销", address, keys, moment, code="y")
        Account.objects.filter(pk=row.pk).update(callbacks=["yanxuan.notification.order.exceptional"])
        order = received("Y1", platform="yanxuan")
        dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
        submitted(Order.objects.get(pk=order.pk), cast)
        given = {"content_hash": Evaluation.objects.get().content_hash, **WHY}
        dispatch("evaluation.decline_order", acting(cast.head), given, subject=order)
        notices.carry_out(moment)
        sender.deliver(Outgoing.objects.get().pk, moment)
    told = [json.loads(given["exceptionInfo"]) for given in distributor.callbacks]
    assert [(one["orderId"], WHY["reason"] in one["reason"]) for one in told] == [("Y1", True)]
    assert Outgoing.objects.get().state == "sent"
    assert Record.objects.filter(action="evaluation.tell_customer", actor=None).count() == 1
