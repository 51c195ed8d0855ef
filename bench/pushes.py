"""Orders as other systems push them, rendered and signed beforehand: whole HTTP requests, ready to be sent.

Three ways in: `webhook` (Standard Webhooks), `yanxuan` (form with an MD5 signature) and `bulk` (JSON with a bearer
token). Nothing here needs Django, so a load generator starts in a moment. Amounts are yuan as text.
"""

import base64
import hashlib
import hmac
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

SHANGHAI = timezone(timedelta(hours=8))
CREATE = "yanxuan.order.paid.create"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "晓明", "思远", "雨晴", "子涵", "建国")
PLACES = (("浙江省", "杭州市", "西湖区"), ("广东省", "深圳市", "南山区"), ("江苏省", "苏州市", "吴中区"))
GOODS = ("北欧落地灯", "全铜壁灯", "护眼台灯", "棉麻窗帘", "实木边几")
LINES = 3


@dataclass(frozen=True, slots=True)
class Target:
    """Where pushes go: the port on this machine, the path, and what signs them."""

    channel: str
    port: int
    path: str
    secret: str = ""
    app_key: str = ""
    token: str = ""


def facts(number: int, seed: str = "P", at: datetime | None = None) -> dict[str, Any]:
    """The NUMBER-th order of a run, the same each time: three positions, a customer of its own."""
    rng = random.Random(f"{seed}{number}")
    lines: list[dict[str, Any]] = []
    for index in range(1, LINES + 1):
        quantity, price = rng.randint(1, 4), Decimal(rng.randrange(1900, 59900)) / 100
        sku, name = rng.randrange(10**6, 10**7), rng.choice(GOODS)
        lines.append({"number": index, "sku": str(sku), "name": name, "quantity": quantity, "price": price})
    province, city, district = rng.choice(PLACES)
    return {
        "id": f"{seed}{number:09d}", "at": at or datetime.now(UTC), "account": f"{seed}-buyer-{number}",
        "name": rng.choice(SURNAMES) + rng.choice(GIVEN), "phone": f"138{rng.randrange(10**8):08d}",
        "province": province, "city": city, "district": district,
        "address": f"文三路 {rng.randrange(1, 900)} 号 {rng.randrange(1, 30)} 幢", "lines": lines,
        "total": sum((line["quantity"] * line["price"] for line in lines), Decimal(0)),
    }  # fmt: skip


def webhook_order(order: dict[str, Any]) -> dict[str, Any]:
    """An order in the published JSON schema."""
    receiver = {key: order[key] for key in ("name", "phone", "province", "city", "district", "address")}
    moment = order["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        {
            "number": line["number"], "sku": line["sku"], "name": line["name"], "category": "家居/灯具",
            "quantity": line["quantity"], "unit_price": str(line["price"]),
            "amount": str(line["quantity"] * line["price"]),
        }
        for line in order["lines"]
    ]  # fmt: skip
    return {
        "external_id": order["id"], "kind": "product", "placed_at": moment, "paid_at": moment,
        "customer_account": order["account"], "receiver": receiver, "lines": lines,
        "goods_amount": str(order["total"]), "total": str(order["total"]),
    }  # fmt: skip


def webhook_body(order: dict[str, Any]) -> bytes:
    """The message that tells of a paid order."""
    moment = order["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return compact({"type": "order.paid", "timestamp": moment, "data": webhook_order(order)})


def yanxuan_order(order: dict[str, Any]) -> dict[str, Any]:
    """An order as a Yanxuan channel's client sends it."""
    moment = order["at"].astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    lines = [
        {
            "skuId": line["sku"], "productName": line["name"], "saleCount": line["quantity"],
            "originPrice": str(line["price"]), "subtotalAmount": str(line["quantity"] * line["price"]),
        }
        for line in order["lines"]
    ]  # fmt: skip
    return {
        "orderId": order["id"], "submitTime": moment, "payTime": moment, "buyerAccount": order["account"],
        "receiverName": order["name"], "receiverMobile": order["phone"], "receiverPhone": order["phone"],
        "receiverProvinceName": order["province"], "receiverCityName": order["city"],
        "receiverDistrictName": order["district"], "receiverAddressDetail": order["address"],
        "realPrice": str(order["total"]), "expFee": "0.00", "payMethod": "支付宝", "orderSkus": lines,
    }  # fmt: skip


def compact(value: object) -> bytes:
    """VALUE as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def webhook_headers(secret: str, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that sign BODY (Standard Webhooks 1.0, symmetric)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    moment = str(int(at.timestamp()))
    signed = hmac.digest(key, f"{message_id}.{moment}.".encode() + body, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def yanxuan_form(target: Target, method: str, at: datetime, **parameters: str) -> dict[str, str]:
    """The signed parameters of one call."""
    moment = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    values = {"method": method, "appKey": target.app_key, "timestamp": moment, **parameters}
    joined = "".join(f"{name}={values[name]}" for name in sorted(values))
    text = f"{target.secret}{joined}{target.secret}".encode("utf-8", "surrogatepass")
    return values | {"sign": hashlib.md5(text, usedforsecurity=False).hexdigest().upper()}


def request(target: Target, number: int, at: datetime, seed: str = "P", size: int = 1) -> bytes:
    """The NUMBER-th request; SIZE orders in it when the way in is `bulk`."""
    if target.channel == "webhook":
        return signed_webhook(target, f"msg-{seed}{number:09d}", webhook_body(facts(number, seed, at)), at)
    if target.channel == "yanxuan":
        return signed_yanxuan(target, compact(yanxuan_order(facts(number, seed, at))).decode(), at)
    orders = [webhook_order(facts(number * size + index, seed, at)) for index in range(size)]
    body = compact({"shop": "bench", "orders": orders})
    return http_request(target, body, {"Authorization": f"Bearer {target.token}", "Content-Type": "application/json"})


def signed_webhook(target: Target, message_id: str, body: bytes, at: datetime) -> bytes:
    """A whole request with BODY, whatever it is, and its right signature."""
    headers = webhook_headers(target.secret, message_id, body, at)
    return http_request(target, body, {"Content-Type": "application/json", **headers})


def signed_yanxuan(target: Target, order: str, at: datetime) -> bytes:
    """A whole request that brings ORDER, whatever text it is, with its right signature."""
    form = yanxuan_form(target, CREATE, at, order=order)
    body = urlencode(form, errors="surrogatepass").encode()
    return http_request(target, body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def http_request(target: Target, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST over HTTP/1.1."""
    lines = [f"POST {target.path} HTTP/1.1", f"Host: 127.0.0.1:{target.port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def accepted(channel: str, status: int, body: bytes) -> bool:
    """Whether an answer promises that the order is stored; a channel with an envelope says so inside."""
    if not 200 <= status < 300:
        return False
    if channel != "yanxuan":
        return True
    try:
        return str(json.loads(body)["code"]) == "200"
    except (ValueError, KeyError, TypeError):
        return False
