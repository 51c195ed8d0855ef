"""R1 for a file: whoever imports is killed, and every good row becomes one order, or one listing."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults import tables
from tests.faults.rig import SOUND, Installation, installation, until

pytestmark = pytest.mark.faults
ROWS = int(os.environ.get("JIEDAN_IMPORT_ROWS", "6000"))
STATE = """
import json
from jiedan.connectors.spreadsheet.models import Import
from jiedan.orders.models import Order
row = Import.objects.first()
print(json.dumps({'stage': row and row.stage, 'counts': row and row.counts, 'orders': Order.objects.count()}))
"""

PASSED = """
from datetime import timedelta
from django.db.models import F
from jiedan.connectors.spreadsheet.models import Import
Import.objects.update(moved_at=F('moved_at') - timedelta(hours=1))
print('{}')
"""
"""The worker takes over what nobody has moved for a while; to it a while has passed at once."""
LISTINGS = """
import json
from jiedan.acquisition.models import Listing
from jiedan.connectors.spreadsheet.models import Import
from jiedan.kernel.models import Record
from jiedan.kernel.verify import verify_database
row, births = Import.objects.first(), Record.objects.filter(action='acquisition.receive_listing')
print(json.dumps({
    'stage': row and row.stage, 'counts': row and row.counts, 'listings': Listing.objects.count(),
    'numbers': Listing.objects.values('external_id').distinct().count(), 'births': births.count(), 'ok': verify_database().ok,
}))
"""


def begun(found: Installation, file: Path, dice: random.Random) -> int:
    """Import by command until it is killed in the middle of importing; how many orders had come in by then."""
    process = tables.importing(found, file)
    until(lambda: found.script(STATE)["orders"] > 0, 90)
    time.sleep(dice.random() * 0.5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return int(found.script(STATE)["orders"])


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
def test_an_import_that_is_killed_is_finished_by_the_worker_with_every_good_row_once(
    tmp_path: Path, postgres: bool
) -> None:
    dice, file = random.Random(1), tmp_path / "orders.xlsx"
    good = tables.made(file, ROWS)
    with installation(tmp_path / "home", postgres=postgres) as (found, _server):
        first = begun(found, file, dice)
        found.script(PASSED)
        found.start_worker()
        until(lambda: found.script(STATE)["stage"] == "imported", 120)
        found.stop()
        state, sound = found.script(STATE), found.script(SOUND)
    assert 0 < first < len(good)
    assert state["counts"] == {"created": len(good), "wrong": ROWS - len(good)}
    assert sound["orders"] == sound["births"] == len(good)
    assert (sound["ok"], sound["half"], sound["stale"], sound["doubles"]) == (True, [], [], [])


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
def test_an_import_of_listings_that_is_killed_is_finished_with_every_good_row_once(
    tmp_path: Path, postgres: bool
) -> None:
    file = tmp_path / "listings.xlsx"
    good = tables.made_of_listings(file, ROWS // 10)
    with installation(tmp_path / "home", postgres=postgres) as (found, _server):
        process = tables.importing(found, file, "--listings")
        until(lambda: found.script(LISTINGS)["listings"] > 0, 90)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        first = found.script(LISTINGS)["listings"]
        found.script(PASSED)
        found.start_worker()
        until(lambda: found.script(LISTINGS)["stage"] == "imported", 120)
        found.stop()
        state = found.script(LISTINGS)
    assert 0 < first < good
    assert state["counts"] == {"created": good, "wrong": ROWS // 10 - good}
    assert (state["listings"], state["numbers"], state["births"], state["ok"]) == (good, good, good, True)
