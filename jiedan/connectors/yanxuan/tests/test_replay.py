"""A message that was set aside comes in after its cause is mended, and only then."""

import json
from datetime import timedelta

import pytest

from jiedan.connectors import accounts
from jiedan.connectors.accounts import AccountFacts
from jiedan.connectors.models import Account, Quarantined
from jiedan.connectors.yanxuan import protocol
from jiedan.connectors.yanxuan.protocol import Refusal
from jiedan.connectors.yanxuan.replay import replay
from jiedan.connectors.yanxuan.tests.conftest import Distributor
from jiedan.connectors.yanxuan.tests.test_parse import order
from jiedan.core import clock
from jiedan.orders import vault
from jiedan.orders.models import Order
from tests.cast import FRIDAY

TEXT = json.dumps(order(), ensure_ascii=False)


@pytest.fixture
def facts(account: Account) -> AccountFacts:
    return accounts.facts_of(account)


def kept() -> tuple[str, bytes]:
    row = Quarantined.objects.get()
    return row.cause, vault.unseal(row.key.opened(), bytes(row.sealed), "quarantine")["raw"].encode()


def test_a_request_with_a_wrong_clock_comes_in_when_a_person_says_so(
    distributor: Distributor, facts: AccountFacts
) -> None:
    given = distributor.signed(protocol.CREATE, order=TEXT)
    with clock.at(FRIDAY + timedelta(hours=3)):
        assert distributor.send(given).json()["subErrCode"] == "timestamp_stale"
        replay(facts, *kept())
    assert Order.objects.get().external_id == "YX-1"


def test_a_request_signed_with_a_secret_that_was_entered_late_comes_in(
    distributor: Distributor, account: Account
) -> None:
    distributor.secret = "new-secret"
    distributor.call(protocol.CREATE, order=TEXT)
    with pytest.raises(Refusal, match="still wrong"):
        replay(accounts.facts_of(account), *kept())
    assert not Order.objects.exists()
    held = {"app_key": distributor.key, "secret": "new-secret"}
    mended = accounts.connect("yanxuan", account.shop, account.name, "", held, clock.now())
    replay(accounts.facts_of(mended), *kept())
    assert Order.objects.get().external_id == "YX-1"


def test_an_order_that_is_still_wrong_is_refused_again(distributor: Distributor, facts: AccountFacts) -> None:
    distributor.create(order(realPrice="1.00"))
    with pytest.raises(Refusal) as refused:
        replay(facts, *kept())
    assert refused.value.cause == "order_unreadable"
    assert not Order.objects.exists()


def test_an_order_that_our_rules_came_to_accept_comes_in(facts: AccountFacts) -> None:
    replay(facts, "order_unreadable", TEXT.encode())
    assert Order.objects.get().external_id == "YX-1"


@pytest.mark.parametrize("raw", [b"", b"%", b"\xff", b"null", b"a=1"])
@pytest.mark.parametrize("cause", ["order_unreadable", "parameters_unreadable", "parameter_wrong"])
def test_what_is_nothing_stays_nothing(facts: AccountFacts, cause: str, raw: bytes) -> None:
    with pytest.raises(Refusal):
        replay(facts, cause, raw)
    assert not Order.objects.exists()
