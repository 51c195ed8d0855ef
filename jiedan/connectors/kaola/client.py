"""Calling Kaola's open platform; every kind of useless answer becomes an error that says what to do."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from jiedan.connectors.kaola import protocol
from jiedan.connectors.kaola.problems import (
    KaolaError,
    KaolaMisconfigured,
    KaolaRefused,
    KaolaUnreachable,
    KaolaUnreadable,
    refused,
)
from jiedan.core import clock
from jiedan.core.strict_json import JsonRefused, loads

__all__ = ["KaolaClient", "KaolaError", "KaolaMisconfigured", "KaolaRefused", "KaolaUnreachable", "KaolaUnreadable"]

LARGEST_ANSWER = 16 << 20
TIME_OUT = httpx.Timeout(10.0, connect=5.0)
LONGEST_ANSWER = 60.0
"""Seconds that an answer may take as a whole, however steadily it trickles in."""

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_WRITING = {"kaola.logistics.deliver", "kaola.logistics.package.add"}


class KaolaClient:
    """One shop's access. Redirects are not followed: the signature is for this address alone.

    An HTTP client that is passed in stays open; it brings its own time-outs. Raises KaolaMisconfigured.
    """

    def __init__(
        self,
        address: str,
        app_key: str,
        secret: str,
        access_token: str,
        http: httpx.Client | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._address = _checked(address)
        self._app_key = app_key
        self._secret = secret
        self._access_token = access_token
        self._http = http or httpx.Client(timeout=TIME_OUT, follow_redirects=False)
        self._lent = http is not None
        self._now = now

    def __enter__(self) -> "KaolaClient":
        return self

    def __exit__(self, *_unused: object) -> None:
        if not self._lent:
            self._http.close()

    def search_orders(
        self, status: int, date_type: int, start: datetime, end: datetime, page: int, size: int = 50
    ) -> tuple[int, list[Any]]:
        """How many orders the window holds, and those of one page (1…). Raises KaolaError, like every call here."""
        asked, answer = self._call(
            "kaola.order.search",
            order_status=str(status),
            date_type=str(date_type),
            start_time=protocol.stamp(start),
            end_time=protocol.stamp(end),
            page_no=str(page),
            page_size=str(size),
        )
        return _counted(asked, answer, "orders")

    def get_order(self, order_id: str) -> dict[str, Any]:
        """One order as the platform has it now."""
        asked, answer = self._call("kaola.order.get", order_id=order_id)
        order = answer.get("order")
        if not isinstance(order, dict):
            raise _unreadable(asked, "没有订单", "it has no order")
        return order

    def search_refunds(
        self, status: int, start: datetime, end: datetime, page: int, size: int = 50
    ) -> tuple[int, list[Any]]:
        """How many refunds the window holds, and those of one page."""
        asked, answer = self._call(
            "kaola.refund.search",
            refund_status=str(status),
            start_time=protocol.stamp(start),
            end_time=protocol.stamp(end),
            page_no=str(page),
            page_size=str(size),
        )
        return _counted(asked, answer, "refunds")

    def deliver(self, order_id: str, company_code: str, express_no: str, sku_info: str = "") -> dict[str, Any]:
        """Write back that an order was shipped: carrier code and waybill number(s), comma lists for several."""
        more = {"sku_info": sku_info} if sku_info else {}
        arguments = {"order_id": order_id, "express_company_code": company_code, "express_no": express_no, **more}
        return self._call("kaola.logistics.deliver", **arguments)[1]

    def add_package(self, order_id: str, company_code: str, express_no: str) -> dict[str, Any]:
        """Add a package to an order; one that isn't shipped yet is shipped by it."""
        arguments = {"order_id": order_id, "express_company_code": company_code, "express_no": express_no}
        return self._call("kaola.logistics.package.add", **arguments)[1]

    def logistics_companies(self) -> list[Any]:
        """The carriers that the platform knows."""
        asked, answer = self._call("kaola.logistics.companies.get")
        # The platform's own spelling, seen in two independent clients.
        companies = answer.get("logistics_companys")
        if not isinstance(companies, list):
            raise _unreadable(asked, "没有快递公司列表", "it has no list of carriers")
        return companies

    def _call(self, method: str, **arguments: str) -> tuple[str, dict[str, Any]]:
        parameters = {
            "method": method,
            "app_key": self._app_key,
            "access_token": self._access_token,
            "timestamp": protocol.stamp(self._now()),
            "v": "1.0",
            **arguments,
        }
        parameters["sign"] = protocol.sign(parameters, self._secret)
        asked = " ".join([method, *(f"{name}={value}" for name, value in arguments.items())])
        return asked, _opened(method, asked, self._read(method, asked, parameters))

    def _read(self, method: str, asked: str, parameters: Mapping[str, str]) -> Any:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            with self._http.stream(
                "POST", self._address, data=dict(parameters), headers=headers, follow_redirects=False
            ) as response:
                status = response.status_code
                if status >= 500 or status == 429:
                    raise _unreachable(method, asked, f"HTTP {status}")
                body = _whole(method, asked, response)
        except httpx.HTTPError as error:
            raise _unreachable(method, asked, type(error).__name__) from error
        try:
            answer = loads(body)
        except JsonRefused as error:
            if status == 200:
                raise _unreadable(
                    asked, f"不是可读的 JSON（{error.code}）", f"not readable JSON ({error.reason})"
                ) from error
            answer = None
        if status != 200 and not (isinstance(answer, dict) and "error_response" in answer):
            what = f"HTTP {status}"
            raise _unreadable(asked, f"{what}；请检查店铺的接口地址", f"{what}; check the shop's address") from None
        return answer


def _checked(address: str) -> str:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, TypeError) as error:
        shown = repr(address)[:80]
        zh, en = f"接口地址 {shown} 无效", f"the address {shown} is no address"
        raise KaolaMisconfigured(f"{zh}；请填写 https://…", f"{en}; enter https://…") from error
    secure = url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)
    if not secure or not url.host or url.userinfo:
        shown = f"{url.scheme}://{url.host}"
        raise KaolaMisconfigured(
            f"接口地址 {shown} 不可用：除本机模拟平台外须为 https，且不含用户名；请更正店铺的接口地址",
            f"the address {shown} can't be used: https, without a user name, except for a simulator on this machine",
        )
    return address


def _whole(method: str, asked: str, response: httpx.Response) -> bytes:
    body = bytearray()
    until = time.monotonic() + LONGEST_ANSWER
    for part in response.iter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise _unreadable(asked, "超过 16 MiB；请缩小页数", "it is larger than 16 MiB; ask for smaller pages")
        if time.monotonic() > until:
            raise _unreachable(method, asked, f"{LONGEST_ANSWER:.0f} s")
    return bytes(body)


def _opened(method: str, asked: str, answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        kind = "null" if answer is None else type(answer).__name__
        raise _unreadable(asked, f"是 {kind}，不是对象", f"it is {kind}, not an object")
    error = answer.get("error_response")
    if error is not None:
        raise refused(asked, error if isinstance(error, dict) else {"msg": error})
    inner = answer.get(protocol.wrapper(method))
    if not isinstance(inner, dict):
        raise _unreadable(asked, f"缺少 {protocol.wrapper(method)}", f"it lacks {protocol.wrapper(method)}")
    return inner


def _counted(asked: str, answer: Mapping[str, Any], name: str) -> tuple[int, list[Any]]:
    rows = answer.get(name)
    count = answer.get("total_count")
    if isinstance(count, str) and count.isascii() and count.isdigit() and len(count) < 16:
        count = int(count)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        shown = repr(count)[:40]
        raise _unreadable(asked, f"total_count 为 {shown}，不是数量", f"total_count is {shown}, not a number")
    if rows in (None, "", "null") and count == 0:
        return 0, []
    if not isinstance(rows, list):
        kind = type(rows).__name__
        raise _unreadable(asked, f"{name} 为 {kind}，不是列表", f"{name} is {kind}, not a list")
    return count, rows


def _unreadable(asked: str, zh: str, en: str) -> KaolaUnreadable:
    return KaolaUnreadable(
        f"{asked}：平台的回答无法使用：{zh}；不会写入任何数据，稍后重试，反复出现请联系平台",
        f"{asked}: the answer can't be used: {en}; nothing is stored, it is asked again later, tell the platform if it stays",
    )


def _unreachable(method: str, asked: str, what: str) -> KaolaUnreachable:
    if method in _WRITING:
        return KaolaUnreachable(
            f"{asked}：没有得到回答（{what}），平台可能已执行；请先在平台查看该订单，再决定是否重发",
            f"{asked}: no answer ({what}); it may have been carried out: look at the order there before sending again",
        )
    return KaolaUnreachable(
        f"{asked}：没有得到回答（{what}）；稍后会自动重试，请检查网络",
        f"{asked}: no answer ({what}); it is tried again later, check the network",
    )
