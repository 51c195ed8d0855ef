"""Versions of the company's values: which is in force when, and what their numbers mean."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jiedan.core.amounts import WorkDays, WorkHours
from jiedan.core.procedure import BadVersion, NotInForce, ProcedureHistory, ProcedureVersion, defaults
from jiedan.core.tests.moments import at

FIRST = ProcedureVersion(1, at("2026-01-01 00:00"), defaults(), "初始版本")
SECOND = ProcedureVersion(2, at("2026-07-01 00:00"), {**defaults(), "accept_hours": Decimal("1.5")}, "旺季加快接单")
HISTORY = ProcedureHistory((SECOND, FIRST))


def test_amounts_come_in_the_type_of_their_unit() -> None:
    assert FIRST.amount("accept_hours") == WorkHours(120)
    assert FIRST.amount("accept_warning_hours") == WorkHours(30)
    assert FIRST.amount("ordinary_workdays") == WorkDays(3)
    assert FIRST.amount("hotline_hours") == Decimal(12)
    assert FIRST.amount("reveal_alarm_per_hour") == Decimal(30)
    assert isinstance(FIRST.amount("backup_days"), Decimal)


def test_a_version_older_than_a_value_answers_with_the_default() -> None:
    assert ProcedureVersion(1, FIRST.effective_from, {}).amount("accept_hours") == WorkHours(120)


def test_a_value_that_the_procedure_lacks_has_no_amount() -> None:
    with pytest.raises(KeyError):
        FIRST.amount("lunch_hours")


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-01-01 00:00", 1),
        ("2026-06-30 23:59", 1),
        ("2026-07-01 00:00", 2),
        ("2030-01-01 00:00", 2),
    ],
)
def test_the_version_in_force_is_the_newest_that_took_effect(moment: str, number: int) -> None:
    assert HISTORY.in_force_at(at(moment)).number == number


def test_before_the_first_version_nothing_is_in_force() -> None:
    with pytest.raises(NotInForce, match="2025-12-31"):
        HISTORY.in_force_at(at("2025-12-31 23:59"))


def test_versions_are_found_by_number() -> None:
    assert HISTORY.by_number(2) is SECOND
    assert HISTORY.by_number(1).reason == "初始版本"
    with pytest.raises(NotInForce, match="no version 3"):
        HISTORY.by_number(3)


def test_of_two_versions_from_the_same_moment_the_later_one_holds() -> None:
    corrected = ProcedureVersion(2, FIRST.effective_from, {"accept_hours": Decimal(1)})
    assert ProcedureHistory((FIRST, corrected)).in_force_at(FIRST.effective_from).number == 2


def test_a_later_version_never_takes_effect_before_an_earlier_one() -> None:
    backdated = ProcedureVersion(3, SECOND.effective_from - timedelta(days=1), defaults())
    with pytest.raises(BadVersion, match="version 3: it would take effect before version 2"):
        ProcedureHistory((FIRST, SECOND, backdated))


def test_a_number_is_given_once() -> None:
    with pytest.raises(BadVersion, match="twice"):
        ProcedureHistory((FIRST, FIRST))


def test_versions_read_back_from_their_json() -> None:
    data = SECOND.to_json()
    assert data["number"] == 2
    assert data["effective_from"] == "2026-07-01T00:00:00+08:00"
    assert data["values"]["accept_hours"] == "1.5"
    assert data["reason"] == "旺季加快接单"
    assert ProcedureVersion.from_json(data) == SECOND
    assert ProcedureHistory.from_json(HISTORY.to_json()) == HISTORY


def test_an_old_version_stays_readable_when_ranges_and_values_change() -> None:
    data = {**FIRST.to_json(), "values": {"accept_hours": "500", "given_up_since": "7"}}
    version = ProcedureVersion.from_json(data)
    assert version.amount("accept_hours") == WorkHours(30_000)
    assert version.to_json() == data


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": 0}, "number"),
        ({"number": "1"}, "number"),
        ({"number": True}, "number"),
        ({"effective_from": "tomorrow"}, "effective_from"),
        ({"effective_from": None}, "effective_from"),
        ({"effective_from": "2026-01-01T00:00:00"}, "effective_from"),
        ({"values": ["2"]}, "values"),
        ({"values": {"accept_hours": "two"}}, "values, accept_hours"),
        ({"values": {"accept_hours": 2.5}}, "values, accept_hours"),
        ({"values": {"accept_hours": "NaN"}}, "values, accept_hours"),
        ({"reason": None}, "reason"),
    ],
)
def test_a_wrong_field_of_a_version_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadVersion, match=f"^{field}: "):
        ProcedureVersion.from_json({**FIRST.to_json(), **changes})


@pytest.mark.parametrize("field", ["number", "effective_from", "values", "reason"])
def test_a_missing_field_of_a_version_is_named(field: str) -> None:
    data = FIRST.to_json()
    del data[field]
    with pytest.raises(BadVersion, match=f"'{field}' is missing"):
        ProcedureVersion.from_json(data)


def test_a_version_needs_a_moment_with_a_zone() -> None:
    with pytest.raises(BadVersion, match="no time zone"):
        ProcedureVersion(1, datetime(2026, 1, 1), defaults())  # noqa: DTZ001
