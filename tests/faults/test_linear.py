"""R10: eight people editing the same orders at once see one order of events, and no update is lost."""

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.linear import Operation, violations
from tests.faults.rig import Clients, Installation, installation, token_of

pytestmark = pytest.mark.faults
KEYS, EDITORS, SECONDS = 4, 8, 20

EDITOR_RIGHTS = """
from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.people.models import Department, RoleAssignment, Staff
RoleAssignment.objects.create(staff=Staff.objects.get(number='2001'), role=Role.DEPARTMENT_HEAD, department=Department.objects.get(parent=None), since=clock.now())
import json
print(json.dumps({d.code: d.pk for d in Department.objects.exclude(parent=None)}))
"""


def editor(
    found: Installation,
    token: str,
    refs: list[str],
    departments: list[int],
    seed: int,
    history: list[Operation],
    end: float,
) -> None:
    """Read an order, then move it to another department with the version seen."""
    dice = random.Random(seed)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(timeout=10, headers=headers) as http:
        while time.monotonic() < end:
            ref = dice.choice(refs)
            address = f"{found.address}/api/v1/orders/{ref}"
            began = time.monotonic()
            seen = http.get(address).json()
            history.append(
                Operation(ref, "read", began, time.monotonic(), seen["version"], str(seen["department"]["id"]))
            )
            other = dice.choice([pk for pk in departments if pk != seen["department"]["id"]])
            began = time.monotonic()
            answer = http.post(
                f"{address}/actions/acquisition.transfer_order",
                json={"department": other, "reason": "改派"},
                headers={"If-Match": f'"{seen["version"]}"'},
            )
            assert answer.status_code in (200, 412), answer.text
            if answer.status_code == 200:
                history.append(Operation(ref, "write", began, time.monotonic(), answer.json()["version"], str(other)))


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
def test_eight_editors_lose_no_update_and_see_nothing_run_backwards(tmp_path: Path, postgres: bool) -> None:
    with installation(tmp_path, postgres=postgres) as (found, _server):
        found.start_web()
        departments = list(found.script(EDITOR_RIGHTS).values())
        token = token_of(found, "2001")
        with httpx.Client(timeout=10) as http:
            clients = Clients(found, token_of(found, "1001"), count=0, seed=1)
            for number in range(KEYS):
                clients.enter(http, f"order-{number}")
            refs = list(clients.acknowledged.values())
            headers = {"Authorization": f"Bearer {token}"}
            seen = [http.get(f"{found.address}/api/v1/orders/{ref}", headers=headers).json() for ref in refs]
        first = {one["ref"]: (one["version"], str(one["department"]["id"])) for one in seen}
        history: list[Operation] = []
        end = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=editor, args=(found, token, refs, departments, seed, history, end))
            for seed in range(EDITORS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert violations(history, first) == []
        assert sum(op.kind == "write" for op in history) > 50


def test_a_planted_lost_update_is_found() -> None:
    """The positive control: two writers who saw the same version and both succeeded."""
    lost = [
        Operation("A", "read", 0, 1, 1, "x"),
        Operation("A", "read", 0, 1, 1, "x"),
        Operation("A", "write", 2, 3, 2, "y"),
        Operation("A", "write", 2, 4, 2, "z"),
    ]
    assert violations(lost, {"A": (1, "x")}) == ["A: version 2 was made twice (a lost update)"]


def test_a_planted_stale_read_is_found() -> None:
    stale = [Operation("A", "write", 0, 1, 2, "y"), Operation("A", "read", 2, 3, 1, "x")]
    assert violations(stale, {"A": (1, "x")}) == ["A: version 1 seen after 2 was there"]


def test_a_history_as_it_should_be_passes() -> None:
    sound = [
        Operation("A", "read", 0, 1, 1, "x"),
        Operation("A", "write", 1, 3, 2, "y"),
        Operation("A", "read", 2, 4, 1, "x"),
        Operation("A", "read", 5, 6, 2, "y"),
    ]
    assert violations(sound, {"A": (1, "x")}) == []
