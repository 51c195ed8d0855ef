"""What is said of a value that can't be put in force: the reason and the allowed range, in both languages."""

from collections.abc import Iterable

from jiedan.core.faults import Fault
from jiedan.core.value import MINUTES, WHOLE, Value


def fault(value: Value, code: str, reason: tuple[str, str]) -> Fault:
    """The fault of this VALUE; REASON in Chinese and English."""
    low, high = f"{value.minimum:f}", f"{value.maximum:f}"
    finest = {WHOLE: ("整数", "whole numbers"), MINUTES: ("精确到分钟", "to the minute")}
    zh, en = finest.get(value.unit.step, ("最多两位小数", "two decimals at most"))
    return Fault(
        value.key,
        code,
        *reason,
        f"允许 {low} 至 {high} {value.unit.title_zh}，{zh}",
        f"allowed are {low} to {high} {value.unit.title_en}, {en}",
        place_zh=value.title_zh,
    )


def too_long(warning: Value, limit: Value) -> Fault:
    """A warning that isn't shorter than what it warns of."""
    reason = (f"预警须短于“{limit.title_zh}”", f"a warning has to be shorter than {limit.key}")
    return fault(warning, "warning_too_early", reason)


def too_short(value: Value, than: Value) -> Fault:
    """A limit that ends before one that it includes."""
    return fault(value, "too_short", (f"不得短于“{than.title_zh}”", f"it mustn't be shorter than {than.key}"))


def unknown(key: object, known: Iterable[str]) -> Fault:
    """A key that no value has."""
    names = list(known)
    return Fault(
        str(key),
        "unknown_value",
        "制度中没有这个数值",
        "the procedure has no such value",
        f"可用的数值：{'、'.join(names)}",
        f"known are {', '.join(names)}",
    )
