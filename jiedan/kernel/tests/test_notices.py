"""Notices and their e-mails: sent once, tried again with growing pauses, given up in the open (clause 2.1.2)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_string
from email.header import decode_header, make_header

import pytest
from pytest_django import Settings

from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel import health, notices, reactions, timers, worker
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Mail, Notice, Outbox
from jiedan.kernel.reactions import Run, pause_after
from jiedan.kernel.tests.smtp import Smtp
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Staff
from tests.cast import FRIDAY, Cast, acting, person, received


@pytest.fixture
def smtp(settings: Settings) -> Iterator[Smtp]:
    with Smtp() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


@pytest.fixture
def asked(cast: Cast) -> Order:
    """An order whose customer asks to cancel: taker and head are to get an e-mail."""
    order = received()
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    notices.carry_out(FRIDAY)
    return order


def test_the_people_concerned_get_one_mail_each_with_the_way_to_the_order(asked: Order, smtp: Smtp) -> None:
    assert [notices.send_mail(FRIDAY), notices.send_mail(FRIDAY)] == [2, 0]
    assert sorted(message_from_string(text)["To"] for text in smtp.taken) == ["s1001@example.com", "s1002@example.com"]
    mail = message_from_string(smtp.taken[0])
    assert asked.ref in str(make_header(decode_header(mail["Subject"])))
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert f"/orders/{asked.ref}/" in content.decode()
    assert list(Mail.objects.values_list("sent_at", "next_at", "error")) == [(FRIDAY, None, "")] * 2


def test_carrying_a_reaction_out_again_sends_no_second_mail(asked: Order, smtp: Smtp) -> None:
    notices.send_mail(FRIDAY)
    record = Notice.objects.filter(reaction="cancel_requested")[0].record
    Outbox.objects.create(record=record, reaction="cancel_requested", next_at=FRIDAY)
    assert notices.carry_out(FRIDAY) == 1
    assert notices.send_mail(FRIDAY) == 0
    assert (len(smtp.taken), Mail.objects.count()) == (2, 2)


def test_who_has_no_address_gets_the_notice_and_no_mail(cast: Cast, smtp: Smtp) -> None:
    Staff.objects.filter(pk=cast.head.pk).update(email="")
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "取消"}, subject=received())
    notices.carry_out(FRIDAY)
    assert notices.send_mail(FRIDAY) == 1
    assert Notice.objects.filter(staff=cast.head, reaction="cancel_requested").count() == 1


def test_a_notice_without_mail_stays_in_the_application(cast: Cast, smtp: Smtp) -> None:
    received()
    notices.carry_out(FRIDAY)
    assert (Notice.objects.get().reaction, Mail.objects.count()) == ("order_waiting", 0)


def test_a_mail_that_is_refused_waits_longer_each_time_and_goes_out_in_the_end(asked: Order, smtp: Smtp) -> None:
    smtp.answers["MAIL"] = "451 try again later"
    now, pauses = FRIDAY, []
    for _attempt in range(4):
        assert notices.send_mail(now) == 0
        mail = Mail.objects.first()
        assert mail is not None
        assert "SMTPSenderRefused" in mail.error
        assert mail.next_at is not None
        pauses.append(mail.next_at - now)
        assert notices.send_mail(mail.next_at - timedelta(seconds=1)) == 0
        now = mail.next_at
    assert pauses == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    smtp.answers.clear()
    assert notices.send_mail(now) == 2
    assert list(Mail.objects.values_list("attempts", "sent_at", "error")) == [(5, now, "")] * 2


def test_the_pause_never_grows_beyond_an_hour() -> None:
    assert [pause_after(n).total_seconds() for n in (0, 1, 2, 10, 11, 19, 10_000)] == [5, 5, 10, 2560, 3600, 3600, 3600]


def _next() -> datetime | None:
    return Mail.objects.order_by("pk").values_list("next_at", flat=True)[0]


def test_after_twenty_attempts_a_mail_is_given_up_and_the_administrator_sees_it(asked: Order, smtp: Smtp) -> None:
    smtp.server_close()
    now: datetime | None = FRIDAY
    for _attempt in range(20):
        assert now is not None
        assert notices.send_mail(now) == 0
        now = _next()
    assert list(Mail.objects.values_list("attempts", "next_at", "sent_at")) == [(20, None, None)] * 2
    mail = Mail.objects.first()
    assert mail is not None
    assert mail.error.startswith("ConnectionRefusedError")
    assert notices.send_mail(FRIDAY + timedelta(days=30)) == 0
    figures = health.figures(FRIDAY)
    assert (figures["mails_given_up"], figures["mails_waiting"]) == (2, 0)


def test_one_address_that_the_server_refuses_doesnt_keep_the_others_waiting(asked: Order, smtp: Smtp) -> None:
    smtp.answers["RCPT"] = "550 no such user"
    assert notices.send_mail(FRIDAY) == 0
    assert Mail.objects.filter(error__contains="SMTPRecipientsRefused").count() == 2


def test_an_address_that_no_mail_can_carry_is_an_error_of_that_mail_alone(cast: Cast, smtp: Smtp) -> None:
    person("1000", "何怪", cast.home, Role.ORDER_TAKER)
    Staff.objects.filter(number="1000").update(email="张三\n@example.com")
    dispatch("acquisition.request_cancel", SYSTEM, {"reason": "取消"}, subject=received())
    notices.carry_out(FRIDAY)
    assert notices.send_mail(FRIDAY) == 2
    failed = Mail.objects.get(sent_at=None)
    assert (failed.notice.staff.number, failed.attempts) == ("1000", 1)
    assert failed.error


def test_a_mail_claimed_by_a_worker_that_died_is_sent_by_the_next_one(asked: Order, smtp: Smtp) -> None:
    Mail.objects.update(next_at=FRIDAY + timedelta(minutes=5))
    assert notices.send_mail(FRIDAY + timedelta(minutes=4)) == 0
    assert notices.send_mail(FRIDAY + timedelta(minutes=5)) == 2


def test_a_reaction_that_no_longer_exists_is_passed_over(asked: Order) -> None:
    record = Notice.objects.all()[0].record
    Outbox.objects.create(record=record, reaction="forgotten", next_at=FRIDAY)
    before = Notice.objects.count()
    assert notices.carry_out(FRIDAY) == 1
    assert (Outbox.objects.count(), Notice.objects.count()) == (0, before)


def test_a_reaction_waits_for_its_time(cast: Cast) -> None:
    received()
    assert notices.carry_out(FRIDAY - timedelta(seconds=1)) == 0
    assert notices.carry_out(FRIDAY) == 1


# The worker's round ----------------------------------------------------------------------------------------------


def test_one_round_warns_tells_and_seals_and_the_mailer_mails(cast: Cast, smtp: Smtp) -> None:
    order = received()
    assert order.due_at is not None
    with clock.at(order.due_at):
        assert worker.round_once(order.due_at) > 0
        assert sorted(Notice.objects.values_list("reaction", flat=True).distinct()) == [
            "deadline_escalated", "deadline_missed", "order_waiting",
        ]  # fmt: skip
        assert notices.send_mail(order.due_at) == 3
    assert len(smtp.taken) == 3


@pytest.mark.parametrize("error", [ValueError("planted"), KeyError("planted")])
def test_a_drain_that_fails_doesnt_stop_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def broken(_now: datetime) -> int:
        raise error

    order = received()
    assert order.due_at is not None
    monkeypatch.setattr(worker, "DRAINS", (("planted", broken), ("deadlines", timers.sweep)))
    assert worker.round_once(order.due_at) == 1
    assert "the planted drain failed" in caplog.text


def test_a_reaction_that_fails_waits_and_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    order = received()
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    second = received("K2")
    broken = Run("tell_outside", after="acquisition.accept_order", function="jiedan.kernel.tests.test_notices.broken")
    monkeypatch.setitem(reactions.RUN_BY_NAME, ("acquisition.accept_order", "tell_outside"), broken)
    now = clock.now()
    notices.carry_out(now)
    left = Outbox.objects.get()
    assert (left.reaction, left.attempts, left.error) == ("tell_outside", 1, "ZeroDivisionError")
    assert left.next_at == now + timedelta(seconds=5)
    assert Notice.objects.filter(subject_id=second.pk, reaction="order_waiting").exists()
    monkeypatch.undo()
    notices.carry_out(left.next_at)
    assert not Outbox.objects.exists()


def broken(_record: object, _now: object) -> None:
    raise ZeroDivisionError
