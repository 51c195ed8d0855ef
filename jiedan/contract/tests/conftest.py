"""An order whose contract is to be drawn up."""

import pytest

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.portal.links import customer
from jiedan.portal.models import Link
from tests.cast import ALL_AGREED, Cast, offered, order_at


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order whose terms are agreed and whose customer wants a contract."""
    negotiated = order_at(OrderStage.NEGOTIATING, cast)
    sheet = offered(negotiated, cast, contract_wanted=True)
    behind = {
        "link": Link.objects.get().pk,
        "content_hash": sheet.content_hash,
        "address": "10.0.0.7",
        "device": "phone",
    }
    dispatch("terms.answer_terms", customer(negotiated), ALL_AGREED | behind, subject=negotiated, channel="portal")
    return Order.objects.get(pk=negotiated.pk)
