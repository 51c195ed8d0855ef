"""/connect/webhook/<code>: an order pushed as a Standard Webhook, answered after its commit (clause 2.1.2).

200 {"outcome", "number"}; everything else is problem+json with a stable `code`. 4xx says that sending the same again
won't help, 503 with Retry-After that it will.
"""

import json
import logging

from django.core.exceptions import RequestDataTooBig
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from jiedan.acquisition.intake import Outcome
from jiedan.api.problems import Problem, as_response
from jiedan.connectors import accounts, crew, desk, quarantine
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.desk import Delivery, Receipt
from jiedan.connectors.reconciliation.statements import take_statement
from jiedan.connectors.webhook import messages, signing
from jiedan.connectors.webhook.messages import PLATFORM, Statement, Unreadable
from jiedan.connectors.webhook.signing import Headers, Unverified
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage

log = logging.getLogger(__name__)
LARGEST = 1 << 20
"""Bytes of a message."""


@csrf_exempt
def push(request: HttpRequest, code: str) -> HttpResponse:
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


def _taken(request: HttpRequest, code: str) -> HttpResponse:
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
        _set_aside(account, "order", body, why.cause, why.zh, why.en, why.external_id)
        raise _problem(why.status, why.cause, why.zh, errors=why.fields) from why
    if said is None:
        return _answer({"outcome": "test"})
    if isinstance(said, Statement):
        crew.have_done(take_statement, account, said.date, said.count, said.amount, said.ids)
        return _answer({"outcome": "taken", "date": said.date.isoformat()})
    return _accepted(desk.hand_in(Delivery(account, said.kind, body, said.order, message_id)))


def _headers(request: HttpRequest) -> Headers:
    found = request.META
    names = ("HTTP_WEBHOOK_ID", "HTTP_WEBHOOK_TIMESTAMP", "HTTP_WEBHOOK_SIGNATURE")
    return Headers(*(str(found.get(name, "")) for name in names))


def _body(request: HttpRequest) -> bytes:
    """The message as it came. Raises Problem."""
    if request.method != "POST":
        raise _problem(405, "method_not_allowed", "请使用 POST")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _problem(415, "content_encoding", "不接受压缩的请求体")
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) > LARGEST:
        raise _problem(413, "too_large", "消息超过 1 MiB")
    try:
        body = request.read()
    except (UnreadablePostError, RequestDataTooBig, OSError) as error:
        raise _problem(400, "body_cut", "请求体不完整") from error
    if len(body) < int(length):
        raise _problem(400, "body_cut", "请求体不完整")
    return body


def _set_aside(
    account: AccountFacts | None, kind: str, raw: bytes, cause: str, zh: str, en: str, external_id: str = ""
) -> None:
    crew.have_done(
        quarantine.set_aside,
        account_id=None if account is None else account.id,
        channel=PLATFORM,
        kind=kind,
        raw=raw,
        cause=cause,
        reason=(zh, en),
        external_id=external_id,
    )


def _accepted(receipt: Receipt) -> HttpResponse:
    if receipt.outcome is Outcome.REFUSED:
        return _refused(_problem(409, "refused", receipt.reason))
    return _answer({"outcome": receipt.outcome.value, "number": receipt.ref})


def _answer(content: dict[str, str]) -> HttpResponse:
    return _guarded(HttpResponse(json.dumps(content), content_type="application/json"))


def _later(code: str, detail: str, seconds: int) -> HttpResponse:
    return _refused(_problem(503, code, detail, retry_after=seconds))


def _problem(status: int, code: str, detail: str, **more: object) -> Problem:
    return Problem(status, code, detail, **more)


def _refused(problem: Problem) -> HttpResponse:
    response = as_response(problem)
    if "retry_after" in problem.content:
        response["Retry-After"] = str(problem.content["retry_after"])
    if problem.status == 405:
        response["Allow"] = "POST"
    return _guarded(response)


def _guarded(response: HttpResponse) -> HttpResponse:
    # No middleware adds these here.
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Length"] = str(len(response.content))
    return response
