"""What the health of a connection says: works, fails, fell silent, how far behind, and the figures for monitoring."""

from datetime import datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import Client

from jiedan.connectors import accounts, health, quarantine
from jiedan.connectors.health import Errors, Health, is_silent
from jiedan.connectors.models import Account, Message
from jiedan.core import clock
from tests.cast import FRIDAY, Cast, received

HOUR = timedelta(hours=1)


@pytest.fixture
def sender(cast: Cast) -> Account:
    return accounts.connect(
        "webhook",
        "guanwang",
        "官网商城",
        "",
        {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        clock.now(),
        code="guanwang",
    )


@pytest.fixture
def pulled(cast: Cast) -> Account:
    credentials = {"app_key": "k", "secret": "s", "access_token": "t"}
    return accounts.connect("kaola", "hangzhou", "考拉杭州店", "http://127.0.0.1:9/", credentials, clock.now())


def came(account: Account, *moments: datetime, outcome: str = "created") -> None:
    Message.objects.bulk_create(
        Message(account=account, message_id=f"{at}", kind="order", digest="d", received_at=at, outcome=outcome)
        for at in moments
    )


def wrong(account: Account, count: int) -> None:
    for number in range(count):
        quarantine.set_aside(
            account_id=account.pk, channel="webhook", kind="order", raw=str(number).encode(), cause="unreadable",
            reason=("坏", "bad"),
        )  # fmt: skip


def found() -> Health:
    (row,) = health.connections(FRIDAY)
    return row


def test_a_connection_that_got_something_works_and_says_when_and_how_much(sender: Account) -> None:
    came(sender, FRIDAY - timedelta(minutes=4), FRIDAY - timedelta(minutes=5), FRIDAY - 3 * HOUR)
    row = found()
    assert (row.state, row.last_at, row.lag) == ("works", FRIDAY - timedelta(minutes=4), timedelta(minutes=4))
    assert (row.hour, row.day) == (Errors(0, 2), Errors(0, 3))
    assert row.hours == (*[0] * 20, 1, 0, 0, 2)
    assert row.points.split()[-1] == "120.0,1.0"


def test_a_new_connection_has_received_nothing_yet(sender: Account) -> None:
    row = found()
    assert (row.state, row.last_at, row.lag, row.hour.percent) == ("new", None, None, None)


def test_a_paused_connection_is_paused_whatever_else(sender: Account) -> None:
    wrong(sender, 9)
    Account.objects.update(stage="paused")
    assert found().state == "paused"


def test_many_messages_that_cannot_be_used_are_a_failure_and_a_few_are_not(sender: Account) -> None:
    came(sender, FRIDAY - timedelta(minutes=4), FRIDAY - timedelta(minutes=5))
    wrong(sender, 4)
    assert (found().state, found().hour, found().waiting) == ("works", Errors(4, 6), 4)
    assert found().hour.percent == 67
    wrong(sender, 5)
    assert found().state == "failing"


def test_a_pull_that_failed_fails(pulled: Account) -> None:
    Account.objects.update(failures=1, last_ok_at=FRIDAY - HOUR)
    assert found().state == "failing"


def test_a_pulled_shop_is_behind_by_its_high_water_mark_and_counts_its_orders(pulled: Account) -> None:
    received("K1")
    received("K2", shop="elsewhere")
    Account.objects.update(high_water=FRIDAY - timedelta(seconds=70), last_ok_at=FRIDAY)
    row = found()
    assert (row.state, row.lag, row.hour) == ("works", timedelta(seconds=70), Errors(0, 1))
    assert (row.last_at, row.next_run) == (FRIDAY, FRIDAY)


def test_a_shop_that_nobody_has_read_for_a_while_is_behind(pulled: Account) -> None:
    Account.objects.update(high_water=FRIDAY - timedelta(minutes=15), last_ok_at=FRIDAY)
    assert found().state == "works"
    Account.objects.update(high_water=FRIDAY - timedelta(minutes=15, seconds=1))
    assert found().state == "behind"


def test_a_shop_that_usually_sends_at_this_hour_and_does_not_is_silent(sender: Account) -> None:
    came(sender, *(FRIDAY - timedelta(days=back, minutes=30) for back in range(1, 15)))
    assert found().state == "silent"
    came(sender, FRIDAY - timedelta(minutes=59))
    assert found().state == "works"


def test_a_shop_that_never_sends_at_this_hour_is_not_silent(sender: Account) -> None:
    came(sender, *(FRIDAY - timedelta(days=back, hours=4) for back in range(1, 15)))
    assert found().state == "works"


@pytest.mark.parametrize(
    ("days", "silent"),
    [
        ([], False),
        ([True] * 6, False),
        ([True] * 7, True),
        ([True] * 12 + [False] * 2, True),
        ([True] * 11 + [False] * 3, False),
        ([False] * 14, False),
    ],
)
def test_silence_means_something_only_against_a_weeks_habit(days: list[bool], silent: bool) -> None:
    assert is_silent(days) is silent


def test_monitoring_gets_sums_and_no_shop_by_name(sender: Account, pulled: Account) -> None:
    came(sender, FRIDAY - timedelta(minutes=4))
    wrong(sender, 2)
    Account.objects.filter(pk=pulled.pk).update(failures=2, high_water=FRIDAY - HOUR)
    text = Client().get("/metrics").content.decode()
    lines = set(text.splitlines())
    assert lines >= {
        "jiedan_connections_works 1", "jiedan_connections_failing 1", "jiedan_connections_silent 0",
        "jiedan_connections_lag_seconds 3600", "jiedan_connections_messages_last_hour 3",
        "jiedan_connections_errors_last_hour 2", "jiedan_quarantine_waiting 2", "jiedan_reconciliation_days_open 0",
    }  # fmt: skip
    assert "guanwang" not in text


def test_a_failing_connection_does_not_make_the_installation_unready(pulled: Account) -> None:
    before = Client().get("/readyz").json()["problems"]
    Account.objects.update(failures=9)
    assert Client().get("/readyz").json()["problems"] == before


def test_the_panel_names_the_shop_its_state_and_draws_without_styles(sender: Account) -> None:
    came(sender, FRIDAY - timedelta(minutes=4))
    text = Template("{% load health %}{% connection_health %}").render(Context())
    assert "官网商城" in text
    assert 'data-tone="ok"' in text
    assert "<polyline points=" in text
    assert "style=" not in text
    assert "<c-" not in text
