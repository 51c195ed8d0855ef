"""Coming in, being locked out, being shut out (6.2.3; S-49, S-54, S-61)."""

import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from jiedan.core import clock
from jiedan.kernel.dispatch import dispatch
from jiedan.people.addresses import client_address
from jiedan.people.models import Staff
from tests.cast import FRIDAY, PASSWORD, Cast, acting, logged_in

LOGIN = "/accounts/login/"


def enter(client: Client, number: str, password: str, address: str = "10.0.0.1"):
    return client.post(LOGIN, {"login": number, "password": password}, REMOTE_ADDR=address)


def test_a_staff_number_and_password_lead_to_the_workbench(cast: Cast) -> None:
    client = Client()
    assert enter(client, "1001", PASSWORD).headers["Location"] == "/"
    assert "张晓月" in client.get("/").content.decode()


def test_pages_lead_strangers_to_the_log_in_and_back(cast: Cast) -> None:
    answer = Client().get("/orders/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/orders/")


def test_an_unknown_number_and_a_wrong_password_read_the_same(cast: Cast) -> None:
    wrong, unknown = enter(Client(), "1001", "nope-nope-nope"), enter(Client(), "8888", "nope-nope-nope")
    assert wrong.status_code == unknown.status_code == 200
    assert "alert-danger" in wrong.content.decode()
    assert wrong.content.decode().count("alert-danger") == unknown.content.decode().count("alert-danger")


def test_five_wrong_passwords_lock_this_address_but_not_the_person_elsewhere(cast: Cast) -> None:
    client = Client()
    for _ in range(5):
        enter(client, "1001", "nope-nope-nope")
    locked = enter(client, "1001", PASSWORD)
    assert locked.status_code in (403, 429)
    assert enter(Client(), "1001", PASSWORD, address="10.0.0.2").headers["Location"] == "/"


def test_nobody_can_sign_themselves_up(cast: Cast) -> None:
    Client().post("/accounts/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD})
    assert not Staff.objects.filter(number="eve").exists()


def test_a_suspended_colleague_is_out_with_the_next_click(cast: Cast) -> None:
    client = logged_in(cast.taker)
    assert client.get("/orders/").status_code == 200
    dispatch("administration.suspend_staff", acting(cast.system_admin), {"reason": "离职"}, subject=cast.taker)
    assert client.get("/orders/").status_code == 302


def test_a_role_taken_away_is_gone_with_the_next_click(cast: Cast) -> None:
    client = logged_in(cast.taker)
    role = {"role": "order_taker", "department": cast.home.pk}
    dispatch("administration.end_role", acting(cast.security_admin), role, subject=cast.taker)
    assert client.get("/orders/").status_code == 403


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_a_session_ends_after_half_an_hour_without_a_click(cast: Cast, minutes: int, status: int) -> None:
    client = logged_in(cast.taker)
    client.get("/")
    with clock.at(FRIDAY + timedelta(minutes=minutes)):
        assert client.get("/").status_code == status


def test_pages_with_peoples_data_are_kept_by_no_cache(cast: Cast) -> None:
    assert logged_in(cast.taker).get("/orders/").headers["Cache-Control"] == "no-store"


def test_the_policy_of_the_pages_allows_no_foreign_script(cast: Cast) -> None:
    policy = logged_in(cast.taker).get("/").headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy


def test_a_session_ends_after_twelve_hours_however_busy(cast: Cast) -> None:
    client = logged_in(cast.taker)
    for minutes in range(0, 12 * 60 + 1, 20):
        with clock.at(FRIDAY + timedelta(minutes=minutes)):
            assert client.get("/bell/").status_code == 200
    with clock.at(FRIDAY + timedelta(hours=12, minutes=15)):
        assert client.get("/bell/").status_code == 302


def test_a_forwarded_address_counts_only_behind_our_proxy(settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    settings.BEHIND_PROXY = False
    assert client_address(request) == "10.0.0.9"
    settings.BEHIND_PROXY = True
    assert client_address(request) == "203.0.113.7"
    request.META["HTTP_X_FORWARDED_FOR"] = "203.0.113.7, whoever"
    assert client_address(request) == "10.0.0.9"


def test_a_forgotten_password_is_set_anew_through_the_persons_own_mail(cast: Cast, mailoutbox: list) -> None:
    Client().post("/accounts/password/reset/", {"email": cast.taker.email})
    assert [mail.to for mail in mailoutbox] == [[cast.taker.email]]
    link = re.search(r"http://\S+?(/accounts/password/reset/key/\S+)", mailoutbox[0].body)
    assert link is not None
    client = Client()
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another-long-password", "password2": "another-long-password"})
    assert enter(Client(), "1001", "another-long-password").headers["Location"] == "/"


def test_a_mail_address_that_nobody_has_reads_the_same(cast: Cast, mailoutbox: list) -> None:
    known = Client().post("/accounts/password/reset/", {"email": cast.taker.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
