"""Whoever looks at unusually many customers' data is told of, once an hour (clause 6.2.4)."""

import json
from datetime import timedelta

from jiedan.administration import revealing
from jiedan.core import clock
from jiedan.kernel import notices
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Notice, Procedure, Record
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from tests.cast import FRIDAY, Cast, acting, received


def reveals(cast: Cast, times: int) -> None:
    order = Order.objects.first() or received()
    for _time in range(times):
        dispatch("acquisition.reveal_contact", acting(cast.taker), {"reason": "核对地址"}, subject=order)


def ordinary(cast: Cast, number: str) -> None:
    given = {"values": {"reveal_alarm_per_hour": number}, "reason": "从严"}
    dispatch("administration.set_values", acting(cast.decider), given, subject=Procedure.objects.get())


def test_the_steps_that_count_are_those_that_show_personal_data() -> None:
    assert {"acquisition.reveal_contact", "connectors.reveal_message"} <= set(revealing.steps())


def test_more_than_the_company_finds_ordinary_is_told_to_head_and_security_administrator(cast: Cast) -> None:
    ordinary(cast, "3")
    reveals(cast, 3)
    assert revealing.raise_due(clock.now()) == 0
    reveals(cast, 1)
    assert (revealing.raise_due(clock.now()), revealing.raise_due(clock.now())) == (1, 0)
    record = Record.objects.get(action="administration.report_revealing")
    assert (record.subject_type, record.subject_id, record.clause) == ("staff", cast.taker.pk, "6.2.4")
    assert json.loads(record.body)["facts"]["revealed_times"] == 4
    notices.carry_out(clock.now())
    found = Notice.objects.filter(reaction="much_revealed").values_list("staff__name", flat=True)
    assert set(found) == {cast.head.name, cast.security_admin.name}


def test_the_report_does_not_outdate_what_an_administrator_has_open(cast: Cast) -> None:
    ordinary(cast, "1")
    reveals(cast, 2)
    before = Staff.objects.get(pk=cast.taker.pk).version
    assert revealing.raise_due(clock.now()) == 1
    assert Staff.objects.get(pk=cast.taker.pk).version == before


def test_looks_of_an_hour_ago_and_of_other_people_do_not_count(cast: Cast) -> None:
    ordinary(cast, "3")
    reveals(cast, 3)
    order = received("K-other")
    dispatch("acquisition.reveal_contact", acting(cast.head), {"reason": "核对地址"}, subject=order)
    assert revealing.raise_due(clock.now()) == 0
    with clock.at(FRIDAY + timedelta(minutes=61)):
        reveals(cast, 1)
        assert revealing.raise_due(clock.now()) == 0
