"""What came from outside, shown without personal data: its structure stays visible, persons don't (6.2.4, P-01).

Texts are masked by the name they stand under; whatever stands under a name that isn't known to be harmless is hidden,
and so are numbers of telephones and identity cards wherever they stand, and names of fields that are none.
A text that is no JSON and no form is shown by its length alone.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from jiedan.core.masking import mask_account, mask_address, mask_identity, mask_name, mask_phone
from jiedan.core.strict_json import JsonRefused, loads

_BY_NAME: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"phone|mobile|tel", re.IGNORECASE), mask_phone),
    (re.compile(r"cert_id|id_?no|identity|taxpayer", re.IGNORECASE), mask_identity),
    (re.compile(r"address|detail", re.IGNORECASE), mask_address),
    (re.compile(r"account|email", re.IGNORECASE), mask_account),
    (re.compile(r"(receiver|cert|user|buyer|customer)_?name|^name$", re.IGNORECASE), mask_name),
)
_HARMLESS = re.compile(
    r"^(type|kind|status|timestamp|method|app_?key|sign|category|number|quantity|currency|platform|shop|"
    r"order_?id|external_?id|.*sku\w*|.*(amount|price|count|total|fee|tax|freight|discount|time|_at|_on|status)|"
    r"product_?name|.*(province|city|district)(_?name)?|warehouse_code|goods_no|barcode)$",
    re.IGNORECASE,
)
_OF_PEOPLE = re.compile(
    r"remark|comment|note|memo|message|buyer|receiver|consignee|contact|user|customer|payer", re.IGNORECASE
)
_PERSON = re.compile(
    r"identity|cert|invoice|phone|mobile|tel|receiver|consignee|contact|buyer|user|customer|payer|member", re.IGNORECASE
)
"""Whatever stands under such a name is about somebody."""
_ABOUT_NOBODY = re.compile(r"(type|kind|province|city|district|amount|currency)(_?name)?", re.IGNORECASE)
_PLACE = re.compile(r"province|city|district", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,59}", re.ASCII)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
_LONGEST = 20_000


def masked(text: str) -> str:
    """TEXT as it may be shown to anybody who may know that it exists."""
    value = _json(text)
    if value is not None:
        return json.dumps(_shown("", value), ensure_ascii=False, indent=2)[:_LONGEST]
    pairs = parse_qsl(text, keep_blank_values=True) if "=" in text[:200] else []
    if pairs:
        return "\n".join(f"{_name(name)} = {_parameter(name, given)}" for name, given in pairs[:60])[:_LONGEST]
    return f"（{len(text)}）"


def _json(text: str) -> Any:
    try:
        return loads(text)
    except JsonRefused:
        return None


def _parameter(name: str, given: str) -> str:
    inner = _json(given) if given[:1] in "{[" else None
    return json.dumps(_shown(name, inner), ensure_ascii=False, indent=2) if inner is not None else _text(name, given)


def _shown(name: str, value: Any, person: str = "") -> Any:
    """VALUE under NAME; PERSON is the name of what it is part of, when that is about somebody."""
    if isinstance(value, dict):
        person = name if _PERSON.search(name) else person
        # A line's own name is what was ordered, a person's is not.
        goods = "quantity" in value or "sku" in value
        return {
            _name(key): _unmarked(item)
            if goods and key == "name" and isinstance(item, str)
            else _shown(key, item, person)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_shown(name, item, person) for item in value]
    if isinstance(value, str):
        return _text(name, value, person)
    return value if value is None or isinstance(value, bool) else _number(name, value, person)


def _number(name: str, value: int | float | Decimal, person: str) -> Any:
    shown = _text(name, str(value), person)
    return value if shown == str(value) else shown


def _name(key: str) -> str:
    return key if _PLAIN_NAME.fullmatch(key) else f"***（{len(key)}）"


def _unmarked(text: str) -> str:
    """Harmless text without the numbers that belong to persons."""
    return _IDENTITY.sub("***", _PHONE.sub("***", text[:120]))


def _text(name: str, value: str, person: str = "") -> str:
    is_about_nobody = _ABOUT_NOBODY.fullmatch(name)
    mask = _mask_of(name) or (None if is_about_nobody else _mask_of(person))
    if mask is not None:
        return mask(value)
    harmless = is_about_nobody if person else _is_harmless(name)
    return _unmarked(value) if harmless else f"***（{len(value)}）" if value else ""


def _mask_of(name: str) -> Callable[[str], str] | None:
    return next((mask for pattern, mask in _BY_NAME if pattern.search(name)), None)


def _is_harmless(name: str) -> bool:
    return bool(_HARMLESS.match(name) and (_PLACE.search(name) or not _OF_PEOPLE.search(name)))
