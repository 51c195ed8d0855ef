"""A message that was set aside is tried again, once its cause is mended (clause 2.1.2)."""

from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.yanxuan import methods, protocol
from jiedan.connectors.yanxuan.protocol import Refusal

ORDERS = frozenset({"json_refused", "order_unreadable", "refused"})
"""Causes under which the order's text alone is kept; its signature was right then."""
VERIFIED = frozenset({"parameter_wrong", "method_not_offered", "method_unknown"})
"""Causes under which the parameters are kept without clock and signature, which were right then."""


def replay(account: AccountFacts, cause: str, raw: bytes) -> object:
    """Do what the message asks for; returns what its sender would have been answered.

    What wasn't verified when it came has to be now, with today's secrets; its clock doesn't count any more, because a
    person decided to take it. Raises Refusal when it still can't be used, desk.Busy and desk.NotStored.
    """
    if cause in ORDERS:
        return methods.call(account, {"method": protocol.CREATE, "order": raw.decode("utf-8", "replace")})
    given = protocol.parameters_of(b"", raw)
    if cause not in VERIFIED:
        _verify(account, given)
    return methods.call(account, given)


def take(account: AccountFacts, given: dict[str, str]) -> object:
    """Do what these parameters ask for although nobody can prove who sent them. Raises like `replay`."""
    if not given.get("method"):
        raise Refusal(400, "parameter_missing", "缺少参数 method", "method missing")
    return methods.call(account, given)


def _verify(account: AccountFacts, given: dict[str, str]) -> None:
    if given.get("appKey") != account.credentials.get("app_key") or not protocol.verified(given, account.secrets):
        raise Refusal(401, "sign_wrong", "appKey 或签名仍然有误", "appKey or sign is still wrong")
    if not given.get("method"):
        raise Refusal(400, "parameter_missing", "缺少参数 method", "method missing")
