"""/connect/webhook/<code>: orders and listings pushed as Standard Webhooks, answered after their commit (2.1.1, 2.1.2).

200 {"outcome", "number"}; everything else is problem+json with a stable `code`. 4xx says that sending the same again
won't help, 503 with Retry-After that it will.
"""

import json
import logging

from django.db import Error

from jiedan.acquisition.intake import Outcome
from jiedan.api.problems import Problem, as_response
from jiedan.connectors import accounts, crew, desk, quarantine
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.desk import Delivery, Receipt
from jiedan.connectors.pushed import Answer, Push, Unusable
from jiedan.connectors.reconciliation.statements import take_statement
from jiedan.connectors.webhook import messages, signing
from jiedan.connectors.webhook.listings import hand_in_listing
from jiedan.connectors.webhook.messages import PLATFORM, Posted, Statement, TakenDown, Unreadable
from jiedan.connectors.webhook.signing import Headers, Unverified
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage

log = logging.getLogger(__name__)


def push(request: Push, code: str) -> Answer:
    """Take in what the system pushes whose connection has this code."""
    try:
        return _taken(request, code)
    except Problem as problem:
        return _refused(problem)
    except desk.IdReused:
        return _refused(_problem(409, "message_id_reused", "该 webhook-id 已用于另一条消息，请使用新的编号"))
    except desk.Busy:
        return _later("busy", "系统繁忙，请稍后重新发送", 5)
    except (desk.NotStored, Error):
        return _later("not_stored", "未能保存，请重新发送", 5)
    except Exception:
        log.exception("a push of %s could not be answered", PLATFORM)
        return _refused(_problem(500, "internal_error", "系统内部错误，没有保存任何内容"))


def _taken(request: Push, code: str) -> Answer:
    """The answer to a message that was taken. Raises Problem, and what the desk raises."""
    body = _body(request)
    account = accounts.known(PLATFORM, code)
    if account is not None and account.stage == ConnectionStage.CLOSED:
        account = None
    try:
        # Without an account nothing verifies, and the answer doesn't tell which of the two is missing.
        secrets = () if account is None else account.secrets
        message_id = signing.check(secrets, _headers(request), body, clock.now())
    except Unverified as why:
        cause = why.cause if account is not None else "account_unknown"
        _set_aside(account, "", body, cause, why.zh, why.en)
        raise _problem(401, why.cause, why.zh) from why
    if account is None:
        raise TypeError("nothing verifies without an account")
    if account.stage == ConnectionStage.PAUSED:
        raise _problem(503, "paused", "该连接已暂停，请稍后重新发送", retry_after=300)
    try:
        said = messages.read(body, account.shop)
    except Unreadable as why:
        _set_aside(account, why.about, body, why.cause, why.zh, why.en, why.external_id)
        raise _problem(why.status, why.cause, why.zh, errors=why.fields) from why
    if said is None:
        return _answer({"outcome": "test"})
    if isinstance(said, Statement):
        crew.have_done(take_statement, account, said.date, said.count, said.amount, said.ids)
        return _answer({"outcome": "taken", "date": said.date.isoformat()})
    if isinstance(said, Posted | TakenDown):
        taken = crew.have_done(hand_in_listing, account, said, body, message_id)
        return _answer({"outcome": taken.outcome.value, "number": taken.ref})
    return _accepted(desk.hand_in(Delivery(account, said.kind, body, said.order, message_id)))


def _headers(request: Push) -> Headers:
    return Headers(
        request.header("webhook-id"), request.header("webhook-timestamp"), request.header("webhook-signature")
    )


def _body(request: Push) -> bytes:
    """The message as it came. Raises Problem."""
    if request.method != "POST":
        raise _problem(405, "method_not_allowed", "请使用 POST")
    if request.compressed:
        raise _problem(415, "content_encoding", "不接受压缩的请求体")
    try:
        return request.body()
    except Unusable as why:
        if str(why) == "too_large":
            raise _problem(413, "too_large", "消息超过 1 MiB") from why
        raise _problem(400, "body_cut", "请求体不完整") from why


def _set_aside(
    account: AccountFacts | None, kind: str, raw: bytes, cause: str, zh: str, en: str, external_id: str = ""
) -> None:
    quarantine.set_aside_at_the_door(
        account_id=None if account is None else account.id,
        channel=PLATFORM,
        kind=kind,
        raw=raw,
        cause=cause,
        reason=(zh, en),
        external_id=external_id,
    )


def _accepted(receipt: Receipt) -> Answer:
    if receipt.outcome is Outcome.REFUSED:
        return _refused(_problem(409, "refused", receipt.reason))
    return _answer({"outcome": receipt.outcome.value, "number": receipt.ref})


_GUARD = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""No middleware adds these here."""
_JSON = {"content-type": "application/json", **_GUARD}


def _answer(content: dict[str, str]) -> Answer:
    return Answer(200, json.dumps(content).encode(), _JSON)


def _later(code: str, detail: str, seconds: int) -> Answer:
    return _refused(_problem(503, code, detail, retry_after=seconds))


def _problem(status: int, code: str, detail: str, **more: object) -> Problem:
    return Problem(status, code, detail, **more)


def _refused(problem: Problem) -> Answer:
    response = as_response(problem)
    headers = {name.lower(): value for name, value in response.items()} | _GUARD
    if "retry_after" in problem.content:
        headers["retry-after"] = str(problem.content["retry_after"])
    if problem.status == 405:
        headers["allow"] = "POST"
    return Answer(problem.status, response.content, headers)
