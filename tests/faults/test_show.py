"""All the ways in at once, each with its faults: exactly that many orders, and every fault accounted for (2.1.2)."""

import os
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiedan.connectors.kaola import simulator as kaola
from jiedan.connectors.kaola.generator import make_orders as kaola_orders
from jiedan.connectors.webhook import misbehaviour as webhook_faults
from jiedan.connectors.webhook.generator import make_orders as webhook_orders
from jiedan.connectors.webhook.sender import Sender
from jiedan.connectors.yanxuan import misbehaviour as yanxuan_faults
from jiedan.connectors.yanxuan.distributor import Distributor
from jiedan.connectors.yanxuan.generator import make_orders as yanxuan_orders
from jiedan.core import clock
from tests.faults import tables
from tests.faults.proxy import FAULTS, FaultProxy
from tests.faults.pushing import SECRET, Pushers, connect
from tests.faults.rig import SOUND, Installation, installation, until

pytestmark = pytest.mark.faults
ORDERS = int(os.environ.get("JIEDAN_SHOW_ORDERS", "600"))
EDITED = 20
"""Orders of each shop that the platform changes after they were accepted."""
QUICK = [fault for fault in FAULTS if fault != "black_hole"]

STATE = """
import json
from collections import Counter
from django.db.models import Sum
from jiedan.acquisition.models import ChangeNotice
from jiedan.connectors.models import Quarantined
from jiedan.orders.models import Order
aside = {}
for row in Quarantined.objects.values('account__shop', 'cause').annotate(n=Sum('times')):
    aside.setdefault(row['account__shop'], {})[row['cause']] = row['n']
print(json.dumps({
    'orders': dict(Counter(Order.objects.values_list('shop', flat=True))),
    'cancelled': dict(Counter(Order.objects.filter(stage='cancelled').values_list('shop', flat=True))),
    'notices': list(ChangeNotice.objects.filter(state='pending').order_by('order__external_id').values_list('order__external_id', flat=True)),
    'aside': aside,
    'waiting': dict(Counter(Quarantined.objects.filter(stage='waiting').values_list('account__shop', flat=True))),
}))
"""
RECONCILED = """
import json
from datetime import timedelta
from django.db.models import Count
from jiedan.connectors.china_time import CHINA
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import daily
from jiedan.connectors.reconciliation.models import Difference, Run
from jiedan.core import clock
now = clock.now()
today = now.astimezone(CHINA).date()
for account in Account.objects.select_related('key'):
    for back in range(3):
        daily.compare(account, today - timedelta(days=back), now)
print(json.dumps({
    'days': Run.objects.exclude(finished_at=None).count(),
    'failed': list(Run.objects.filter(finished_at=None).values_list('error', flat=True)),
    'differences': {row['kind']: row['n'] for row in Difference.objects.filter(state__in=('open', 'mending')).values('kind').annotate(n=Count('pk'))},
}))
"""
ACCEPTED = """
import json
from jiedan.acquisition import intake
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.people.actor import actor_for
from jiedan.people.models import RoleAssignment
from jiedan.core import clock
done = []
for order in Order.objects.filter(external_id__in=%r).order_by('pk'):
    staff = RoleAssignment.objects.filter(role='order_taker', department=order.department).first()
    if order.stage == 'unrouted' or staff is None:
        continue
    person = staff.staff
    dispatch('acquisition.accept_order', actor_for(person.pk, person.number, person.name, person.department_id, clock.now()), {}, subject=order)
    done.append(order.external_id)
print(json.dumps(done))
"""


class Show:
    """A running installation and the other sides: each pusher brings COUNT orders, PULLED are on the platform."""

    def __init__(self, found: Installation, stack: ExitStack, count: int, pulled: int) -> None:
        self.found = found
        self.count = count
        self.table: list[str] = []
        self.imported: dict[str, Any] = {}
        self.platform = kaola.Platform(seed=20, faults=0.02, stall=0.05)
        for order in kaola_orders(pulled, seed=20, until=clock.now() - timedelta(minutes=2)):
            self.platform.add(order)
        address, _same = stack.enter_context(kaola.running(self.platform))
        self._connect_kaola(address)
        target = connect(found, "yanxuan", "fenxiao")
        self.distributor = Distributor(
            f"http://127.0.0.1:{target.port}{target.path}", target.app_key, SECRET, seed=21, faults=True
        )
        own = connect(found, "webhook", "own")
        self.sender = Sender(f"http://127.0.0.1:{own.port}{own.path}", SECRET, seed=23, faults=True)
        self.webhook = Pushers(connect(found, "webhook", "network"), 8, "N", total=count, timeout=2.0)
        stack.callback(self.distributor.close)
        stack.callback(self.sender.close)

    def _connect_kaola(self, address: str) -> None:
        credentials = {"app_key": kaola.APP_KEY, "secret": kaola.SECRET, "access_token": kaola.TOKEN}
        self.found.script(
            "from datetime import timedelta\nfrom jiedan.connectors import accounts\nfrom jiedan.core import clock\n"
            f"accounts.connect('kaola', 'hangzhou', '考拉', {address!r}, {credentials!r}, clock.now(), "
            "every=timedelta(seconds=1))\nprint('{}')"
        )

    def bring(self) -> Counter[str]:
        """All sides at once until each order is acknowledged or was pulled; returns the network's faults."""
        moment = clock.now()
        sides = [
            threading.Thread(target=self.distributor.push, args=(yanxuan_orders(self.count, seed=21, until=moment), 6)),
            threading.Thread(target=self.sender.push, args=(webhook_orders(self.count, seed=23, until=moment), 6)),
        ]
        file = self.found.folder / "orders.xlsx"
        self.table = tables.made(file, self.count)
        importing = tables.importing(self.found, file)
        for side in sides:
            side.start()
        port, patience = self.webhook.target.port, 60 + self.count / 5
        with FaultProxy(port, seed=22, share=0.3, faults=QUICK) as proxy, self.webhook.through(proxy.port):
            self.webhook.wait(patience)
            for side in sides:
                side.join()
            self.imported = tables.told(importing)
            until(lambda: self.state()["orders"].get("hangzhou", 0) >= self.count, patience)
        self.webhook.through(port)
        # Rows that move while they are read are orders that come and go; from now on the platform stands still.
        self.platform.faults = 0
        until(lambda: self.state()["orders"].get("hangzhou", 0) >= len(self.platform.orders), patience)
        return proxy.faulted

    def reconciled(self) -> dict[str, Any]:
        """Every shop's last days compared with the other side: how many days, what failed, what differs."""
        found: dict[str, Any] = self.found.script(RECONCILED)
        return found

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.found.script(STATE)
        return found

    def edit_accepted(self) -> list[str]:
        """Some of the pulled orders are accepted, then the platform changes them: their numbers."""
        chosen = sorted(self.platform.orders)[:EDITED]
        accepted: list[str] = self.found.script(ACCEPTED % chosen)
        for number in accepted:
            self.platform.edit(number, order_buyer_remark="请周末送货")
        return sorted(accepted)


@pytest.mark.parametrize("count", [ORDERS, pytest.param(20_000, marks=pytest.mark.drill)])
def test_all_ways_in_with_their_faults_at_once_make_exactly_that_many_orders(tmp_path: Path, count: int) -> None:
    each = count // 5
    with ExitStack() as stack:
        found, _server = stack.enter_context(installation(tmp_path, postgres=True))
        show = Show(found, stack, each, count - 4 * each)
        found.start_web()
        found.start_worker()
        faulted = show.bring()
        edited = show.edit_accepted()
        until(lambda: show.state()["notices"] == edited, 60)
        found.stop()
        state, sound, reconciled = show.state(), found.script(SOUND), show.reconciled()
        # The control: an order that only the platform has is found.
        pulled = len(show.platform.orders)
        show.platform.add(*kaola_orders(1, seed=99, until=clock.now()))
        afterwards = show.reconciled()
    assert set(faulted) == set(QUICK)
    assert state["orders"] == {
        "hangzhou": pulled,
        "fenxiao": each,
        "own": each,
        "network": each,
        "table": len(show.table),
    }
    assert show.imported["counts"] == {"created": len(show.table), "wrong": each - len(show.table)}
    assert len(show.imported["wrong"]) == min(20, each - len(show.table)) > 0
    yanxuan, own = show.distributor, show.sender
    assert_accounted_for(yanxuan.account(), yanxuan_faults.PLANS, yanxuan_faults.REFUSED, state["aside"]["fenxiao"])
    assert_accounted_for(own.account(), webhook_faults.PLANS, webhook_faults.REFUSED, state["aside"]["own"])
    ends = {
        "fenxiao": sum(story.fault in yanxuan_faults.ENDS_CANCELLED for story in yanxuan.stories.values()),
        "own": sum(story.fault in webhook_faults.ENDS_CANCELLED for story in own.stories.values()),
    }
    assert {shop: state["cancelled"].get(shop, 0) for shop in ends} == ends
    # Bent rows of the platform were set aside and settled when a later run brought them whole.
    assert set(state["waiting"]) <= {"fenxiao", "own"}
    assert len(edited) > 0
    assert (sound["ok"], sound["half"], sound["stale"], sound["doubles"]) == (True, [], [], [])
    assert sound["births"] == sound["orders"] == pulled + 3 * each + len(show.table)
    assert (reconciled["failed"], reconciled["differences"]) == ([], {})
    assert reconciled["days"] >= 12
    assert afterwards["differences"] == {"missing": 1}


def assert_accounted_for(told: dict[str, Any], plans: Collection[str], causes: Mapping[str, str], aside: Any) -> None:
    """Each order was taken in the end, each fault came up, and what had to be refused was refused and kept."""
    assert told["acknowledged"] == told["orders"]
    assert set(told["faults"]) >= set(plans)
    expected = Counter(causes[name] for name, times in told["faults"].items() for _ in range(times) if name in causes)
    assert told["refused"] == dict(expected)
    assert aside == dict(expected)


def test_the_show_finds_a_refusal_that_nobody_kept(tmp_path: Path) -> None:
    """The positive control: a quarantine that drops what it is given."""
    dropping = "from jiedan.connectors import quarantine\nquarantine.set_aside = lambda **given: None\n"
    with ExitStack() as stack:
        found, _server = stack.enter_context(installation(tmp_path, postgres=False))
        target = connect(found, "yanxuan", "fenxiao")
        found.start_web(planted=dropping)
        distributor = Distributor(
            f"http://127.0.0.1:{target.port}{target.path}", target.app_key, SECRET, seed=21, faults=True
        )
        stack.callback(distributor.close)
        distributor.push(yanxuan_orders(len(yanxuan_faults.PLANS), seed=21, until=clock.now()), 4)
        found.stop()
        state = found.script(STATE)
    with pytest.raises(AssertionError):
        assert_accounted_for(
            distributor.account(), yanxuan_faults.PLANS, yanxuan_faults.REFUSED, state["aside"].get("fenxiao", {})
        )
