"""A distributor with a connection, and how it calls us."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from jiedan.connectors import accounts
from jiedan.connectors.models import Account
from jiedan.connectors.yanxuan import protocol
from jiedan.core import clock
from tests.cast import Cast

KEY, SECRET = "demo-yanxuan-key", "demo-yanxuan-secret"


class Distributor:
    """Calls a connection as its client program would."""

    def __init__(self, code: str, key: str = KEY, secret: str = SECRET) -> None:
        self.path = f"/connect/yanxuan/{code}"
        self.key = key
        self.secret = secret
        self.client = Client(raise_request_exception=True)

    def signed(self, method: str, **business: str) -> dict[str, str]:
        return protocol.signed(method, business, self.key, self.secret, clock.now())

    def send(self, given: dict[str, str]) -> Any:
        return self.client.post(self.path, given_body(given), content_type="application/x-www-form-urlencoded")

    def call(self, method: str, **business: str) -> dict[str, Any]:
        answer = self.send(self.signed(method, **business))
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def create(self, order: dict[str, Any]) -> dict[str, Any]:
        return self.call(protocol.CREATE, order=json.dumps(order, ensure_ascii=False))


def given_body(given: dict[str, str]) -> str:
    return urlencode(given)


def connected(code: str, shop: str = "hangzhou", address: str = "") -> Account:
    return accounts.connect(
        "yanxuan", shop, "严选分销", address, {"app_key": KEY, "secret": SECRET}, clock.now(), code=code
    )


@pytest.fixture
def account(cast: Cast) -> Iterator[Account]:
    accounts.forget()
    yield connected("fenxiao-1")
    accounts.forget()


@pytest.fixture
def distributor(account: Account) -> Distributor:
    return Distributor(account.code)
