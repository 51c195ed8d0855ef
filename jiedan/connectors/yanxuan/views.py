"""/connect/yanxuan/<code>: a distributor's requests, each answered with the channel's envelope (clause 2.1.2).

HTTP says 200 to everything that the envelope tells. Only what a program in between has to know has a status of its
own: 405, 413, 415, and 503 with Retry-After for "send it again".
"""

import json
import logging
from typing import Any

from django.db import Error

from jiedan.connectors import accounts, desk, pushed, quarantine
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.pushed import LARGEST, Answer, Push
from jiedan.connectors.yanxuan import methods, protocol
from jiedan.connectors.yanxuan.methods import Unusable
from jiedan.connectors.yanxuan.parse import PLATFORM
from jiedan.connectors.yanxuan.protocol import Refusal
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage
from jiedan.kernel.errors import StepRefused

log = logging.getLogger(__name__)
KNOWN = frozenset({*protocol.OTHERS, protocol.CREATE, protocol.GET, protocol.CANCEL, protocol.REGISTER, protocol.LIST})
PAUSE = {"paused": 300, "busy": 5, "not_stored": 5}
"""Seconds after which to send it again."""


def push(request: Push, code: str) -> Answer:
    """Answer a request of the distributor whose connection has this code."""
    try:
        return _response(protocol.success(_answered(request, code)))
    except Refusal as refused:
        return _refused(refused)
    except StepRefused as refused:
        return _refused(Refusal(409, refused.code, str(refused.sentence), str(refused.sentence)))
    except desk.Busy:
        return _refused(Refusal(503, "busy", "系统繁忙，请稍后重新推送", "busy, send it again later", 503))
    except (desk.NotStored, Error):
        return _refused(Refusal(503, "not_stored", "未能保存，请重新推送", "not stored, send it again", 503))
    except Exception:
        log.exception("a push of %s could not be answered", PLATFORM)
        return _refused(Refusal(500, "internal", "系统内部错误，请联系我方", "an error of ours, tell us", 500))


def _answered(request: Push, code: str) -> object:
    query, body = _read(request)
    account = accounts.known(PLATFORM, code)
    if account is not None and account.stage == ConnectionStage.CLOSED:
        account = None
    given: dict[str, str] = {}
    try:
        given = protocol.parameters_of(query, body)
        _verify(account, given)
    except Refusal as refused:
        cause = refused.cause if account is not None else "account_unknown"
        _set_aside(account, given, cause, refused, b"&".join(part for part in (query, body) if part))
        raise
    if account is None:
        raise TypeError("nothing verifies without an account")
    if account.stage == ConnectionStage.PAUSED:
        raise Refusal(
            503, "paused", "该连接已暂停，请稍后重新推送", "the connection is paused, send it again later", 503
        )
    try:
        return methods.call(account, given)
    except Unusable as unusable:
        _set_aside(account, given, unusable.cause, unusable, unusable.raw, unusable.external_id)
        raise


def _verify(account: AccountFacts | None, given: dict[str, str]) -> None:
    # Without an account nothing verifies, and the answer doesn't tell which of the two is missing.
    key, secrets = ("", ()) if account is None else (account.credentials.get("app_key", ""), account.secrets)
    protocol.check(given, key, secrets, clock.now())


def _read(request: Push) -> tuple[bytes, bytes]:
    """Query and body, as bytes. Raises Refusal."""
    if request.method != "POST":
        raise Refusal(405, "method_not_allowed", "请使用 POST", "use POST", 405)
    if request.compressed:
        raise Refusal(415, "content_encoding", "不接受压缩的请求体", "compressed bodies aren't taken", 415)
    if request.media_type not in ("", "application/x-www-form-urlencoded", "text/plain"):
        raise Refusal(
            415, "content_type", "参数应放在表单或查询串中", "put the parameters into a form or the query", 415
        )
    query = request.query.encode("latin-1", "replace")
    try:
        body = request.body()
    except pushed.Unusable as why:
        if str(why) == "too_large":
            raise _too_large() from why
        raise Refusal(400, "body_cut", "请求体不完整", "the body is incomplete", 400) from why
    if len(query) > LARGEST:
        raise _too_large()
    return query, body


def _too_large() -> Refusal:
    return Refusal(413, "too_large", "请求超过 1 MiB", "the request is larger than 1 MiB", 413)


def _set_aside(
    account: AccountFacts | None, given: dict[str, str], cause: str, why: Refusal, raw: bytes, external_id: str = ""
) -> None:
    method = given.get("method", "")
    quarantine.set_aside_at_the_door(
        account_id=None if account is None else account.id,
        channel=PLATFORM,
        kind=method if method in KNOWN else "",
        raw=raw,
        cause=cause,
        reason=(why.zh, why.en),
        external_id=external_id,
    )


def _refused(refusal: Refusal) -> Answer:
    more = {"retry-after": str(PAUSE[refusal.cause])} if refusal.cause in PAUSE else {}
    if refusal.status == 405:
        more["allow"] = "POST"
    return _response(refusal.envelope(), refusal.status, more)


def _response(envelope: dict[str, Any], status: int = 200, more: dict[str, str] | None = None) -> Answer:
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode(), {"content-type": "application/json; charset=utf-8", **(more or {})})
