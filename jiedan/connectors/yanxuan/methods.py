"""What the channel's methods do once a request is known to come from a distributor: create, get, cancel, callbacks."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import transaction

from jiedan.acquisition import cancelling
from jiedan.acquisition.cancelling import Cancelling
from jiedan.acquisition.intake import Outcome
from jiedan.connectors import crew, desk
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.fields import refused_json
from jiedan.connectors.models import Account, Message
from jiedan.connectors.yanxuan import answers, protocol
from jiedan.connectors.yanxuan.parse import LONGEST_ID, PLATFORM, UnreadableOrder, order_in, parse_order
from jiedan.connectors.yanxuan.protocol import Refusal
from jiedan.core import clock, invisible, strict_json
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.people.actor import SYSTEM

MOST_CALLBACKS = 50
ASKED = "渠道申请取消"
_ORDER_ID = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_ID}}}")
_CALLBACK = re.compile(r"yanxuan\.[a-zA-Z.]{1,80}", re.ASCII)
_CANCEL_STATUS = {
    Cancelling.DONE: protocol.ALLOWED,
    Cancelling.AWAITED: protocol.ALLOWED,
    Cancelling.ASKED: protocol.PENDING,
}

Parameters = Mapping[str, str]


class Unusable(Refusal):
    """A verified request that can't be used, and what of it is set aside."""

    def __init__(self, cause: str, texts: tuple[str, str], raw: bytes, external_id: str = "", code: int = 400) -> None:
        super().__init__(code, cause, *texts)
        self.raw = raw
        self.external_id = external_id


def call(account: AccountFacts, given: Parameters) -> object:
    """Do what a verified request asks for; returns the result. Raises Refusal, desk.Busy, desk.NotStored."""
    method = given.get("method", "")
    done = _METHODS.get(method)
    if done is not None:
        return done(account, given)
    if method in protocol.OTHERS:
        raise Unusable("method_not_offered", (f"暂不提供方法 {method}", f"{method} isn't offered yet"), business(given))
    raise Unusable("method_unknown", ("没有这个方法", "there is no such method"), business(given))


def business(given: Parameters) -> bytes:
    """The parameters without those that change with every request, so that the same again is recognised."""
    return urlencode(sorted((name, given[name]) for name in given if name not in ("timestamp", "sign"))).encode()


def _create(account: AccountFacts, given: Parameters) -> object:
    raw = given.get("order", "").encode() or business(given)
    try:
        order = parse_order(order_in(given.get("order")), account.shop)
    except UnreadableOrder as wrong:
        texts = wrong.sentence("zh"), wrong.sentence("en")
        raise Unusable(wrong.cause, texts, raw, wrong.external_id) from wrong
    receipt = desk.hand_in(desk.Delivery(account, protocol.CREATE, raw, order))
    if receipt.outcome is Outcome.REFUSED:
        raise Refusal(409, "order_refused", receipt.reason, receipt.reason)
    if receipt.outcome is Outcome.CREATED:
        return answers.arrived(order, receipt.stage)
    return crew.have_done(answers.kept, account.shop, order.external_id)


def _get(account: AccountFacts, given: Parameters) -> object:
    number = _order_id(given)
    found = crew.have_done(answers.kept, account.shop, number)
    if found is None:
        raise Refusal(404, "order_unknown", "没有这个订单", "there is no such order")
    return found


def _cancel(account: AccountFacts, given: Parameters) -> object:
    return crew.have_done(_cancelled, account, _order_id(given), business(given))


def _cancelled(account: AccountFacts, number: str, raw: bytes) -> dict[str, Any]:
    with transaction.atomic():
        found = cancelling.cancel(PLATFORM, account.shop, number, ASKED, "push")
        outcome = Outcome.CANCELLED if found.state is Cancelling.DONE else Outcome.CHANGED
        Message.objects.create(
            account_id=account.id, kind=protocol.CANCEL, digest=hashlib.sha256(raw).hexdigest(), outcome=outcome.value,
            received_at=clock.now(), order_id=found.order,
        )  # fmt: skip
    return {"cancelStatus": _CANCEL_STATUS[found.state], "rejectReason": None}


def _register(account: AccountFacts, given: Parameters) -> object:
    return crew.have_done(_registered, account, _callbacks(given))


def _registered(account: AccountFacts, methods: list[str]) -> list[str]:
    row = access.visible(SYSTEM, Account).get(pk=account.id)
    if row.callbacks != methods:
        dispatch("connectors.register_callbacks", SYSTEM, {"methods": methods}, subject=row, channel="push")
    return methods


def _list(account: AccountFacts, given: Parameters) -> object:  # noqa: ARG001 - all methods are called alike
    return crew.have_done(lambda: list(access.visible(SYSTEM, Account).get(pk=account.id).callbacks))


def _order_id(given: Parameters) -> str:
    number = invisible.removed(given.get("orderId", ""))
    if not _ORDER_ID.fullmatch(number):
        texts = (
            f"orderId 缺失或无法使用，应为 1 至 {LONGEST_ID} 个字符",
            f"orderId has to be 1 to {LONGEST_ID} characters",
        )
        raise Unusable("parameter_wrong", texts, business(given))
    return number


def _callbacks(given: Parameters) -> list[str]:
    """The names in the parameter `methods`: a JSON array, or separated by commas; none switches all callbacks off."""
    text = given.get("methods", "").strip()
    try:
        found = strict_json.loads(text) if text.startswith("[") else [name for name in text.split(",") if name.strip()]
    except strict_json.JsonRefused as refused:
        fault = refused_json("methods", refused)
        raise Unusable("parameter_wrong", (fault.sentence("zh"), fault.sentence("en")), business(given)) from refused
    names = [name.strip() if isinstance(name, str) else "" for name in found] if isinstance(found, list) else [""]
    if len(names) > MOST_CALLBACKS or not all(map(_CALLBACK.fullmatch, names)):
        texts = (
            f"methods 应为至多 {MOST_CALLBACKS} 个回调方法名的 JSON 数组",
            f"methods has to be a JSON array of at most {MOST_CALLBACKS} names of callbacks",
        )
        raise Unusable("parameter_wrong", texts, business(given))
    return list(dict.fromkeys(names))


_METHODS: dict[str, Callable[[AccountFacts, Parameters], object]] = {
    protocol.CREATE: _create,
    protocol.GET: _get,
    protocol.CANCEL: _cancel,
    protocol.REGISTER: _register,
    protocol.LIST: _list,
}
