"""The company's values: the six that the procedure leaves open ([X]) and every other limit, with unit and range."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from jiedan.core.faults import Fault, WrongInput
from jiedan.core.value import MINUTES, Unit, Value
from jiedan.core.value_faults import fault, too_long, too_short, unknown


class WrongValues(WrongInput):
    """Values that can't be put in force; every wrong key is named with the reason and the allowed range."""


def _value(key: str, clause: str, unit: Unit, numbers: str, titles: tuple[str, str], warns_of: str = "") -> Value:
    default, minimum, maximum = (Decimal(number) for number in numbers.split())
    return Value(key, clause, unit, default, minimum, maximum, *titles, key in _OPEN, warns_of or None)


_OPEN = frozenset(
    {"accept_hours", "hotline_hours", "answer_hours", "ordinary_workdays", "investigate_workdays", "backup_days"}
)

_DECLARED = (
    _value(
        "first_contact_hours",
        "2.1.1",
        Unit.WORKHOURS,
        "4 0.25 80",
        ("认领后首次联系客户的时限", "Time for the first contact after a claim"),
    ),
    _value(
        "first_contact_warning_hours",
        "2.1.1",
        Unit.WORKHOURS,
        "1 0 40",
        ("首次联系时限的提前预警", "Warning before the time for the first contact ends"),
        "first_contact_hours",
    ),
    _value(
        "hold_hours",
        "2.1.1",
        Unit.WORKHOURS,
        "8 0.25 160",
        ("认领后未联系客户即退回广场的时限", "Time to hold a claimed listing without contacting the customer"),
    ),
    _value(
        "hold_warning_hours",
        "2.1.1",
        Unit.WORKHOURS,
        "2 0 80",
        ("退回广场前的提前预警", "Warning before a claimed listing goes back"),
        "hold_hours",
    ),
    _value(
        "next_contact_hours",
        "2.1.1",
        Unit.WORKHOURS,
        "4 0.25 160",
        ("约定的联系日过后的宽限", "Time for the next contact after the day that was agreed on"),
    ),
    _value(
        "next_contact_warning_hours",
        "2.1.1",
        Unit.WORKHOURS,
        "11 0 160",
        ("约定联系的提前预警（自宽限结束往前算）", "Warning before the time for the next contact ends"),
    ),
    _value(
        "claims_at_once",
        "2.1.1",
        Unit.COUNT,
        "10 1 1000",
        ("每人同时持有的认领数上限", "Listings that a person may hold at once"),
    ),
    _value(
        "reclaim_hours",
        "2.1.1",
        Unit.HOURS,
        "2 0 168",
        ("退回后本人再次认领的间隔", "Time after which one may claim again what one gave back"),
    ),
    _value(
        "accept_hours",
        "2.1.2",
        Unit.WORKHOURS,
        "2 0.25 80",
        ("接收并阅读推送订单的时限", "Time to accept and read a pushed order"),
    ),
    _value(
        "accept_warning_hours",
        "2.1.2",
        Unit.WORKHOURS,
        "0.5 0 40",
        ("接收时限的提前预警", "Warning before the time to accept ends"),
        "accept_hours",
    ),
    _value(
        "triage_hours",
        "2.1.2",
        Unit.WORKHOURS,
        "1 0.25 40",
        ("为待分派订单指定部门的时限", "Time to give an unrouted order a department"),
    ),
    _value(
        "triage_warning_hours",
        "2.1.2",
        Unit.WORKHOURS,
        "0.25 0 20",
        ("指定部门时限的提前预警", "Warning before the time to give a department ends"),
        "triage_hours",
    ),
    _value(
        "quarantine_alarm_per_hour",
        "2.1.2",
        Unit.COUNT,
        "20 1 100000",
        ("每店每小时隔离消息的告警条数", "Messages of a shop set aside within an hour that raise an alarm"),
    ),
    _value(
        "change_hours",
        "2.1.2",
        Unit.WORKHOURS,
        "2 0.25 80",
        ("答复平台变更通知的时限", "Time to decide on a change by the platform"),
    ),
    _value(
        "change_warning_hours",
        "2.1.2",
        Unit.WORKHOURS,
        "0.5 0 40",
        ("变更通知时限的提前预警", "Warning before the time to decide on a change ends"),
        "change_hours",
    ),
    _value(
        "evaluate_hours",
        "2.2.1",
        Unit.WORKHOURS,
        "4 0.25 160",
        ("完成可行性与风险评估的时限", "Time to evaluate feasibility and risks"),
    ),
    _value(
        "evaluate_warning_hours",
        "2.2.1",
        Unit.WORKHOURS,
        "1 0 80",
        ("评估时限的提前预警", "Warning before the time to evaluate ends"),
        "evaluate_hours",
    ),
    _value(
        "risk_medium_points",
        "2.2.2",
        Unit.POINTS,
        "5 2 25",
        ("风险从中等起算的分数（可能性×影响）", "Points (likelihood × impact) from which a risk is medium"),
    ),
    _value(
        "risk_high_points",
        "2.2.2",
        Unit.POINTS,
        "10 3 25",
        ("风险从高起算的分数", "Points from which a risk is high"),
    ),
    _value(
        "risk_blocking_points",
        "2.2.2",
        Unit.POINTS,
        "20 4 25",
        ("风险从“阻断”起算的分数", "Points from which a risk is blocking"),
    ),
    _value(
        "decide_hours",
        "2.2.3",
        Unit.WORKHOURS,
        "4 0.25 160",
        ("对评估结果作出决策的时限", "Time to decide on an evaluation"),
    ),
    _value(
        "decide_warning_hours",
        "2.2.3",
        Unit.WORKHOURS,
        "1 0 80",
        ("决策时限的提前预警", "Warning before the time to decide ends"),
        "decide_hours",
    ),
    _value(
        "head_decides_yuan",
        "2.2.3",
        Unit.YUAN,
        "10000 0 100000000",
        (
            "未设决策规则时由部门负责人决策的最高金额",
            "Amount up to which the head decides while no decision rules are set",
        ),
    ),
    _value(
        "terms_hours",
        "2.3.1",
        Unit.WORKHOURS,
        "16 0.25 400",
        ("与客户约定条款的时限", "Time to agree on the terms with the customer"),
    ),
    _value(
        "terms_warning_hours",
        "2.3.1",
        Unit.WORKHOURS,
        "4 0 80",
        ("约定条款时限的提前预警", "Warning before the time to agree on the terms ends"),
        "terms_hours",
    ),
    _value(
        "portal_days",
        "2.3.1",
        Unit.DAYS,
        "14 1 180",
        ("发给客户的链接的有效天数", "Days that a link sent to a customer leads somewhere"),
    ),
    _value(
        "contract_hours",
        "2.3.2",
        Unit.WORKHOURS,
        "40 0.25 800",
        ("签订合同的时限", "Time to have the contract signed by both sides"),
    ),
    _value(
        "contract_warning_hours",
        "2.3.2",
        Unit.WORKHOURS,
        "8 0 160",
        ("签订合同时限的提前预警", "Warning before the time to sign the contract ends"),
        "contract_hours",
    ),
    _value(
        "contract_from_yuan",
        "2.3.2",
        Unit.YUAN,
        "10000 0 100000000",
        ("须签合同的订单金额起点", "Amount from which an order needs a contract"),
    ),
    _value(
        "contract_service_from_yuan",
        "2.3.2",
        Unit.YUAN,
        "3000 0 100000000",
        ("含服务的订单须签合同的金额起点", "Amount from which an order with a service needs a contract"),
    ),
    _value(
        "contract_new_customer_from_yuan",
        "2.3.2",
        Unit.YUAN,
        "5000 0 100000000",
        ("新客户须签合同的金额起点", "Amount from which a new customer's order needs a contract"),
    ),
    _value(
        "entry_hours",
        "2.3.3",
        Unit.WORKHOURS,
        "4 0.25 160",
        ("录入确认订单的时限", "Time to enter the confirmed order"),
    ),
    _value(
        "entry_warning_hours",
        "2.3.3",
        Unit.WORKHOURS,
        "1 0 80",
        ("录入时限的提前预警", "Warning before the time to enter ends"),
        "entry_hours",
    ),
    _value(
        "hotline_hours",
        "5.1.1",
        Unit.HOURS,
        "12 1 24",
        ("服务热线每日最短开通时长", "Hotline hours a day, at least"),
    ),
    _value(
        "answer_hours",
        "5.1.1",
        Unit.WORKHOURS,
        "4 0.25 80",
        ("答复邮件和在线咨询的时限", "Time to answer mail and online questions"),
    ),
    _value(
        "ordinary_workdays",
        "5.2.1",
        Unit.WORKDAYS,
        "3 1 60",
        ("解决一般问题的时限", "Time to solve an ordinary problem"),
    ),
    _value(
        "investigate_workdays",
        "5.3.2",
        Unit.WORKDAYS,
        "5 1 60",
        ("调查投诉的时限", "Time to investigate a complaint"),
    ),
    _value(
        "reconcile_hour",
        "6.1.2",
        Unit.HOURS,
        "2 0 23.75",
        (
            "每日与平台对账的时刻（零点后的小时数）",
            "When the day before is compared with the platform (hours after midnight)",
        ),
    ),
    _value(
        "backup_days",
        "6.2.2",
        Unit.DAYS,
        "1 1 31",
        ("两次备份的最长间隔", "Days between backups, at most"),
    ),
    _value(
        "visit_days",
        "6.2.4",
        Unit.DAYS,
        "180 30 3650",
        ("客户页面访问记录的保留天数", "Days that visits to customers' pages are kept"),
    ),
    _value(
        "reveal_alarm_per_hour",
        "6.2.4",
        Unit.COUNT,
        "30 1 10000",
        ("每人每小时查看完整信息的告警次数", "Reveals of personal data per person and hour that raise an alarm"),
    ),
)

VALUES: Mapping[str, Value] = MappingProxyType({value.key: value for value in _DECLARED})
_NOT_SHORTER = {"hold_hours": "first_contact_hours"}
"""A claim isn't taken back before its first contact is judged missed."""


def defaults() -> dict[str, Decimal]:
    """Every value at its default."""
    return {value.key: value.default for value in VALUES.values()}


def validate_values(given: Mapping[str, object]) -> dict[str, Decimal]:
    """The values as numbers (from text, int or Decimal); may be some of them or all.

    Raises WrongValues naming every key that is unknown, no number, too fine or out of range, and every warning
    that isn't shorter than the limit it warns of, every limit that ends before one that it includes (when both are given).
    """
    faults: list[Fault] = []
    numbers: dict[str, Decimal] = {}
    for key, raw in given.items():
        value = VALUES.get(key)
        found = unknown(key, VALUES) if value is None else _checked(value, raw)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            numbers[key] = found
    faults += [
        too_long(VALUES[key], VALUES[VALUES[key].warns_of or ""])
        for key in numbers
        if _warns_too_early(VALUES[key], numbers)
    ]
    faults += [
        too_short(VALUES[key], VALUES[than]) for key, than in _NOT_SHORTER.items() if _ends_before(key, than, numbers)
    ]
    if faults:
        raise WrongValues(faults)
    return numbers


def _checked(value: Value, raw: object) -> Decimal | Fault:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        return fault(value, "not_a_number", (f"{raw!r} 不是数字", f"{raw!r} is no number"))
    try:
        number = Decimal(raw.strip() if isinstance(raw, str) else raw)
    except InvalidOperation:
        return fault(value, "not_a_number", (f"“{raw}”不是数字", f"“{raw}” is no number"))
    if not number.is_finite() or not value.minimum <= number <= value.maximum:
        return fault(value, "out_of_range", (f"{raw} 超出范围", f"{raw} is out of range"))
    if not _fits(number, value.unit):
        return fault(value, "too_fine", (f"{raw} 的小数位过多", f"{raw} has too many decimals"))
    return number


def _fits(number: Decimal, unit: Unit) -> bool:
    steps = number * 60 if unit.step == MINUTES else number / unit.step
    return steps == steps.to_integral_value()


def _warns_too_early(value: Value, numbers: Mapping[str, Decimal]) -> bool:
    limit = numbers.get(value.warns_of or "")
    return limit is not None and numbers[value.key] >= limit


def _ends_before(key: str, than: str, numbers: Mapping[str, Decimal]) -> bool:
    return key in numbers and than in numbers and numbers[key] < numbers[than]
