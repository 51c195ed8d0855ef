"""The company's values: defaults, ranges, and how wrong ones are told."""

from decimal import Decimal

import pytest

from jiedan.core.value import Unit, Value
from jiedan.core.values import VALUES, WrongValues, defaults, validate_values


def test_the_six_open_values_of_the_procedure_have_these_units_and_defaults() -> None:
    found = {value.key: (value.clause, value.unit, value.default) for value in VALUES.values() if value.company_value}
    assert found == {
        "accept_hours": ("2.1.2", Unit.WORKHOURS, Decimal(2)),
        "hotline_hours": ("5.1.1", Unit.HOURS, Decimal(12)),
        "answer_hours": ("5.1.1", Unit.WORKHOURS, Decimal(4)),
        "ordinary_workdays": ("5.2.1", Unit.WORKDAYS, Decimal(3)),
        "investigate_workdays": ("5.3.2", Unit.WORKDAYS, Decimal(5)),
        "backup_days": ("6.2.2", Unit.DAYS, Decimal(1)),
    }


def test_our_own_limits_have_these_units_and_defaults() -> None:
    found = {
        value.key: (value.clause, value.unit, value.default) for value in VALUES.values() if not value.company_value
    }
    assert found == {
        "first_contact_hours": ("2.1.1", Unit.WORKHOURS, Decimal(4)),
        "first_contact_warning_hours": ("2.1.1", Unit.WORKHOURS, Decimal(1)),
        "hold_hours": ("2.1.1", Unit.WORKHOURS, Decimal(8)),
        "hold_warning_hours": ("2.1.1", Unit.WORKHOURS, Decimal(2)),
        "next_contact_hours": ("2.1.1", Unit.WORKHOURS, Decimal(4)),
        "next_contact_warning_hours": ("2.1.1", Unit.WORKHOURS, Decimal(11)),
        "claims_at_once": ("2.1.1", Unit.COUNT, Decimal(10)),
        "reclaim_hours": ("2.1.1", Unit.HOURS, Decimal(2)),
        "accept_warning_hours": ("2.1.2", Unit.WORKHOURS, Decimal("0.5")),
        "triage_hours": ("2.1.2", Unit.WORKHOURS, Decimal(1)),
        "triage_warning_hours": ("2.1.2", Unit.WORKHOURS, Decimal("0.25")),
        "quarantine_alarm_per_hour": ("2.1.2", Unit.COUNT, Decimal(20)),
        "change_hours": ("2.1.2", Unit.WORKHOURS, Decimal(2)),
        "change_warning_hours": ("2.1.2", Unit.WORKHOURS, Decimal("0.5")),
        "evaluate_hours": ("2.2.1", Unit.WORKHOURS, Decimal(4)),
        "evaluate_warning_hours": ("2.2.1", Unit.WORKHOURS, Decimal(1)),
        "risk_medium_points": ("2.2.2", Unit.POINTS, Decimal(5)),
        "risk_high_points": ("2.2.2", Unit.POINTS, Decimal(10)),
        "risk_blocking_points": ("2.2.2", Unit.POINTS, Decimal(20)),
        "decide_hours": ("2.2.3", Unit.WORKHOURS, Decimal(4)),
        "decide_warning_hours": ("2.2.3", Unit.WORKHOURS, Decimal(1)),
        "head_decides_yuan": ("2.2.3", Unit.YUAN, Decimal(10000)),
        "terms_hours": ("2.3.1", Unit.WORKHOURS, Decimal(16)),
        "terms_warning_hours": ("2.3.1", Unit.WORKHOURS, Decimal(4)),
        "portal_days": ("2.3.1", Unit.DAYS, Decimal(14)),
        "visit_days": ("6.2.4", Unit.DAYS, Decimal(180)),
        "contract_hours": ("2.3.2", Unit.WORKHOURS, Decimal(40)),
        "contract_warning_hours": ("2.3.2", Unit.WORKHOURS, Decimal(8)),
        "contract_from_yuan": ("2.3.2", Unit.YUAN, Decimal(10000)),
        "contract_service_from_yuan": ("2.3.2", Unit.YUAN, Decimal(3000)),
        "contract_new_customer_from_yuan": ("2.3.2", Unit.YUAN, Decimal(5000)),
        "entry_hours": ("2.3.3", Unit.WORKHOURS, Decimal(4)),
        "entry_warning_hours": ("2.3.3", Unit.WORKHOURS, Decimal(1)),
        "reconcile_hour": ("6.1.2", Unit.HOURS, Decimal(2)),
        "reveal_alarm_per_hour": ("6.2.4", Unit.COUNT, Decimal(30)),
    }


@pytest.mark.parametrize("value", VALUES.values(), ids=lambda value: value.key)
def test_a_default_lies_in_its_own_range_and_so_do_both_ends(value: Value) -> None:
    for number in (value.default, value.minimum, value.maximum):
        assert validate_values({value.key: number}) == {value.key: number}
    assert value.title_zh
    assert value.title_en


def test_the_defaults_go_together() -> None:
    assert validate_values(defaults()) == defaults()
    assert set(defaults()) == set(VALUES)


@pytest.mark.parametrize(
    ("given", "number"),
    [("2", Decimal(2)), (" 0.5 ", Decimal("0.5")), (3, Decimal(3)), (Decimal("1.25"), Decimal("1.25"))],
)
def test_numbers_come_as_text_or_exactly(given: object, number: Decimal) -> None:
    assert validate_values({"accept_hours": given}) == {"accept_hours": number}


@pytest.mark.parametrize(
    ("key", "given", "code"),
    [
        ("accept_hours", "two", "not_a_number"),
        ("accept_hours", "", "not_a_number"),
        ("accept_hours", None, "not_a_number"),
        ("accept_hours", 2.5, "not_a_number"),
        ("accept_hours", True, "not_a_number"),
        ("accept_hours", "NaN", "out_of_range"),
        ("accept_hours", "Infinity", "out_of_range"),
        ("accept_hours", "0", "out_of_range"),
        ("accept_hours", "-2", "out_of_range"),
        ("accept_hours", "80.25", "out_of_range"),
        ("accept_hours", "0.333", "too_fine"),
        ("ordinary_workdays", "2.5", "too_fine"),
        ("backup_days", "0", "out_of_range"),
        ("backup_days", "1.5", "too_fine"),
        ("hotline_hours", "25", "out_of_range"),
        ("reveal_alarm_per_hour", "0.5", "out_of_range"),
        ("reveal_alarm_per_hour", "1.5", "too_fine"),
        ("lunch_hours", "1", "unknown_value"),
    ],
)
def test_a_wrong_value_is_named_with_its_reason(key: str, given: object, code: str) -> None:
    with pytest.raises(WrongValues) as refused:
        validate_values({key: given})
    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == (key, code)


def test_all_wrong_values_are_told_at_once_with_the_allowed_range() -> None:
    with pytest.raises(WrongValues) as refused:
        validate_values({"accept_hours": "0", "backup_days": "x", "answer_hours": "4"})
    assert refused.value.sentences("en") == [
        "accept_hours: 0 is out of range; allowed are 0.25 to 80 working hours, to the minute",
        "backup_days: “x” is no number; allowed are 1 to 31 days, whole numbers",
    ]
    assert (
        refused.value.sentences("zh-hans")[0]
        == "接收并阅读推送订单的时限：0 超出范围；允许 0.25 至 80 工作小时，精确到分钟"
    )


@pytest.mark.parametrize(("warning", "limit"), [("2", "2"), ("3", "2")])
def test_a_warning_has_to_be_shorter_than_its_limit(warning: str, limit: str) -> None:
    with pytest.raises(WrongValues, match="a warning has to be shorter than accept_hours") as refused:
        validate_values({"accept_warning_hours": warning, "accept_hours": limit})
    assert [fault.field for fault in refused.value.faults] == ["accept_warning_hours"]


def test_a_warning_alone_is_only_held_against_its_own_range() -> None:
    assert validate_values({"accept_warning_hours": "3"}) == {"accept_warning_hours": Decimal(3)}


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_can_be_written_after_a_number(unit: Unit) -> None:
    assert unit.title_zh
    assert unit.title_en
    assert unit.step > 0
