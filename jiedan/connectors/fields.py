"""Reading fields of an object that a platform sent: tolerant in form, and every wrong field is remembered with its reason.

Text may be a number, numbers may be text, and a null may be the text "null". Whoever reads goes on after a wrong
field, so that one look names all of them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from jiedan.connectors import china_time
from jiedan.core import invisible
from jiedan.core.faults import Fault, WrongInput
from jiedan.core.money import CENT, LIMIT, USUAL
from jiedan.core.quoting import hinted
from jiedan.core.strict_json import JsonRefused

ZERO = Decimal("0.00")
M = TypeVar("M", bound=BaseModel)
Texts = tuple[str, str]
PULLED: Texts = (
    "请在平台核对；平台改正后会自动重新读取",
    "check it on the platform; once right there, it is read again",
)
PUSHED: Texts = ("请改正后重新推送", "correct it and send it again")
"""What to do about a wrong field, in Chinese and English: of what we fetch, and of what is sent to us."""


_JSON = {
    "malformed_json": "格式有误",
    "not_utf8": "不是 UTF-8 编码",
    "bad_character": "含有无法接受的字符",
    "byte_order_mark": "以字节顺序标记开头",
    "duplicate_name": "同一对象中有重复的字段名",
    "number_out_of_range": "数字超出范围",
    "not_a_number": "含有 NaN 或 Infinity",
    "too_deep": "嵌套过深",
}


def refused_json(place: str, refused: JsonRefused) -> Fault:
    """The fault of a JSON text that isn't taken; PLACE is the parameter or field that held it."""
    zh = f"不是可接受的 JSON：{_JSON.get(refused.code, refused.code)}"
    return Fault(place, refused.code, zh, refused.reason.rstrip("."), *PUSHED)


class UnreadableMessage(WrongInput):
    """A message that isn't usable: which one, if it says (`external_id`, else ""), and what is wrong, field by field."""

    noun: Texts = ("消息", "message")
    remedy: Texts = PULLED

    def __init__(self, external_id: str, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.external_id = external_id

    def __str__(self) -> str:
        return self.sentence("en")

    def sentence(self, language: str) -> str:
        """What a person reads: which message, each wrong field with its reason, and what to do."""
        if language.startswith("en"):
            reasons = "; ".join(f"{fault.field} {fault.reason_en}" for fault in self.faults)
            return f"{self.noun[1]} {self.external_id or '(without number)'}: {reasons}; {self.remedy[1]}"
        reasons = "；".join(f"{fault.field} {fault.reason_zh}" for fault in self.faults)
        return f"{self.noun[0]} {self.external_id or '（无编号）'}：{reasons}；{self.remedy[0]}"


class Fields:
    """One raw object; `faults` collects what was wrong, shared with the objects inside it."""

    def __init__(
        self, raw: Mapping[str, Any], prefix: str = "", faults: list[Fault] | None = None, remedy: Texts = PULLED
    ) -> None:
        self._raw = raw
        self._prefix = prefix
        self._remedy = remedy
        self.faults: list[Fault] = [] if faults is None else faults

    def wrong(self, name: str, code: str, zh: str, en: str) -> None:
        """Remember that a field is wrong; the first reason counts."""
        place = f"{self._prefix}{name}"
        if all(fault.field != place for fault in self.faults):
            self.faults.append(Fault(place, code, zh, en, *self._remedy))

    def text(self, name: str, required: bool = False, most: int | None = None) -> str:
        """The text, "" without one; longer than MOST characters it is cut, because no order is refused for its title."""
        found = self._raw.get(name)
        if type(found) is str and found.isprintable() and (text := found.strip()) and text != "null":
            return text[:most]
        found = self._value(name)
        if found is None:
            if required:
                self.wrong(name, "missing", "缺失", "is missing")
            return ""
        if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
            self.wrong(name, "not_text", f"应为文本，实为 {_kind(found)}", f"is {_kind(found)}, text is expected")
            return ""
        return invisible.removed_at_ends(str(found))[:most]

    def yuan(self, name: str, required: bool = False) -> Decimal:
        """The amount, 0.00 without one; what is finer than a fen is rounded half up."""
        text = self.text(name, required)
        if USUAL.fullmatch(text):
            return Decimal(text)
        try:
            number = Decimal(text or "0") if text.isascii() and "_" not in text else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > LIMIT:
            self.wrong(name, "not_money", f"“{hinted(text)}”不是有效金额", f"“{hinted(text)}” is no amount")
            return ZERO
        return number.quantize(CENT, ROUND_HALF_UP) or ZERO

    def whole(self, name: str, required: bool = True) -> int | None:
        """The whole number, None without one."""
        text = self.text(name, required)
        if not text:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
            self.wrong(name, "not_whole", f"“{hinted(text)}”不是整数", f"“{hinted(text)}” is no whole number")
            return None
        return int(text)

    def moment(self, name: str, required: bool = False) -> datetime | None:
        """The moment (China time), None without one."""
        text = self.text(name, required)
        if not text:
            return None
        try:
            found = china_time.moment(text)
        except ValueError:
            zh, en = (
                f"“{hinted(text)}”不是 2026-09-18 17:30:00 这样的时间",
                f"“{hinted(text)}” is no time like 2026-09-18 17:30:00",
            )
            self.wrong(name, "not_a_time", zh, en)
            return None
        if not 2000 <= found.year <= 2100:
            self.wrong(name, "impossible_time", f"“{text}”不是可信的时间", f"“{text}” can't be right")
            return None
        return found

    def rows(self, name: str, required: bool = False) -> list["Fields"]:
        """The objects of a list, each with its place ("order_skus.1.") for its faults."""
        found = self._value(name)
        if not isinstance(found, list) or (required and not found):
            if required or found is not None:
                self.wrong(name, "no_list", "缺失、为空或不是列表", "is missing, empty or not a list")
            return []
        rows = []
        for number, row in enumerate(found, start=1):
            if isinstance(row, dict):
                rows.append(Fields(row, f"{self._prefix}{name}.{number}.", self.faults, self._remedy))
            else:
                self.wrong(
                    f"{name}.{number}", "no_object", f"应为对象，实为 {_kind(row)}", f"is {_kind(row)}, not an object"
                )
        return rows

    def built(self, model: type[M], values: Mapping[str, Any], names: Mapping[str, str]) -> M | None:
        """MODEL from these values; what it refuses is remembered under the platform's NAMES, and None returned."""
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                place = ".".join(map(str, item["loc"]))
                name = names.get(place.partition(".")[0], place or "order")
                self.wrong(name, item["type"], *_reason(item["type"], item.get("ctx", {}), item["msg"]))
            return None

    def _value(self, name: str) -> Any:
        found = self._raw.get(name)
        return None if isinstance(found, str) and invisible.removed_at_ends(found) in ("null", "") else found


def _reason(kind: str, context: Mapping[str, Any], message: str) -> Texts:
    english = str(context.get("error", message))
    texts = {
        "string_too_long": f"超过 {context.get('max_length')} 个字",
        "string_too_short": "缺失",
        "greater_than_equal": f"不能小于 {context.get('ge')}",
        "less_than_equal": f"不能大于 {context.get('le')}",
        "too_long": f"超过 {context.get('max_length')} 项",
        "value_error": f"不符合要求（{english}）",
    }
    return texts.get(kind, f"无法使用（{message}）"), english[:1].lower() + english[1:]


def _kind(value: object) -> str:
    names = {dict: "object", list: "list", bool: "true/false"}
    return names.get(type(value), type(value).__name__)
