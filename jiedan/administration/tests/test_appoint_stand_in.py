"""Standing in for somebody (clauses 1.3.4, 6.2.3)."""

import json
from typing import Any

import pytest

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Refused
from jiedan.people.models import RoleAssignment, StandIn
from tests.cast import Cast, acting, received, shanghai


def stand_in(substitute: int) -> dict[str, Any]:
    return {
        "substitute": substitute, "since": "2026-09-18T17:00:00+08:00", "until": "2026-09-25T18:00:00+08:00", "reason": "年假",
    }  # fmt: skip


def test_the_stand_in_acts_with_the_absent_persons_role_and_the_record_shows_both(cast: Cast) -> None:
    dispatch("administration.appoint_stand_in", acting(cast.head), stand_in(cast.executor.pk), subject=cast.taker)
    done = dispatch("acquisition.accept_order", acting(cast.executor), {}, subject=received())
    body = json.loads(done.record.body)
    assert (body["actor_name"], body["on_behalf_of_name"], done.subject.stage) == (
        "赵大勇", "张晓月", OrderStage.ACCEPTED,
    )  # fmt: skip
    with clock.at(shanghai(9, 26)):
        assert acting(cast.executor).roles == {Role.EXECUTOR}


def test_nobody_appoints_themselves(cast: Cast) -> None:
    with pytest.raises(Invalid):
        dispatch("administration.appoint_stand_in", acting(cast.head), stand_in(cast.head.pk), subject=cast.taker)
    assert StandIn.objects.count() == 0


def test_a_head_lends_no_role_that_reaches_beyond_the_department(cast: Cast) -> None:
    RoleAssignment.objects.create(
        staff=cast.taker, role=Role.DECISION_MAKER, department=cast.company, since=shanghai(9, 1)
    )
    with pytest.raises(Refused, match="张晓月"):
        dispatch("administration.appoint_stand_in", acting(cast.head), stand_in(cast.agent.pk), subject=cast.taker)
    assert StandIn.objects.count() == 0
    dispatch("administration.appoint_stand_in", acting(cast.decider), stand_in(cast.agent.pk), subject=cast.taker)
    assert StandIn.objects.count() == 1


def test_an_administrators_post_is_never_lent(cast: Cast) -> None:
    dispatch(
        "administration.appoint_stand_in", acting(cast.decider), stand_in(cast.agent.pk), subject=cast.system_admin
    )
    assert Role.SYSTEM_ADMIN not in acting(cast.agent).roles
