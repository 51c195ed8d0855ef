"""R11: the same order brought by forty at once is one order, whatever the bodies say."""

from pathlib import Path

import pytest

from tests.faults.rig import installation

pytestmark = pytest.mark.faults

FORTY = """
import json, threading
from datetime import timedelta
from decimal import Decimal
from django.db import connection
from jiedan.acquisition import intake
from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver
from jiedan.core import clock
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
ROUNDS = %d
now = clock.now()
def incoming(number, variant):
    line = IncomingLine(number=1, name='台灯', category='家居', quantity=1, unit_price=Decimal('10'), amount=Decimal('10'))
    return IncomingOrder(platform='kaola', shop='s', external_id=f'K{number}', kind='product', placed_at=now, customer_account='u',
        receiver=Receiver(name='张三', phone='13800000000'), lines=(line,), goods_amount=Decimal('10'), total=Decimal('10'), buyer_remark=variant)
errors, outcomes = [], []
def deliver(number, who, gate):
    gate.wait()
    try:
        outcomes.append(intake.take_in(incoming(number, 'a' if who %% 2 else 'b')).value)
    except Exception as error:
        errors.append(repr(error))
    finally:
        connection.close()
for number in range(ROUNDS):
    gate = threading.Barrier(40)
    threads = [threading.Thread(target=deliver, args=(number, who, gate)) for who in range(40)]
    [t.start() for t in threads]; [t.join() for t in threads]
print(json.dumps({'orders': Order.objects.count(), 'births': Record.objects.filter(action='acquisition.receive_order').count(),
  'created': outcomes.count('created'), 'errors': errors[:5], 'answers': len(outcomes)}))
"""


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
def test_forty_at_once_are_one_order_each_time(tmp_path: Path, postgres: bool) -> None:
    rounds = 40 if postgres else 10
    with installation(tmp_path, postgres=postgres) as (found, _server):
        result = found.script(FORTY % rounds)
    assert result == {"orders": rounds, "births": rounds, "created": rounds, "errors": [], "answers": rounds * 40}


PLANTED = """
from django.db import connection
with connection.cursor() as sql:
    sql.execute('DROP INDEX one_order_per_external_id')
from jiedan.acquisition import intake
intake._known = lambda given: {}
"""


def test_the_forty_find_an_intake_that_forgets_what_it_knows(tmp_path: Path) -> None:
    """The positive control: without the constraint and the look-up, one order becomes forty."""
    with installation(tmp_path, postgres=False) as (found, _server):
        result = found.script(PLANTED + FORTY % 1)
    assert result["orders"] == 40
