"""One customer, two devices, one moment: what they say counts once; and a link pressed twice is mailed once (2.3.1)."""

from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Mail, Record
from jiedan.orders.models import Order
from jiedan.portal.models import Link, Sending, Visit
from jiedan.terms.models import ItemAnswer
from tests.cast import ALL_AGREED, Cast, acting, offered, order_at
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]


def test_ten_devices_agree_at_once_and_the_terms_are_agreed_once(cast: Cast) -> None:
    cache.clear()
    order = order_at(OrderStage.NEGOTIATING, cast)
    offered(order, cast)
    path = f"/p/{Link.objects.latest('pk').token}/"

    def press() -> int:
        return Client().post(path, {"step": "terms.answer_terms", **ALL_AGREED}).status_code

    assert together([press] * 10) == Counter({"302": 1, "409": 9})
    assert Record.objects.filter(action="terms.answer_terms").count() == 1
    assert ItemAnswer.objects.count() == 4
    assert Order.objects.get(pk=order.pk).stage == OrderStage.AGREED
    assert Counter(Visit.objects.values_list("what", flat=True)) == Counter(acted=1, refused=9)


def test_a_link_mailed_by_ten_presses_at_once_goes_out_once(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    dispatch("portal.share_order", acting(cast.taker), {}, subject=order)
    link, given = Link.objects.latest("pk"), {"way": "mail", "email": "wang@example.com"}

    def press() -> str:
        dispatch("portal.send_link", acting(cast.taker), given | {"link": link.pk}, subject=order)
        return "sent"

    assert together([press] * 10) == Counter(sent=1, Refused=9)
    assert (Sending.objects.count(), Mail.objects.count()) == (1, 1)
