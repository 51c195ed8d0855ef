"""Kaola's open platform played over real HTTP, for demos, tests and development: the same wire format.

It checks signatures and clocks, keeps orders and refunds in memory, and lets new orders appear as time goes by. In
fault mode it answers wrongly now and then, in ways seen in other people's integrations, by a seeded chance.
"""

import json
import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.generator import make_order, make_orders
from jiedan.core import clock

APP_KEY, SECRET, TOKEN = "demo-app-key", "demo-app-secret", "demo-access-token"
TOLERANCE = timedelta(minutes=10)
COMPANIES = (
    {"express_company_code": "SF", "express_company_name": "顺丰"},
    {"express_company_code": "ZTO", "express_company_name": "中通"},
    {"express_company_code": "YTO", "express_company_name": "圆通"},
)
FAULTS = ("error_500", "cut", "malformed", "null", "strings", "missing", "envelope", "duplicate", "shuffle", "slow")


class Refused(Exception):
    """The platform refuses a request: code and message as it words them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Platform:
    """The platform's state: orders, refunds, what clients did."""

    seed: int = 1
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved_at: dict[str, datetime] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    faults: float = 0.0
    next_faults: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a simulation

    def add(self, order: dict[str, Any]) -> str:
        """Put a paid order on the platform; returns its number."""
        with self.lock:
            self.orders[order["order_id"]] = order
        return str(order["order_id"])

    def edit(self, order_id: str, **changes: Any) -> None:
        """Change fields of an order."""
        with self.lock:
            self.orders[order_id].update(changes)

    def cancel(self, order_id: str, status: int = protocol.CANCELLED, at: datetime | None = None) -> None:
        """The customer cancels (6) or asks to (5)."""
        with self.lock:
            self.orders[order_id]["order_status"] = status
            self.moved_at[order_id] = at or clock.now()

    def call(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """Answer a request. Raises Refused."""
        given = {name: value for name, value in parameters.items() if name != "secret"}
        with self.lock:
            self.requests.append(given)
        _check(parameters)
        method = parameters["method"]
        answer = _METHODS.get(method)
        if answer is None:
            raise Refused("illegal_param", f"method {method} is not known")
        with self.lock:
            return {protocol.wrapper(method): answer(self, given)}


def _check(parameters: Mapping[str, str]) -> None:
    for name in ("method", "app_key", "access_token", "timestamp", "sign"):
        if not parameters.get(name):
            raise Refused("missing_app_key" if name == "app_key" else "illegal_param", f"{name} is missing")
    if parameters["app_key"] != APP_KEY or parameters["access_token"] != TOKEN:
        raise Refused("missing_app_key", "app_key or access_token is unknown")
    if not protocol.verified(parameters, SECRET):
        raise Refused("illegal_param", "sign is wrong")
    try:
        sent = protocol.moment(parameters["timestamp"])
    except ValueError as error:
        raise Refused("illegal_param", "timestamp is unreadable") from error
    if abs(clock.now() - sent) > TOLERANCE:
        raise Refused("illegal_param", "timestamp is too far off")


def _page(given: Mapping[str, str], rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    page, size = int(given.get("page_no", "1")), int(given.get("page_size", "20"))
    if page < 1 or not 1 <= size <= protocol.LARGEST_PAGE:
        raise Refused("illegal_param", "page_no or page_size is out of range")
    return {"total_count": len(rows), name: rows[(page - 1) * size : page * size]}


def _window(given: Mapping[str, str]) -> tuple[datetime, datetime]:
    try:
        start, end = protocol.moment(given["start_time"]), protocol.moment(given["end_time"])
    except (KeyError, ValueError) as error:
        raise Refused("illegal_param", "start_time or end_time is missing or unreadable") from error
    if end < start or end - start > timedelta(hours=24):
        raise Refused("illegal_param", "the window may be 24 hours at most")
    return start, end


def _search(platform: Platform, given: Mapping[str, str]) -> dict[str, Any]:
    start, end = _window(given)
    status = int(given.get("order_status", "0"))
    wanted = {status, protocol.SHIPPING} if status == protocol.PAID else {status}
    rows = [
        order
        for order in platform.orders.values()
        if order["order_status"] in wanted and start <= _searched_by(platform, given, order) <= end
    ]
    # Newest first, as the platform lists them: rows move to later pages when new ones come in.
    rows.sort(key=lambda order: (_searched_by(platform, given, order), order["order_id"]), reverse=True)
    return _page(given, rows, "orders")


def _searched_by(platform: Platform, given: Mapping[str, str], order: Mapping[str, Any]) -> datetime:
    if given.get("date_type") == str(protocol.BY_CANCEL):
        return platform.moved_at.get(order["order_id"]) or protocol.moment(order["pay_success_time"])
    return protocol.moment(order["pay_success_time"])


def _order(platform: Platform, given: Mapping[str, str]) -> dict[str, Any]:
    found = platform.orders.get(given.get("order_id", ""))
    if found is None:
        raise Refused("Business_error_code", "the order does not exist")
    return found


def _get(platform: Platform, given: Mapping[str, str]) -> dict[str, Any]:
    return {"order": _order(platform, given)}


def _deliver(platform: Platform, given: Mapping[str, str]) -> dict[str, Any]:
    order = _order(platform, given)
    if order["order_status"] not in (protocol.PAID, protocol.SHIPPING):
        raise Refused("Business_error_code", "the order can not be shipped in its state")
    codes, numbers = given.get("express_company_code", "").split(","), given.get("express_no", "").split(",")
    if not all(codes) or len(codes) != len(numbers) or not all(numbers):
        raise Refused("illegal_param", "express_company_code and express_no do not fit")
    order["order_status"] = protocol.SHIPPED
    order["order_expresses"] += [
        {"express_company_code": code, "express_no": no} for code, no in zip(codes, numbers, strict=True)
    ]
    return {"order_id": order["order_id"], "modify_time": protocol.stamp(clock.now())}


def _add_package(platform: Platform, given: Mapping[str, str]) -> dict[str, Any]:
    order = _order(platform, given)
    if order["order_status"] != protocol.SHIPPED:
        raise Refused("Business_error_code", "the order is not shipped")
    order["order_expresses"].append(
        {"express_company_code": given.get("express_company_code"), "express_no": given.get("express_no")}
    )
    return {"order_id": order["order_id"], "modify_time": protocol.stamp(clock.now())}


def _refund_search(platform: Platform, given: Mapping[str, str]) -> dict[str, Any]:
    start, end = _window(given)
    rows = [row for row in platform.refunds.values() if start <= protocol.moment(row["refund_create_time"]) <= end]
    rows = [row for row in rows if str(row.get("refund_status", 1)) == given.get("refund_status", "1")]
    return _page(given, rows, "refunds")


def _companies(_platform: Platform, _given: Mapping[str, str]) -> dict[str, Any]:
    return {"logistics_companies": list(COMPANIES)}


_METHODS = {
    "kaola.order.search": _search,
    "kaola.order.get": _get,
    "kaola.logistics.deliver": _deliver,
    "kaola.logistics.package.add": _add_package,
    "kaola.logistics.companies.get": _companies,
    "kaola.refund.search": _refund_search,
}


class _Handler(BaseHTTPRequestHandler):
    """GET with a query, POST with a form body, POST with a query and no body: all three are answered."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    platform: Platform

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(self.rfile.read(length).decode("utf-8", "replace"))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: requests carry signatures and tokens."""

    def _answer(self, body: str) -> None:
        text = body or urlsplit(self.path).query
        parameters = dict(parse_qsl(text, keep_blank_values=True))
        try:
            answer: dict[str, Any] = self.platform.call(parameters)
        except Refused as refused:
            answer = protocol.refusal(refused.code, str(refused))
        except (ValueError, KeyError):
            answer = protocol.refusal("illegal_param", "a parameter is unreadable")
        fault = self._fault()
        if fault == "cut":
            self.close_connection = True
            return
        status, data = _with_fault(fault, answer, self.platform.dice)
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _fault(self) -> str:
        with self.platform.lock:
            if self.platform.next_faults:
                return self.platform.next_faults.pop(0)
            return self.platform.dice.choice(FAULTS) if self.platform.dice.random() < self.platform.faults else ""


def _with_fault(fault: str, answer: dict[str, Any], dice: random.Random) -> tuple[int, bytes]:
    if fault == "error_500":
        return 500, b"<html>busy</html>"
    if fault == "null":
        return 200, b"null"
    if fault == "envelope":
        answer = protocol.refusal("Sys_error_code", "system busy")
    if fault == "slow":
        time.sleep(0.5)
    text = json.dumps(answer, ensure_ascii=False)
    if fault == "malformed":
        text = text[: len(text) // 2]
    elif fault in ("strings", "missing", "duplicate", "shuffle"):
        text = json.dumps(_bent(fault, json.loads(text), dice), ensure_ascii=False)
    return 200, text.encode()


def _bent(fault: str, answer: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    inner = next(iter(answer.values()))
    rows = inner.get("orders") if isinstance(inner, dict) else None
    if not rows:
        return answer
    if fault == "strings":
        inner["total_count"] = str(inner["total_count"])
        for order in rows:
            order |= {"order_status": str(order["order_status"]), "order_business_remark": "null"}
    elif fault == "missing":
        rows[dice.randrange(len(rows))].pop("order_real_price", None)
    elif fault == "duplicate":
        rows.append(rows[0])
    else:
        dice.shuffle(rows)
    return answer


@contextmanager
def running(platform: Platform | None = None, port: int = 0) -> Iterator[tuple[str, Platform]]:
    """A simulator on a free port: its address and its platform."""
    found = platform or Platform()
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"platform": found}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/router", found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def serve(port: int, orders: int = 40, seed: int = 1, rate: float = 4.0, faults: bool = False) -> None:
    """Run the simulator until it is stopped; RATE new orders a minute, one in twenty of them cancelled later."""
    platform = Platform(seed=seed, faults=0.05 if faults else 0.0)
    for order in make_orders(orders, seed, clock.now()):
        platform.add(order)
    with running(platform, port):
        number = orders
        while True:
            time.sleep(60 / max(rate, 0.01))
            number += 1
            platform.add(make_order(platform.dice, number, clock.now()))
            if platform.dice.random() < 0.05:
                _cancel_one(platform)


def _cancel_one(platform: Platform) -> None:
    paid = [key for key, order in platform.orders.items() if order["order_status"] == protocol.PAID]
    if paid:
        platform.cancel(platform.dice.choice(paid), platform.dice.choice((protocol.CANCEL_ASKED, protocol.CANCELLED)))
