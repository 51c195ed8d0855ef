"""The simulated platform's state and what it answers; simulator.py puts it on HTTP.

Assumptions where no public client shows the platform's rule: orders are listed newest first, both ends of a period
count, a cancelled order keeps the time at which its cancelling began, a partly shipped order counts as shipped.
"""

import random
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jiedan.connectors.kaola import protocol
from jiedan.core import clock

APP_KEY, SECRET, TOKEN = "demo-app-key", "demo-app-secret", "demo-access-token"
TOLERANCE = timedelta(minutes=10)
LONGEST = timedelta(hours=24)
COMPANIES = {"SF": "顺丰", "ZTO": "中通", "YTO": "圆通", "STO": "申通", "YUNDA": "韵达", "EMS": "EMS", "JD": "京东快递"}
_TIMES = {
    "1": "pay_success_time",
    "2": "deliver_time",
    "3": "finish_time",
    "1001": "waiting_deliver_time",
    "1005": "waiting_cancel_time",
}
"""date_type → the order's time that a search goes by."""
_REFUND_STAGE = {1: 1, 11: 1, 5: 1, 2: 2, 6: 2, 7: 2, 3: 3, 4: 3, 12: 4, 13: 4, 15: 4, 8: 5, 9: 5, 10: 5, 14: 5}
"""refund_status_detail → refund_status."""

Answer = dict[str, Any]


class Refused(Exception):
    """The platform refuses a request: code and message as it words them, perhaps a detailed code."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.detail = detail

    def envelope(self) -> Answer:
        """The refusal as it is sent."""
        details = [{"code": self.detail, "msg": str(self)}] if self.detail else None
        return protocol.refusal(self.code, str(self), details)


@dataclass
class Platform:
    """Orders, refunds, and what clients did; `faults` is the share of answers that go wrong, `stall` a slow one's seconds."""

    seed: int = 1
    now: Callable[[], datetime] = clock.now
    orders: dict[str, Answer] = field(default_factory=dict)
    refunds: dict[str, Answer] = field(default_factory=dict)
    deliveries: list[dict[str, str]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    """Orders that no search shows, though they can be asked for."""
    faults: float = 0.0
    next_faults: list[str] = field(default_factory=list)
    next_answers: list[tuple[int, bytes]] = field(default_factory=list)
    stall: float = 0.5
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a simulation

    def add(self, order: Answer) -> str:
        """Put a paid order on the platform; returns its number."""
        with self.lock:
            self.orders[order["order_id"]] = order
        return str(order["order_id"])

    def edit(self, order_id: str, **changes: Any) -> None:
        """Change fields of an order."""
        with self.lock:
            self.orders[order_id].update(changes)

    def remove(self, order_id: str) -> None:
        """Take an order off the platform, as if it had never been there."""
        with self.lock:
            del self.orders[order_id]

    def cancel(self, order_id: str, status: int = protocol.CANCELLED, at: datetime | None = None) -> None:
        """The customer cancels (6) or asks to (5)."""
        with self.lock:
            order = self.orders[order_id]
            order["order_status"] = status
            order["waiting_cancel_time"] = protocol.stamp(at or self.now())

    def ask_refund(self, order_id: str, refund_id: str, at: datetime | None = None, **changes: Any) -> str:
        """The customer asks for the money of the order's first line back."""
        with self.lock:
            order = self.orders[order_id]
            sku = order["order_skus"][0]
            self.refunds[refund_id] = {
                "order_id": order_id, "refund_id": refund_id, "refund_status_detail": 1, "refund_type": 1,
                "refund_fee": sku["real_totle_price"], "refund_reason": "质量问题", "user_comment": "与描述不符",
                "refund_create_time": protocol.stamp(at or self.now()), "user_account": order["buyer_account"],
                "user_name": order["receiver_name"], "express_company_name": None, "express_no": None, "refund_desc": None,
                "refund_skus": [{
                    "barcode": sku["barcode"], "is_gift": 0, "item_name": sku["product_name"], "sku_key": sku["sku_key"],
                    "sku_outer_id": sku["sku_outer_id"], "item_key": sku["goods_no"], "item_outer_id": sku["goods_no"],
                    "refund_count": sku["count"],
                }],
                **changes,
            }  # fmt: skip
        return refund_id

    def call(self, given: Mapping[str, str]) -> Answer:
        """Answer a request, whose parameters are all of GIVEN. Raises Refused."""
        with self.lock:
            self.requests.append(
                {name: given[name] for name in given if name not in ("sign", "secret", "access_token")}
            )
        self._check(given)
        answer = METHODS.get(given["method"])
        if answer is None:
            raise Refused("illegal_param", f"method {given['method']} is not known")
        with self.lock:
            return {protocol.wrapper(given["method"]): answer(self, given)}

    def _check(self, given: Mapping[str, str]) -> None:
        for name in ("app_key", "method", "access_token", "timestamp", "sign"):
            if not given.get(name):
                raise Refused("missing_app_key" if name == "app_key" else "illegal_param", f"{name} is missing")
        if given["app_key"] != APP_KEY or given["access_token"] != TOKEN:
            raise Refused("illegal_param", "app_key or access_token is not known")
        if not protocol.verified(given, SECRET):
            raise Refused("illegal_param", "sign is wrong")
        if abs(self.now() - _moment(given, "timestamp")) > TOLERANCE:
            raise Refused("illegal_param", "timestamp is too far off")


def _moment(given: Mapping[str, str], name: str) -> datetime:
    try:
        return protocol.moment(given.get(name, ""))
    except ValueError as error:
        raise Refused("illegal_param", f"{name} is missing or unreadable") from error


def _whole(given: Mapping[str, str], name: str, default: str = "") -> int:
    text = given.get(name) or default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("illegal_param", f"{name} is missing or no number")
    return int(text)


def _page(given: Mapping[str, str], rows: list[Answer], name: str) -> Answer:
    page, size = _whole(given, "page_no", "1"), _whole(given, "page_size", "20")
    if page < 1 or not 1 <= size <= protocol.LARGEST_PAGE:
        raise Refused("illegal_param", "page_no or page_size is out of range")
    return {"total_count": len(rows), name: rows[(page - 1) * size : page * size]}


def _period(given: Mapping[str, str]) -> tuple[str, str]:
    start, end = _moment(given, "start_time"), _moment(given, "end_time")
    if end < start or end - start > LONGEST:
        raise Refused("illegal_param", "the period may be 24 hours at most")
    return protocol.stamp(start), protocol.stamp(end)


def _within(rows: Iterable[Answer], name: str, period: tuple[str, str], number: str) -> list[Answer]:
    # The platform's times compare like their text.
    found = [row for row in rows if period[0] <= (row.get(name) or "") <= period[1]]
    return sorted(found, key=lambda row: (row[name], row[number]), reverse=True)


def _search(platform: Platform, given: Mapping[str, str]) -> Answer:
    status, moment = _whole(given, "order_status"), _TIMES.get(given.get("date_type", ""))
    if moment is None:
        raise Refused("illegal_param", "date_type is missing or not known")
    wanted = {status, protocol.SHIPPING} if status == protocol.PAID else {status}
    shown = (order for number, order in platform.orders.items() if number not in platform.hidden)
    rows = [order for order in shown if order["order_status"] in wanted]
    if given.get("order_id"):
        rows = [order for order in rows if order["order_id"] == given["order_id"]]
    return _page(given, _within(rows, moment, _period(given), "order_id"), "orders")


def _order(platform: Platform, given: Mapping[str, str]) -> Answer:
    found = platform.orders.get(given.get("order_id", ""))
    if found is None:
        raise Refused("Business_error_code", "the order does not exist", f"{given['method']}.order_not_exist")
    return found


def _get(platform: Platform, given: Mapping[str, str]) -> Answer:
    return {"order": _order(platform, given)}


def _parcels(given: Mapping[str, str]) -> list[Answer]:
    codes, numbers = (given.get(name, "").split(",") for name in ("express_company_code", "express_no"))
    if len(codes) != len(numbers) or not all(numbers) or any(code not in COMPANIES for code in codes):
        raise Refused("illegal_param", "express_company_code and express_no do not fit")
    return [{"express_company_code": code, "express_no": no} for code, no in zip(codes, numbers, strict=True)]


def _check_skus(order: Mapping[str, Any], parcels: list[Answer], text: str) -> None:
    # "sku:count|sku:count,sku:count": one group a parcel, none more than was ordered.
    ordered = {str(sku["sku_key"]): int(sku["count"]) for sku in order["order_skus"]}
    groups = text.split(",")
    for part in "|".join(groups).split("|"):
        key, _, count = part.rpartition(":")
        ordered[key] = ordered.get(key, 0) - (int(count) if count.isascii() and count.isdigit() else 10**9)
    if len(groups) != len(parcels) or min(ordered.values()) < 0:
        raise Refused("illegal_param", "sku_info does not fit the order")


def _ship(platform: Platform, given: Mapping[str, str], allowed: set[int]) -> Answer:
    order = _order(platform, given)
    parcels = _parcels(given)
    if given.get("sku_info"):
        _check_skus(order, parcels, given["sku_info"])
    if order["order_status"] not in allowed:
        raise Refused(
            "Business_error_code", "the order can not be shipped in its state", f"{given['method']}.status_error"
        )
    at = protocol.stamp(platform.now())
    order |= {"order_status": protocol.SHIPPED, "deliver_time": order.get("deliver_time") or at}
    order["order_expresses"] = [*(order.get("order_expresses") or []), *parcels]
    platform.deliveries += [{"order_id": order["order_id"], **parcel} for parcel in parcels]
    return {"order_id": order["order_id"], "modify_time": at}


def _deliver(platform: Platform, given: Mapping[str, str]) -> Answer:
    return _ship(platform, given, {protocol.PAID, protocol.SHIPPING})


def _add_package(platform: Platform, given: Mapping[str, str]) -> Answer:
    return _ship(platform, given, {protocol.PAID, protocol.SHIPPING, protocol.SHIPPED})


def _companies(_platform: Platform, _given: Mapping[str, str]) -> Answer:
    rows = [{"express_company_code": code, "express_company_name": name} for code, name in COMPANIES.items()]
    return {"logistics_companys": rows}


def _refund_search(platform: Platform, given: Mapping[str, str]) -> Answer:
    status = _whole(given, "refund_status")
    rows = [row for row in platform.refunds.values() if _REFUND_STAGE.get(row.get("refund_status_detail", 1)) == status]
    return _page(given, _within(rows, "refund_create_time", _period(given), "refund_id"), "refunds")


def _refund(platform: Platform, given: Mapping[str, str]) -> Answer:
    found = platform.refunds.get(given.get("refund_id", ""))
    if found is None:
        raise Refused("Business_error_code", "the refund does not exist", f"{given['method']}.refund_not_exist")
    return found


def _refund_get(platform: Platform, given: Mapping[str, str]) -> Answer:
    return {"refundDetailInfoDTO": _refund(platform, given)}


def _settling(before: set[int], after: int, needs: str = "") -> Callable[[Platform, Mapping[str, str]], Answer]:
    def settle(platform: Platform, given: Mapping[str, str]) -> Answer:
        refund = _refund(platform, given)
        if needs and not given.get(needs):
            raise Refused("illegal_param", f"{needs} is missing")
        if refund["refund_status_detail"] not in before:
            raise Refused(
                "Business_error_code", "not possible in the refund's state", f"{given['method']}.status_error"
            )
        refund["refund_status_detail"] = after
        return {"refund_id": refund["refund_id"], "modify_time": protocol.stamp(platform.now())}

    return settle


METHODS: dict[str, Callable[[Platform, Mapping[str, str]], Answer]] = {
    "kaola.order.search": _search,
    "kaola.order.get": _get,
    "kaola.logistics.deliver": _deliver,
    "kaola.logistics.package.add": _add_package,
    "kaola.logistics.companies.get": _companies,
    "kaola.refund.search": _refund_search,
    "kaola.refund.get": _refund_get,
    "kaola.refund.agree": _settling({1, 6, 11}, 2),
    "kaola.refund.refuse": _settling({1, 11}, 3, "refund_refuse_reason"),
    "kaola.refundgoods.agree": _settling({1, 11}, 4),
    "kaola.refundgoods.refuse": _settling({1, 11}, 12, "refund_refuse_reason"),
}
