"""Calling Kaola's open platform; every kind of useless answer becomes an error that says what to do."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from jiedan.connectors.kaola import protocol
from jiedan.core import clock
from jiedan.core.strict_json import JsonRefused, loads

LARGEST_ANSWER = 16 << 20
TIME_OUT = httpx.Timeout(10.0, connect=5.0)


class KaolaError(Exception):
    """The platform couldn't be used; the message says what was asked, what came back, and what to do."""


class KaolaUnreachable(KaolaError):
    """No answer: time-out, cut connection, 5xx. Trying again later helps."""


class KaolaUnreadable(KaolaError):
    """An answer that isn't what the platform promises."""


class KaolaRefused(KaolaError):
    """The platform refused the request, with its code and details."""

    def __init__(self, message: str, code: str, details: list[Any]) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


class KaolaClient:
    """One shop's access. Redirects are not followed: the signature is for this address alone."""

    def __init__(
        self,
        address: str,
        app_key: str,
        secret: str,
        access_token: str,
        http: httpx.Client | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._address = address
        self._app_key = app_key
        self._secret = secret
        self._access_token = access_token
        self._http = http or httpx.Client(timeout=TIME_OUT, follow_redirects=False)
        self._now = now

    def __enter__(self) -> "KaolaClient":
        return self

    def __exit__(self, *_unused: object) -> None:
        self._http.close()

    def search_orders(
        self, status: int, date_type: int, start: datetime, end: datetime, page: int, size: int = 50
    ) -> tuple[int, list[Any]]:
        """How many orders the window holds, and those of one page (1…)."""
        answer = self._call(
            "kaola.order.search",
            order_status=str(status),
            date_type=str(date_type),
            start_time=protocol.stamp(start),
            end_time=protocol.stamp(end),
            page_no=str(page),
            page_size=str(size),
        )
        return self._counted("kaola.order.search", answer, "orders")

    def get_order(self, order_id: str) -> dict[str, Any]:
        """One order as the platform has it now."""
        answer = self._call("kaola.order.get", order_id=order_id)
        order = answer.get("order")
        if not isinstance(order, dict):
            raise KaolaUnreadable(f"kaola.order.get {order_id}: the answer has no order")
        return order

    def search_refunds(
        self, status: int, start: datetime, end: datetime, page: int, size: int = 50
    ) -> tuple[int, list[Any]]:
        """How many refunds the window holds, and those of one page."""
        answer = self._call(
            "kaola.refund.search",
            refund_status=str(status),
            start_time=protocol.stamp(start),
            end_time=protocol.stamp(end),
            page_no=str(page),
            page_size=str(size),
        )
        return self._counted("kaola.refund.search", answer, "refunds")

    def deliver(self, order_id: str, company_code: str, express_no: str, sku_info: str = "") -> dict[str, Any]:
        """Write back that an order was shipped: carrier code and waybill number(s), comma lists for several."""
        more = {"sku_info": sku_info} if sku_info else {}
        return self._call(
            "kaola.logistics.deliver",
            order_id=order_id,
            express_company_code=company_code,
            express_no=express_no,
            **more,
        )

    def add_package(self, order_id: str, company_code: str, express_no: str) -> dict[str, Any]:
        """Add a package to an order already shipped."""
        return self._call(
            "kaola.logistics.package.add", order_id=order_id, express_company_code=company_code, express_no=express_no
        )

    def logistics_companies(self) -> list[Any]:
        """The carriers that the platform knows."""
        answer = self._call("kaola.logistics.companies.get")
        companies = answer.get("logistics_companies")
        if not isinstance(companies, list):
            raise KaolaUnreadable("kaola.logistics.companies.get: the answer has no list of companies")
        return companies

    def _call(self, method: str, **arguments: str) -> dict[str, Any]:
        parameters = {
            "method": method,
            "app_key": self._app_key,
            "access_token": self._access_token,
            "timestamp": protocol.stamp(self._now()),
            "v": "1.0",
            **arguments,
        }
        parameters["sign"] = protocol.sign(parameters, self._secret)
        return self._opened(method, self._read(method, parameters))

    def _read(self, method: str, parameters: Mapping[str, str]) -> Any:
        body = bytearray()
        try:
            with self._http.stream("POST", self._address, data=dict(parameters)) as response:
                if response.status_code != 200:
                    kind = KaolaUnreachable if response.status_code >= 500 else KaolaUnreadable
                    raise kind(f"{method}: the platform answered with HTTP {response.status_code}; try again later")
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        raise KaolaUnreadable(f"{method}: the answer is larger than 16 MiB; ask for a smaller window")
        except httpx.HTTPError as error:
            raise KaolaUnreachable(f"{method}: no answer ({type(error).__name__}); it is tried again") from error
        try:
            return loads(bytes(body))
        except JsonRefused as error:
            raise KaolaUnreadable(f"{method}: the answer can't be read: {error}") from error

    def _opened(self, method: str, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise KaolaUnreadable(f"{method}: the answer is {type(answer).__name__}, not an object")
        error = answer.get("error_response")
        if isinstance(error, dict):
            details = error.get("subErrors")
            text = f"{method}: refused, {error.get('code')}: {error.get('msg')}; check the shop's credentials and the request"
            raise KaolaRefused(text, str(error.get("code")), details if isinstance(details, list) else [])
        inner = answer.get(protocol.wrapper(method))
        if not isinstance(inner, dict):
            raise KaolaUnreadable(f"{method}: the answer lacks {protocol.wrapper(method)}")
        return inner

    def _counted(self, method: str, answer: Mapping[str, Any], name: str) -> tuple[int, list[Any]]:
        rows = answer.get(name)
        count = answer.get("total_count")
        if isinstance(count, str) and count.isascii() and count.isdigit():
            count = int(count)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise KaolaUnreadable(f"{method}: total_count is {count!r}, not a number")
        if not isinstance(rows, list) and not (rows is None and count == 0):
            raise KaolaUnreadable(f"{method}: {name} is {type(rows).__name__}, not a list")
        return count, rows or []
