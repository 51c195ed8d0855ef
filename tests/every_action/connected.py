"""Connections and set-aside messages that real steps brought to a stage."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from jiedan.connectors import accounts, quarantine
from jiedan.connectors.models import Account, Quarantined
from jiedan.connectors.yanxuan import protocol
from jiedan.core import clock
from jiedan.core.lifecycle import ConnectionStage, MessageStage
from jiedan.kernel.dispatch import dispatch
from jiedan.people.actor import SYSTEM
from tests.cast import Cast, acting

CREDENTIALS = {"app_key": "fenxiao", "secret": "a-secret-of-the-tests"}
CONNECT = {
    "platform": "yanxuan", "shop": "fenxiao", "name": "严选分销", "code": "fenxiao", **CREDENTIALS,
}  # fmt: skip
REASON = {"reason": "盘点"}


def distributor() -> Account:
    found = Account.objects.filter(code="fenxiao").first()
    return found or accounts.connect("yanxuan", "fenxiao", "严选分销", "", CREDENTIALS, clock.now(), code="fenxiao")


def connection_at(stage: str, cast: Cast) -> Account:
    account = distributor()
    if stage == ConnectionStage.PAUSED:
        dispatch("connectors.pause_connection", acting(cast.system_admin), dict(REASON), subject=account)
    if stage == ConnectionStage.CLOSED:
        dispatch("connectors.close_connection", acting(cast.system_admin), dict(REASON), subject=account)
    return Account.objects.get(pk=account.pk)


def message_at(stage: str, cast: Cast, number: str = "YX-9", seen: str = "") -> Quarantined:
    """An order that was signed rightly but an hour ago, so that it can be tried again as well as trusted."""
    account = distributor()
    quarantine.set_aside(
        account_id=account.pk, channel="yanxuan", kind=protocol.CREATE, raw=_late(number), cause="timestamp_stale",
        reason=(f"消息时间相差超过 10 分钟{seen}", f"the message's time is more than 10 minutes off{seen}"), external_id=number,
    )  # fmt: skip
    message = Quarantined.objects.get(external_id=number)
    if stage == MessageStage.SETTLED:
        dispatch("connectors.settle_message", SYSTEM, dict(REASON), subject=message)
    if stage == MessageStage.DISCARDED:
        dispatch("connectors.discard_message", acting(cast.decider), dict(REASON), subject=message)
    return Quarantined.objects.get(pk=message.pk)


def _late(number: str) -> bytes:
    order = json.dumps(yanxuan_order(orderId=number), ensure_ascii=False)
    at = clock.now() - timedelta(hours=1)
    given = protocol.signed(protocol.CREATE, {"order": order}, CREDENTIALS["app_key"], CREDENTIALS["secret"], at)
    return urlencode(given).encode()


def yanxuan_order(**changes: Any) -> dict[str, Any]:
    line = {
        "skuId": "家居/灯具-1087002", "productName": "北欧落地灯", "saleCount": 2, "originPrice": "199.00",
        "subtotalAmount": "398.00",
    }  # fmt: skip
    return {
        "orderId": "YX-9", "submitTime": "2026-09-18 17:10:00", "payTime": "2026-09-18 17:12:00",
        "buyerAccount": "yx_7", "receiverName": "欧阳青", "receiverMobile": "13812345678", "receiverPhone": "13812345678",
        "receiverProvinceName": "浙江省", "receiverCityName": "杭州市", "receiverDistrictName": "西湖区",
        "receiverAddressDetail": "文三路 1 号", "realPrice": "398.00", "expFee": "0.00", "payMethod": "支付宝",
        "orderSkus": [line],
    } | changes  # fmt: skip
