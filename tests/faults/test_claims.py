"""R11 for the square: fifty people claim one listing at once, and one person fifty (clause 2.1.1).

It has one owner, they hold what the company allows; everybody else, and everything else, is a clean refusal.
"""

from pathlib import Path

import pytest

from tests.faults.rig import installation

pytestmark = pytest.mark.faults

PEOPLE = """
import json, threading
from collections import Counter
from django.db import connection
from jiedan.acquisition.models import Listing
from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Attempt, Record
from jiedan.people.actor import actor_for
from jiedan.people.models import Department, RoleAssignment, Staff
company = Department.objects.filter(parent=None).first() or Department.objects.create(code='HQ2', name='测试公司')
shop = Department.objects.create(code='SQUARE', name='广场测试部', parent=company)
def person(number):
    staff = Staff.objects.create_staff(f'8{number:03d}', f'接单员{number}', shop, email=f's{number}@example.com', password=None)
    RoleAssignment.objects.create(staff=staff, role=Role.ORDER_TAKER, department=shop, since=clock.now())
    return actor_for(staff.pk, staff.number, staff.name, shop.pk, clock.now())
people = [person(number) for number in range(50)]
outcomes, owners = Counter(), []
def posted(number):
    given = {'department': shop.pk, 'summary': f'吊灯 {number}'}
    return dispatch('acquisition.post_listing', people[0], given).subject
def claim(listing, actor, gate):
    connection.ensure_connection()
    gate.wait()
    try:
        dispatch('acquisition.claim_listing', actor, {}, subject=listing)
        outcomes['done'] += 1
    except Exception as error:
        outcomes[type(error).__name__] += 1
    finally:
        connection.close()
def at_once(pairs):
    gate = threading.Barrier(len(pairs))
    threads = [threading.Thread(target=claim, args=(*pair, gate)) for pair in pairs]
    [t.start() for t in threads]; [t.join() for t in threads]
"""
FIFTY = """
for number in range(ROUNDS):
    listing = posted(number)
    at_once([(listing, actor) for actor in people])
    record = Record.objects.get(action='acquisition.claim_listing', subject_id=listing.pk)
    owners.append(Listing.objects.get(pk=listing.pk).claimed_by_id == record.actor_id)
print(json.dumps({'outcomes': outcomes, 'owners': all(owners), 'attempts': Attempt.objects.filter(subject_type='listing').count()}))
"""
ALONE = """
at_once([(posted(number), people[0]) for number in range(50)])
held = Listing.objects.filter(claimed_by=people[0].staff_id).count()
print(json.dumps({'outcomes': outcomes, 'held': held, 'attempts': Attempt.objects.filter(subject_type='listing').count()}))
"""
BOTH = pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])


@BOTH
def test_fifty_claim_at_once_and_one_has_it(tmp_path: Path, postgres: bool) -> None:
    rounds = 3
    with installation(tmp_path, postgres=postgres) as (found, _server):
        result = found.script(f"ROUNDS = {rounds}\n{PEOPLE}\n{FIFTY}")
    assert result == {"outcomes": {"done": rounds, "Refused": rounds * 49}, "owners": True, "attempts": rounds * 49}


@BOTH
def test_one_person_claims_fifty_at_once_and_holds_what_the_company_allows(tmp_path: Path, postgres: bool) -> None:
    with installation(tmp_path, postgres=postgres) as (found, _server):
        result = found.script(f"{PEOPLE}\n{ALONE}")
    assert result == {"outcomes": {"done": 10, "Refused": 40}, "held": 10, "attempts": 40}
