"""Messages that can't be used: kept once, bounded, settled by better ones, and told of when they grow (clause 2.1.2)."""

from datetime import timedelta

import pytest
from django.core import mail

from jiedan.acquisition import intake
from jiedan.connectors import accounts, alarm, quarantine
from jiedan.connectors.models import Account, Quarantined
from jiedan.core import clock
from jiedan.kernel import notices
from jiedan.kernel.models import Notice, Record
from jiedan.kernel.verify import verify_database
from jiedan.people.models import Staff
from tests.cast import FRIDAY, Cast, incoming

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
REASON = ("签名有误", "the signature is wrong")


@pytest.fixture
def shop(cast: Cast) -> Account:
    return accounts.connect("webhook", "guanwang", "官网商城", "", {"secret": SECRET}, clock.now(), code="guanwang")


def aside(account: Account | None, text: str, cause: str = "unreadable", number: str = "") -> None:
    quarantine.set_aside(
        account_id=None if account is None else account.pk, channel="webhook", kind="order", raw=text.encode(), cause=cause,
        reason=REASON, external_id=number,
    )  # fmt: skip


def counts() -> tuple[int, int]:
    """How many are kept, and how many came."""
    rows = list(Quarantined.objects.values_list("times", flat=True))
    return len(rows), sum(rows)


def test_the_same_text_is_kept_once_and_counted(shop: Account) -> None:
    for _time in range(3):
        aside(shop, "收货人 欧阳青")
    kept = Quarantined.objects.get()
    assert (kept.times, kept.stage, kept.reason_zh, kept.reason_en) == (3, "waiting", *REASON)
    assert "欧阳青".encode() not in bytes(kept.sealed)
    record = Record.objects.get(action="connectors.set_aside")
    assert (record.subject_type, record.subject_id, "欧阳青" in record.body) == ("message", kept.pk, False)
    assert verify_database().ok


def test_of_a_flood_that_nobody_can_verify_only_some_is_kept_and_all_is_counted(
    shop: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST", 5)
    for number in range(12):
        aside(shop, f"flood {number}", "bad_signature")
    assert counts() == (5, 12)
    for number in range(7):
        aside(None, f"stranger {number}", "account_unknown")
    assert counts() == (10, 19)
    with clock.at(FRIDAY + timedelta(minutes=61)):
        aside(shop, "an hour later", "bad_signature")
    assert counts() == (11, 20)


def test_a_flood_of_large_messages_is_kept_up_to_its_size(shop: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_BYTES", 25_000)
    for number in range(6):
        aside(shop, f"{number}" * 10_000, "bad_signature")
    assert counts() == (3, 6)


def test_what_was_verified_is_kept_whole(shop: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST", 2)
    for number in range(6):
        aside(shop, f"order {number}")
    assert counts() == (6, 6)


def test_a_good_message_for_the_same_order_settles_it_and_no_other(shop: Account) -> None:
    aside(shop, "bad", number="W1")
    aside(shop, "other", number="W2")
    intake.take_in(incoming("W1", platform="webhook", shop="guanwang"))
    assert quarantine.settle(shop.pk, "W1") == 1
    stages = dict(Quarantined.objects.values_list("external_id", "stage"))
    assert stages == {"W1": "settled", "W2": "waiting"}
    assert quarantine.settle(shop.pk, "W1") == 0


def told() -> list[tuple[str, str]]:
    notices.carry_out(clock.now())
    notices.send_mail(clock.now())
    rows = Notice.objects.order_by("pk").select_related("staff")
    return [(row.reaction, row.staff.name) for row in rows]


def test_growth_beyond_the_ordinary_is_told_to_heads_and_system_administrators_once_an_hour(
    shop: Account, cast: Cast
) -> None:
    for number in range(20):
        aside(shop, f"order {number}")
    assert (alarm.look(), told()) == (0, [])
    aside(shop, "one more")
    assert (alarm.look(), alarm.look()) == (1, 0)
    found = told()
    assert ("quarantine_grows", cast.system_admin.name) in found
    assert {name for name, _person in found} == {"quarantine_grows"}
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        Staff.objects.get(name=name).email for _reaction, name in found
    )
    assert "官网商城：21 > 20" in mail.outbox[0].body
    with clock.at(FRIDAY + timedelta(minutes=90)):
        assert alarm.look() == 0
        for number in range(21):
            aside(shop, f"later {number}")
        assert alarm.look() == 1


def test_one_message_that_is_sent_again_and_again_is_no_growth(shop: Account) -> None:
    for _time in range(60):
        aside(shop, "the same", number="W1")
    assert alarm.look() == 0


def test_a_flood_is_growth_though_only_some_of_it_is_kept(shop: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST", 3)
    for number in range(21):
        aside(shop, f"flood {number}", "bad_signature")
    assert (counts(), alarm.look()) == ((3, 21), 1)


def test_many_messages_for_no_connection_are_told_to_the_system_administrators_alone(cast: Cast) -> None:
    for number in range(21):
        aside(None, f"stranger {number}", "account_unknown")
    assert (alarm.look(), alarm.look()) == (1, 0)
    assert told() == [("strangers_send", cast.system_admin.name)]
