"""All the ways in at once, each with its faults: exactly that many orders, and every fault accounted for (2.1.2)."""

import os
import threading
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiedan.connectors.kaola import simulator as kaola
from jiedan.connectors.kaola.generator import make_orders as kaola_orders
from jiedan.connectors.yanxuan import misbehaviour
from jiedan.connectors.yanxuan.distributor import Distributor
from jiedan.connectors.yanxuan.generator import make_orders as yanxuan_orders
from jiedan.core import clock
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
print(json.dumps({
    'orders': dict(Counter(Order.objects.values_list('channel', flat=True))),
    'cancelled': Order.objects.filter(channel='yanxuan', stage='cancelled').count(),
    'notices': list(ChangeNotice.objects.filter(state='pending').order_by('order__external_id').values_list('order__external_id', flat=True)),
    'aside': {row['cause']: row['n'] for row in Quarantined.objects.filter(channel='yanxuan').values('cause').annotate(n=Sum('times'))},
    'elsewhere': dict(Counter(Quarantined.objects.exclude(channel='yanxuan').filter(stage='waiting').values_list('channel', flat=True))),
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
        self.platform = kaola.Platform(seed=20, faults=0.02, stall=0.05)
        for order in kaola_orders(pulled, seed=20, until=clock.now() - timedelta(minutes=2)):
            self.platform.add(order)
        address, _same = stack.enter_context(kaola.running(self.platform))
        self._connect_kaola(address)
        target = connect(found, "yanxuan", "fenxiao")
        self.distributor = Distributor(
            f"http://127.0.0.1:{target.port}{target.path}", target.app_key, SECRET, seed=21, faults=True
        )
        self.webhook = Pushers(connect(found, "webhook", "own"), 8, "W", total=count, timeout=2.0)
        stack.callback(self.distributor.close)

    def _connect_kaola(self, address: str) -> None:
        credentials = {"app_key": kaola.APP_KEY, "secret": kaola.SECRET, "access_token": kaola.TOKEN}
        self.found.script(
            "from datetime import timedelta\nfrom jiedan.connectors import accounts\nfrom jiedan.core import clock\n"
            f"accounts.connect('kaola', 'hangzhou', '考拉', {address!r}, {credentials!r}, clock.now(), "
            "every=timedelta(seconds=1))\nprint('{}')"
        )

    def bring(self) -> Counter[str]:
        """All sides at once until each order is acknowledged or was pulled; returns the network's faults."""
        orders = yanxuan_orders(self.count, seed=21, until=clock.now())
        pushing = threading.Thread(target=self.distributor.push, args=(orders, 6))
        pushing.start()
        port = self.webhook.target.port
        with FaultProxy(port, seed=22, share=0.3, faults=QUICK) as proxy, self.webhook.through(proxy.port):
            self.webhook.wait(60 + self.count / 5)
            pushing.join()
            until(lambda: self.state()["orders"].get("kaola", 0) >= self.count, 60 + self.count / 5)
        self.webhook.through(port)
        # Rows that move while they are read are orders that come and go; from now on the platform stands still.
        self.platform.faults = 0
        until(lambda: self.state()["orders"].get("kaola", 0) >= len(self.platform.orders), 60)
        return proxy.faulted

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
    each = count // 3
    with ExitStack() as stack:
        found, _server = stack.enter_context(installation(tmp_path, postgres=True))
        show = Show(found, stack, each, count - 2 * each)
        found.start_web()
        found.start_worker()
        faulted = show.bring()
        edited = show.edit_accepted()
        until(lambda: show.state()["notices"] == edited, 60)
        found.stop()
        state, sound = show.state(), found.script(SOUND)
    assert set(faulted) == set(QUICK)
    pulled = len(show.platform.orders)
    assert state["orders"] == {"kaola": pulled, "yanxuan": each, "webhook": each}
    assert_the_distributor_is_accounted_for(show.distributor, state)
    # Bent rows of the platform were set aside and settled when a later run brought them whole.
    assert state["elsewhere"] == {}
    assert len(edited) > 0
    assert (sound["ok"], sound["half"], sound["stale"], sound["doubles"]) == (True, [], [], [])
    assert sound["births"] == sound["orders"] == pulled + 2 * each


def assert_the_distributor_is_accounted_for(distributor: Distributor, state: dict[str, Any]) -> None:
    told = distributor.account()
    assert told["acknowledged"] == told["orders"]
    assert set(told["faults"]) >= set(misbehaviour.PLANS)
    expected = Counter(
        misbehaviour.REFUSED[name]
        for name, times in told["faults"].items()
        for _ in range(times)
        if name in misbehaviour.REFUSED
    )
    assert told["refused"] == dict(expected)
    assert state["aside"] == dict(expected)
    ends = sum(story.fault in misbehaviour.ENDS_CANCELLED for story in distributor.stories.values())
    assert state["cancelled"] == ends


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
        distributor.push(yanxuan_orders(len(misbehaviour.PLANS), seed=21, until=clock.now()), 4)
        found.stop()
        state = found.script(STATE)
    with pytest.raises(AssertionError):
        assert_the_distributor_is_accounted_for(distributor, state)
