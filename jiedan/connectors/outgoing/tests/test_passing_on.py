"""A shop's own system passes a customer's link on; the address goes over the wire and lies nowhere else (2.3.1, 6.2.4)."""

import json
import logging
from typing import Any

import pytest

from jiedan.connectors import accounts
from jiedan.connectors.outgoing import sender
from jiedan.connectors.outgoing.models import Outgoing
from jiedan.connectors.outgoing.tests.test_sending import SECRET, Receiver, receiving
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.portal import links
from jiedan.portal.models import Link, Sending
from tests.cast import Cast, acting, logged_in, received


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.PRIVATE_RECEIVERS = True


def shared(cast: Cast, server: Receiver | None, platform: str = "webhook") -> Link:
    """A link for an order of a shop whose system is told at SERVER."""
    address = f"http://127.0.0.1:{server.server_address[1]}/" if server else ""
    secrets = {"secret": SECRET} if platform == "webhook" else {"app_key": "k", "secret": "s" * 32}
    accounts.connect(platform, "own", "官网", address, secrets, clock.now(), code="own")
    order = received("W1", platform=platform, shop="own")
    if order.stage == OrderStage.UNROUTED:
        given = {"department": cast.home.pk, "reason": "家居"}
        dispatch("acquisition.route_order", acting(cast.decider), given, subject=order)
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    dispatch("portal.share_order", acting(cast.taker), {}, subject=Order.objects.get(pk=order.pk))
    notices.carry_out(clock.now())
    Outgoing.objects.all().delete()
    return Link.objects.latest("pk")


def pass_on(link: Link, cast: Cast) -> Outgoing:
    dispatch("portal.send_link", acting(cast.taker), {"link": link.pk, "way": "shop"}, subject=link.order)
    notices.carry_out(clock.now())
    return Outgoing.objects.get()


def page_of(link: Link, cast: Cast) -> str:
    return logged_in(cast.taker).get(f"/orders/{link.order.ref}/links/{link.pk}/").content.decode()


def test_the_shop_gets_the_address_signed_and_nobody_else_does(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with receiving((204, {})) as server, caplog.at_level(logging.DEBUG):
        link = shared(cast, server)
        assert "交由店铺系统转达" in page_of(link, cast)
        row = pass_on(link, cast)
        assert row.event == "order.link"
        assert "等待发出" in page_of(link, cast)
        sender.deliver(row.pk, clock.now())
    ((headers, body),) = server.arrived
    assert json.loads(body)["data"] == {
        "number": link.order.ref, "external_id": "W1", "stage": "accepted", "purpose": "progress",
        "expires_at": link.expires_at.isoformat(), "url": links.address(link),
    }  # fmt: skip
    assert headers["webhook-id"] == f"out-{row.pk}"
    assert headers["webhook-signature"].startswith("v1,")
    kept = [*Outgoing.objects.values(), *Sending.objects.values(), *Record.objects.values_list("body", flat=True)]
    assert link.token not in str(kept)
    assert link.token not in caplog.text
    assert "店铺系统已于" in page_of(link, cast)


def test_what_a_shop_doesnt_take_is_tried_again_and_said_at_the_link(cast: Cast) -> None:
    with receiving((500, {})) as server:
        link = shared(cast, server)
        sender.deliver(pass_on(link, cast).pk, clock.now())
    assert "已尝试 1 次，尚未被接收（500）" in page_of(link, cast)
    assert Outgoing.objects.get().state == Outgoing.WAITING


def test_a_link_that_was_taken_back_meanwhile_isnt_passed_on_and_the_address_stays_on(cast: Cast) -> None:
    with receiving() as server:
        link = shared(cast, server)
        row = pass_on(link, cast)
        given = {"link": link.pk, "reason": "发错"}
        dispatch("portal.revoke_link", acting(cast.taker), given, subject=Order.objects.get(pk=link.order.pk))
        sender.deliver(row.pk, clock.now())
    assert server.arrived == []
    row.refresh_from_db()
    assert (row.state, row.last_error, row.account.address != "") == (Outgoing.GIVEN_UP, "LinkOver", True)
    assert "未能转达：LinkOver" in page_of(link, cast)
    assert not Record.objects.filter(action="connectors.switch_off_address").exists()


@pytest.mark.parametrize("platform", ["webhook", "yanxuan"])
def test_a_shop_without_a_system_that_takes_links_is_refused_and_nothing_is_queued(cast: Cast, platform: str) -> None:
    with receiving() as server:
        link = shared(cast, server if platform == "yanxuan" else None, platform)
        assert "交由店铺系统转达" not in page_of(link, cast)
        with pytest.raises(Refused):
            pass_on(link, cast)
    assert (Outgoing.objects.count(), Sending.objects.count()) == (0, 0)


@pytest.mark.parametrize("way", ["screen", "chat"])
def test_other_ways_of_sending_call_for_nothing_here(cast: Cast, way: str) -> None:
    with receiving() as server:
        link = shared(cast, server)
        dispatch("portal.send_link", acting(cast.taker), {"link": link.pk, "way": way}, subject=link.order)
        notices.carry_out(clock.now())
    assert Outgoing.objects.count() == 0
