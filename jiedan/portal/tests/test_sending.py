"""A link gets to the customer: by mail, from our screen, in a chat; what became of it stands at the link (2.3.1)."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

import pytest
from django.core.cache import cache
from pytest_django import Settings

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel import notices
from jiedan.kernel.dispatch import Done, dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Mail, Notice, Record
from jiedan.kernel.tests.smtp import Smtp
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from jiedan.portal import links
from jiedan.portal.models import Link, Mailbox, Sending
from tests.cast import FRIDAY, Cast, acting, logged_in, offered, order_at, person

ADDRESS = "wang.fang@example.com"
MASKED = "w***@example.com"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def order(cast: Cast) -> Order:
    return order_at(OrderStage.ACCEPTED, cast)


@pytest.fixture
def link(order: Order, cast: Cast) -> Link:
    dispatch("portal.share_order", acting(cast.taker), {}, subject=order)
    return Link.objects.latest("pk")


@pytest.fixture
def smtp(settings: Settings) -> Iterator[Smtp]:
    with Smtp() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.DEFAULT_FROM_EMAIL = "云栖贸易 <orders@example.com>"
        yield server


def send(link: Link, staff: Staff, way: str = "mail", **more: str) -> Done:
    return dispatch("portal.send_link", acting(staff), {"link": link.pk, "way": way, **more}, subject=link.order)


def header(mail: Message, name: str) -> str:
    return str(make_header(decode_header(mail[name])))


def body(mail: Message) -> str:
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def page_of(link: Link, staff: Staff) -> str:
    return logged_in(staff).get(f"/orders/{link.order.ref}/links/{link.pk}/").content.decode()


def test_the_mail_says_what_it_is_for_until_when_it_counts_and_whom_to_ask(link: Link, cast: Cast, smtp: Smtp) -> None:
    send(link, cast.taker, email=ADDRESS)
    assert notices.send_mail(clock.now()) == 1
    (mail,) = [message_from_bytes(text.encode()) for text in smtp.taken]
    assert mail["To"] == ADDRESS
    assert header(mail, "From") == "云栖贸易 <orders@example.com>"
    assert mail["Reply-To"] == "s1001@example.com"
    assert header(mail, "Subject") == f"云栖贸易有限公司：订单进度（订单 {link.order.ref}）"
    text = body(mail)
    assert text.startswith("您好！")
    assert links.address(link) in text
    assert "链接有效期至 2026-10-02 17:30" in text
    assert "张晓月（家居事业部）" in text
    assert "我们承诺的时间" in text
    assert text.rstrip().endswith("云栖贸易有限公司")


def test_the_mail_is_in_english_for_a_customer_who_reads_english_and_stays_so(
    order: Order, cast: Cast, smtp: Smtp
) -> None:
    order = order_at(OrderStage.NEGOTIATING, cast, "K5")
    offered(order, cast)
    link = Link.objects.latest("pk")
    send(link, cast.taker, email=ADDRESS, language="en")
    with clock.at(clock.now() + timedelta(minutes=11)):
        send(link, cast.head)
        assert notices.send_mail(clock.now()) == 2
    for text in smtp.taken:
        mail = message_from_bytes(text.encode())
        assert header(mail, "Subject") == f"云栖贸易有限公司: Terms to confirm (order {order.ref})"
        assert "Please read the four key terms" in body(mail)
        assert "counts until" in body(mail)


def test_the_address_is_typed_once_kept_sealed_and_shown_masked_everywhere(link: Link, cast: Cast) -> None:
    send(link, cast.taker, email=ADDRESS)
    box = Mailbox.objects.get(customer=link.order.customer)
    assert (box.masked, box.given_by) == (MASKED, cast.taker)
    stored = [*Mailbox.objects.values(), *Sending.objects.values(), *Mail.objects.values()]
    assert ADDRESS not in str(stored)
    assert all(ADDRESS.encode() not in bytes(row.sealed) for row in [box, *Sending.objects.all()])
    record = Record.objects.get(action="portal.send_link")
    assert ADDRESS not in record.body
    assert MASKED in record.body
    for staff in (cast.taker, cast.supervisor):
        text = page_of(link, staff)
        assert MASKED in text
        assert ADDRESS not in text
    with clock.at(clock.now() + timedelta(hours=1)):
        assert send(link, cast.head).record.action == "portal.send_link"
    assert [row.to for row in Sending.objects.all()] == [MASKED, MASKED]


def test_another_address_takes_the_place_of_the_one_before(link: Link, cast: Cast, smtp: Smtp) -> None:
    send(link, cast.taker, email="w-old@example.com")
    send(link, cast.taker, email=ADDRESS)
    notices.send_mail(clock.now())
    assert sorted(message_from_bytes(text.encode())["To"] for text in smtp.taken) == ["w-old@example.com", ADDRESS]
    assert Mailbox.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        "wang", "wang@", "@example.com", "wang@example", "wang@@example.com", "wang fang@example.com", "王@example.com",
        "wang@例子.com", "a@example.com,b@example.com", "a@example.com;b@example.com", "王芳 <wang@example.com>",
        "wang@example.com\nBcc: all@example.com", "wang@example.com\r\nSubject: x", "wang@example.com\x00",
        "wang\t@example.com", "wang@-example.com", "wang..fang@example.com", ".wang@example.com", "wang@example.com\u2028x@y.com",
        f"{'a' * 65}@example.com",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused_and_nothing_is_kept(link: Link, cast: Cast, typed: str) -> None:
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        send(link, cast.taker, email=typed)
    assert list(refused.value.fields) == ["email"]
    assert "不是邮箱地址" in str(refused.value.fields)
    assert (Record.objects.count(), Mailbox.objects.count(), Sending.objects.count(), Mail.objects.count()) == (
        before, 0, 0, 0,
    )  # fmt: skip


def test_without_any_address_the_field_is_named_and_nothing_is_sent(link: Link, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        send(link, cast.taker)
    assert "还没有这位客户的邮箱地址" in str(refused.value.fields["email"])
    assert Mail.objects.count() == 0


def test_pressing_twice_sends_one_mail(link: Link, cast: Cast) -> None:
    send(link, cast.taker, email=ADDRESS)
    with pytest.raises(Refused) as refused:
        send(link, cast.taker, email=ADDRESS)
    assert MASKED in str(refused.value.sentence)
    assert Mail.objects.count() == 1
    with clock.at(clock.now() + timedelta(minutes=10)):
        send(link, cast.taker)
    assert Mail.objects.count() == 2


def test_a_customer_isnt_flooded_with_mails(link: Link, cast: Cast) -> None:
    for number in range(10):
        send(link, cast.taker, email=f"w{number}@example.com")
    with pytest.raises(Refused) as refused:
        send(link, cast.taker, email="w10@example.com")
    assert "一天内已给客户发送 10 封邮件" in str(refused.value.sentence)
    assert (Mail.objects.count(), Mailbox.objects.get().masked) == (10, "w***@example.com")
    with clock.at(clock.now() + timedelta(days=1)):
        send(link, cast.taker)


def test_only_who_serves_the_order_sends_and_only_a_link_of_this_order_that_leads_somewhere(
    link: Link, cast: Cast
) -> None:
    other = order_at(OrderStage.ACCEPTED, cast, "K2")
    dispatch("portal.share_order", acting(cast.taker), {}, subject=other)
    for staff in (cast.executor, cast.supervisor, cast.outsider, cast.decider):
        with pytest.raises(Forbidden):
            send(link, staff, "screen")
    with pytest.raises(Invalid) as refused:
        dispatch("portal.send_link", acting(cast.taker), {"link": link.pk, "way": "screen"}, subject=other)
    assert "没有这个编号的链接" in str(refused.value.fields["link"])
    dispatch("portal.revoke_link", acting(cast.taker), {"link": link.pk, "reason": "发错"}, subject=link.order)
    with pytest.raises(Refused) as gone:
        send(link, cast.taker, "screen")
    assert "目前没有有效的链接" in str(gone.value.sentence)
    assert Sending.objects.count() == 0


@pytest.mark.parametrize(("way", "shown"), [("screen", "当面扫码"), ("chat", "复制到聊天或短信")])
def test_that_it_was_shown_or_sent_by_hand_is_on_record(link: Link, cast: Cast, way: str, shown: str) -> None:
    done = send(link, cast.agent, way)
    assert done.record.clause == "2.3.1"
    assert (Sending.objects.get().by, Mail.objects.count()) == (cast.agent, 0)
    assert page_of(link, cast.supervisor).count(shown) == 1
    with pytest.raises(Invalid) as refused:
        send(link, cast.agent, way, email=ADDRESS)
    assert list(refused.value.fields) == ["email"]
    assert Sending.objects.count() == 1


def test_no_shop_passes_a_link_on_that_has_no_address_of_its_own(link: Link, cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        send(link, cast.taker, "shop")
    assert "没有登记可通知的系统地址" in str(refused.value.sentence)
    assert Sending.objects.count() == 0


def test_its_page_shows_a_picture_to_scan_to_who_may_send_it_and_to_nobody_else(link: Link, cast: Cast) -> None:
    text = page_of(link, cast.taker)
    assert 'src="data:image/svg+xml' in text
    assert links.address(link) in text
    read = page_of(link, cast.supervisor)
    assert "data:image/svg+xml" not in read
    assert link.token not in read
    assert logged_in(cast.outsider).get(f"/orders/{link.order.ref}/links/{link.pk}/").status_code == 404
    assert logged_in(cast.taker).get(f"/orders/{link.order.ref}/links/{link.pk + 1}/").status_code == 404


def test_whether_the_mail_server_took_it_stands_at_the_link(link: Link, cast: Cast, smtp: Smtp) -> None:
    send(link, cast.taker, email=ADDRESS)
    assert "等待发出" in page_of(link, cast.taker)
    smtp.answers["MAIL"] = "451 try again later"
    assert notices.send_mail(FRIDAY) == 0
    text = page_of(link, cast.taker)
    assert "已尝试 1 次，尚未被接收（SMTPSenderRefused 451）" in text
    smtp.answers.clear()
    later = FRIDAY + timedelta(seconds=5)
    assert notices.send_mail(later) == 1
    assert "邮件服务器已于 2026-09-18 17:30 接收" in page_of(link, cast.taker)
    first = message_from_bytes(smtp.taken[0].encode())
    assert first["Message-ID"] == f"<link-{Sending.objects.get().pk}@127.0.0.1>"


def test_an_address_that_the_server_refuses_is_told_at_once_and_never_written_in_the_clear(
    link: Link, cast: Cast, smtp: Smtp, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answers["RCPT"] = f"550 no such user {ADDRESS}"
    send(link, cast.taker, email=ADDRESS)
    with caplog.at_level(logging.DEBUG):
        assert notices.send_mail(FRIDAY) == 0
    mail = Mail.objects.get()
    assert (mail.attempts, mail.next_at, mail.error) == (1, None, "SMTPRecipientsRefused 550")
    assert ADDRESS not in caplog.text
    assert link.token not in caplog.text
    record = Record.objects.get(action="portal.note_undelivered")
    assert ADDRESS not in record.body
    notices.carry_out(FRIDAY)
    assert [notice.staff for notice in Notice.objects.filter(reaction="link_undelivered")] == [cast.taker]
    told = logged_in(cast.taker).get("/notices/").content.decode()
    assert "链接邮件未送达" in told
    assert "未送达：SMTPRecipientsRefused 550" in page_of(link, cast.taker)


def test_a_mail_whose_link_was_taken_back_meanwhile_isnt_sent(link: Link, cast: Cast, smtp: Smtp) -> None:
    send(link, cast.taker, email=ADDRESS)
    dispatch("portal.revoke_link", acting(cast.taker), {"link": link.pk, "reason": "发错"}, subject=link.order)
    assert notices.send_mail(FRIDAY) == 0
    assert smtp.taken == []
    assert "未送达：邮件发出前链接已失效" in page_of(link, cast.taker)


def test_a_mail_to_a_customer_whose_data_were_erased_isnt_sent(link: Link, cast: Cast, smtp: Smtp) -> None:
    send(link, cast.taker, email=ADDRESS)
    key = link.order.customer.key
    key.wrapped = b""
    key.save()
    assert notices.send_mail(FRIDAY) == 0
    assert smtp.taken == []
    assert Mail.objects.get().next_at is None
    assert page_of(link, cast.taker)
    with pytest.raises(Invalid):
        send(Link.objects.get(pk=link.pk), cast.taker, "screen")


def test_a_server_that_is_away_is_tried_again_and_the_sender_told_when_it_is_given_up(
    link: Link, cast: Cast, smtp: Smtp
) -> None:
    send(link, cast.taker, email=ADDRESS)
    smtp.server_close()
    for _attempt in range(20):
        due = Mail.objects.get().next_at
        assert due is not None
        assert notices.send_mail(due) == 0
    assert Mail.objects.get().next_at is None
    assert Mail.objects.get().error == "ConnectionRefusedError"
    assert Record.objects.filter(action="portal.note_undelivered").count() == 1


def test_a_sender_without_an_address_is_named_and_no_answer_is_asked_for(link: Link, cast: Cast, smtp: Smtp) -> None:
    person("1009", "钱有无", cast.home, Role.ORDER_TAKER)
    Staff.objects.filter(number="1009").update(email="")
    send(link, Staff.objects.get(number="1009"), email=ADDRESS)
    notices.send_mail(FRIDAY)
    mail = message_from_bytes(smtp.taken[0].encode())
    assert mail["Reply-To"] is None
    assert "请联系钱有无（家居事业部）。" in body(mail)


def test_the_form_comes_back_with_what_was_wrong_and_what_was_chosen(link: Link, cast: Cast) -> None:
    client = logged_in(cast.taker)
    step = f"/orders/{link.order.ref}/do/portal.send_link/"
    here = f"/orders/{link.order.ref}/links/{link.pk}/"
    wrong = {"link": link.pk, "way": "mail", "email": "wang@", "language": "en", "next": here}
    answer = client.post(step, wrong)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "不是邮箱地址" in text
    assert f'name="link" value="{link.pk}"' in text
    assert Sending.objects.count() == 0
    taken = client.post(step, wrong | {"email": ADDRESS})
    assert (taken.status_code, taken.headers["Location"]) == (302, here)
    assert Sending.objects.get().language == "en"
    again = client.post(step, wrong | {"email": ADDRESS})
    assert again.status_code == 409
    assert "不再重复发送" in again.content.decode()
    assert client.get(step).status_code == 200
