"""A shop on a simulated platform over real HTTP, and the time that both live in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from jiedan.connectors import accounts
from jiedan.connectors.kaola import simulator
from jiedan.connectors.kaola.generator import make_orders
from jiedan.connectors.kaola.pull import pull
from jiedan.connectors.kaola.simulator import Platform
from jiedan.connectors.models import Account
from jiedan.connectors.reconciliation import daily
from jiedan.connectors.reconciliation.models import Difference, Run
from jiedan.core import clock
from tests.cast import FRIDAY, Cast, shanghai

CREDENTIALS = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET, "access_token": simulator.TOKEN}
DAY = date(2026, 9, 17)
EVENING = shanghai(9, 17, 20)


@dataclass
class Shop:
    """The shop, its platform, and how a night passes."""

    platform: Platform
    moment: datetime = FRIDAY

    @property
    def account(self) -> Account:
        return Account.objects.get(platform="kaola", shop="hangzhou")

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        before, self.moment = self.moment, moment
        with clock.at(moment):
            yield
        self.moment = before

    def sells(self, count: int, seed: int = 3) -> list[str]:
        """Orders paid on Thursday, pulled; returns their numbers."""
        numbers = self.adds(count, seed)
        pull(self.account.pk)
        return numbers

    def adds(self, count: int, seed: int) -> list[str]:
        """Orders paid on Thursday that nobody has pulled yet."""
        found = make_orders(count, seed=seed, until=EVENING, span=timedelta(hours=10))
        for order in found:
            order["order_id"] = f"{seed}-{order['order_id']}"
        return [self.platform.add(order) for order in found]

    def compared(self, moment: datetime = FRIDAY) -> list[tuple[str, str]]:
        """What differs after a round at this moment, made (again) whatever was done: (kind, number)."""
        Run.objects.update(finished_at=None)
        with self.at(moment):
            daily.round_of_days()
        rows = Difference.objects.filter(state__in=("open", "mending")).order_by("kind", "external_id")
        return list(rows.values_list("kind", "external_id"))


@pytest.fixture
def shop(cast: Cast) -> Iterator[Shop]:
    found = Shop(Platform())
    found.platform.now = lambda: found.moment
    with simulator.running(found.platform) as (address, _same):
        accounts.connect("kaola", "hangzhou", "考拉杭州店", address, CREDENTIALS, clock.now())
        yield found
