"""The Yanxuan channel's wire format (网易严选渠道): parameters, signature, clock, envelopes.

Known from public client programs, not from a live server. POST with the parameters in a form body or in the query;
sign = upper-case MD5 over secret + every parameter sent but `sign`, sorted, `name=value` without separator + secret.
Callbacks are signed the same way. Every answer is an envelope {"code", "msg", "result", "subErrCode"}; 200 is well.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jiedan.connectors import china_time

WINDOW = timedelta(minutes=10)
"""How far a request's timestamp may be off, in either direction; assumed, the platform's own rule isn't known."""
MOST_PARAMETERS = 50
SYSTEM = ("method", "appKey", "timestamp", "sign")

CREATE, GET, CANCEL = "yanxuan.order.paid.create", "yanxuan.order.paid.get", "yanxuan.order.paid.cancel"
REGISTER, LIST = "yanxuan.callback.method.register", "yanxuan.callback.method.list"
CANCEL_DECIDED = "yanxuan.callback.order.cancel"
EXCEPTIONAL = "yanxuan.notification.order.exceptional"
OTHERS = frozenset(
    {
        "yanxuan.order.received.confirm", "yanxuan.order.express.get", "yanxuan.order.refund.apply",
        "yanxuan.order.refund.cancel", "yanxuan.order.refund.offer.express", "yanxuan.order.refund.detail.get",
        "yanxuan.inventory.count.get",
    }
)  # fmt: skip
"""Methods of the channel that aren't offered (yet)."""

REFUSED, ALLOWED, PENDING = 0, 1, 2
"""cancelStatus."""


class Refusal(Exception):
    """A request is refused: the envelope's code, our stable code (`subErrCode`), and the reason in both languages.

    STATUS is HTTP's: 200 for what the platform's envelope tells, otherwise what a program in between has to know.
    """

    def __init__(self, code: int, cause: str, zh: str, en: str, status: int = 200) -> None:
        super().__init__(en)
        self.code = code
        self.cause = cause
        self.zh = zh
        self.en = en
        self.status = status

    def envelope(self) -> dict[str, Any]:
        """The refusal as it is sent."""
        return {"code": self.code, "msg": self.zh, "result": None, "subErrCode": self.cause}


def success(result: object) -> dict[str, Any]:
    """An answer as it is sent."""
    return {"code": 200, "msg": "成功", "result": result, "subErrCode": None}


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """The signature over PARAMETERS (`sign` itself doesn't count)."""
    joined = "".join(f"{name}={parameters[name]}" for name in sorted(parameters) if name != "sign")
    # MD5 is what the platform prescribes.
    return hashlib.md5(f"{secret}{joined}{secret}".encode(), usedforsecurity=False).hexdigest().upper()


def signed(method: str, business: Mapping[str, str], app_key: str, secret: str, now: datetime) -> dict[str, str]:
    """All parameters of a request: those of the business, those of the system, and the signature."""
    given = {**business, "method": method, "appKey": app_key, "timestamp": china_time.stamp(now)}
    return {**given, "sign": sign(given, secret)}


def verified(parameters: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Whether one of SECRETS made the signature; every one is compared, in constant time."""
    found = parameters.get("sign", "").upper().encode()
    return sum(hmac.compare_digest(sign(parameters, secret).encode(), found) for secret in secrets if secret) > 0


def parameters_of(query: bytes, body: bytes) -> dict[str, str]:
    """The parameters of query and form body together. Raises Refusal when they can't be read without doubt."""
    try:
        pairs = [pair for part in (query, body) for pair in _pairs(part.decode())]
    except UnicodeDecodeError as error:
        raise _unreadable("参数不是 UTF-8 编码", "the parameters aren't UTF-8") from error
    except ValueError as error:
        zh = f"参数超过 {MOST_PARAMETERS} 个或表单编码有误"
        raise _unreadable(
            zh, f"there are more than {MOST_PARAMETERS} parameters, or the form is encoded wrongly"
        ) from error
    found = dict(pairs)
    if len(found) != len(set(pairs)):
        raise _unreadable("同一参数出现了两个不同的值", "a parameter stands twice with different values")
    return found


def check(parameters: Mapping[str, str], app_key: str, secrets: Sequence[str], now: datetime) -> None:
    """Whether the request comes from the account and now. Raises Refusal with the reason."""
    missing = [name for name in SYSTEM if not parameters.get(name)]
    if missing:
        names = "、".join(missing)
        raise Refusal(400, "parameter_missing", f"缺少参数 {names}", f"{', '.join(missing)} missing")
    known = hmac.compare_digest(parameters["appKey"].encode(), app_key.encode())
    if not (verified(parameters, secrets) and known):
        raise Refusal(401, "sign_wrong", "appKey 或签名有误", "appKey or sign is wrong")
    check_clock(parameters["timestamp"], now)


def check_clock(timestamp: str, now: datetime) -> None:
    """Whether the request was signed just now. Raises Refusal."""
    try:
        at = china_time.moment(timestamp)
    except (ValueError, OverflowError) as error:
        zh, en = (
            "timestamp 应为 2026-09-18 17:30:00 这样的北京时间",
            "timestamp has to be China time like 2026-09-18 17:30:00",
        )
        raise Refusal(400, "timestamp_unreadable", zh, en) from error
    if abs(now - at) > WINDOW:
        minutes = int(WINDOW.total_seconds() // 60)
        zh = f"timestamp 与服务器时间相差超过 {minutes} 分钟，服务器时间为 {china_time.stamp(now)}"
        en = f"timestamp is more than {minutes} minutes off; the server has {china_time.stamp(now)}"
        raise Refusal(401, "timestamp_stale", zh, en)


def _pairs(text: str) -> list[tuple[str, str]]:
    """What urllib's parse_qsl makes of the same text; an order is Chinese, where that goes through it byte by byte."""
    if text.count("&") >= MOST_PARAMETERS:
        raise ValueError("too many parameters")
    halves = [part.partition("=") for part in text.split("&") if part]
    return [(_plain(name), _plain(value)) for name, _equals, value in halves]


def _plain(text: str) -> str:
    text = text.replace("+", " ")
    if "%" not in text:
        return text
    # \xNN is how Python itself writes a byte, and its own decoder reads them all in one go.
    escaped = text.encode().replace(b"\\", rb"\\").replace(b"%", rb"\x")
    try:
        found = escaped.decode("unicode_escape")
    except UnicodeDecodeError as error:
        raise ValueError("a percent sign without two digits") from error
    return found.encode("latin-1").decode()


def _unreadable(zh: str, en: str) -> Refusal:
    return Refusal(400, "parameters_unreadable", zh, en)
