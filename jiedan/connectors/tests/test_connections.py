"""Connections as recorded steps over HTTP: connected, rotated, paused, closed, and tried for real (2.1.2, 6.2.1)."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from jiedan.api.models import KeptAnswer
from jiedan.connectors import accounts, live_test
from jiedan.connectors.kaola import simulator as kaola
from jiedan.connectors.kaola.simulator import Platform
from jiedan.connectors.models import Account, Message, Quarantined
from jiedan.connectors.webhook.signing import headers
from jiedan.connectors.yanxuan import simulator as yanxuan
from jiedan.connectors.yanxuan.distributor import Distributor
from jiedan.core import clock
from jiedan.kernel.models import Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, logged_in

WEBHOOK = {"platform": "webhook", "shop": "guanwang", "name": "官网商城", "code": "guanwang"}
REASON = {"reason": "例行更换"}
KAOLA_KEYS = {"app_key": kaola.APP_KEY, "secret": kaola.SECRET, "access_token": kaola.TOKEN}


@pytest.fixture
def admin(cast: Cast) -> Client:
    accounts.forget()
    return logged_in(cast.system_admin)


def step(client: Client, name: str, given: dict[str, Any], account: Account | None = None) -> Any:
    where = "new" if account is None else f"{account.ref}/do"
    answer = client.post(f"/connections/{where}/connectors.{name}/", given)
    accounts.forget()
    return answer


def connected(client: Client, **given: str) -> tuple[Account, str]:
    """A connection that was made on the page, and the secret that the page showed."""
    answer = step(client, "connect_shop", WEBHOOK | given)
    shown = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    return Account.objects.get(), shown[0] if shown else ""


def push(secret: str, number: str = "m1") -> int:
    order = {
        "external_id": number, "kind": "product", "placed_at": "2026-09-18T17:10:00+08:00", "total": "10.00",
        "customer_account": "buyer-7", "goods_amount": "10.00", "receiver": {"name": "欧阳青"},
        "lines": [{"number": 1, "name": "灯", "quantity": 1, "unit_price": "10.00", "amount": "10.00"}],
    }  # fmt: skip
    body = json.dumps({"type": "order.paid", "timestamp": "", "data": order}).encode()
    signed = headers(secret, number, clock.now(), body)
    answer = Client().post("/connect/webhook/guanwang", body, content_type="application/json", headers=signed)
    return int(answer.status_code)


def test_a_shop_is_connected_its_secret_is_shown_once_and_signs_at_once(admin: Client) -> None:
    account, secret = connected(admin)
    assert (account.stage, account.version, account.name) == ("connected", 1, "官网商城")
    assert push(secret) == 200
    page = admin.get(f"/connections/{account.ref}/").content.decode()
    assert ("/connect/webhook/guanwang" in page, secret in page) == (True, False)
    assert secret.encode() not in bytes(account.credentials)
    assert not [row for row in Record.objects.all() if secret in row.body]
    assert verify_database().ok


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "Not A Code"}, "code"),
        ({"platform": "taobao"}, "platform"),
        ({"secret": "short"}, "secret"),
        ({"platform": "kaola"}, "app_key"),
        ({"platform": "yanxuan", "app_key": "k"}, "secret"),
        ({"address": "ftp://example.com/"}, "address"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_a_connection_is_refused_with_the_field_and_nothing_is_kept(
    admin: Client, given: dict[str, str], field: str
) -> None:
    answer = step(admin, "connect_shop", WEBHOOK | given)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert (Account.objects.count(), Record.objects.count()) == (0, 0)


def test_a_secret_made_for_a_program_is_told_once_and_not_kept_for_a_repetition(admin: Client, cast: Cast) -> None:
    head = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(cast.system_admin)}", "HTTP_IDEMPOTENCY_KEY": "k1"}
    address = "/api/v1/connections/actions/connectors.connect_shop"
    first, again = (
        Client().post(address, json.dumps(WEBHOOK), content_type="application/json", **head)  # type: ignore[arg-type]
        for _time in range(2)
    )
    secret = first.json()["reply"]["secret"]
    assert (first.status_code, again.status_code, Account.objects.count()) == (201, 201, 1)
    assert ("reply" in again.json(), again.json()["ref"]) == (False, first.json()["ref"])
    assert not [row for row in KeptAnswer.objects.all() if secret in row.body]


def test_a_typed_secret_is_never_sent_back(admin: Client) -> None:
    page = step(admin, "connect_shop", WEBHOOK | {"code": "Not A Code", "secret": "whsec_typed"}).content.decode()
    assert ('value="Not A Code"' in page, "whsec_typed" in page) == (True, False)
    assert re.search(r'name="secret" value="" type="password" autocomplete="new-password"', page)


def test_a_shop_or_code_is_connected_once(admin: Client) -> None:
    connected(admin)
    for given in ({"code": "other"}, {"shop": "other"}):
        assert step(admin, "connect_shop", WEBHOOK | given).status_code == 422
    assert (Account.objects.count(), Record.objects.count()) == (1, 1)


def test_nobody_but_the_system_administrator_connects(admin: Client, cast: Cast) -> None:
    for staff in (cast.decider, cast.head, cast.taker, cast.security_admin, cast.audit_admin):
        assert step(logged_in(staff), "connect_shop", WEBHOOK).status_code == 403
    assert (Account.objects.count(), Record.objects.count()) == (0, 0)


def test_after_a_rotation_the_old_secret_counts_until_its_end_and_then_dies(admin: Client) -> None:
    account, old = connected(admin)
    answer = step(admin, "rotate_credentials", REASON | {"overlap_hours": "2"}, account)
    (new,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    assert new != old
    assert [push(old, "m1"), push(new, "m2")] == [200, 200]
    with clock.at(FRIDAY + timedelta(hours=2, minutes=1)):
        accounts.forget()
        assert [push(old, "m3"), push(new, "m4")] == [401, 200]
    assert not [row for row in Record.objects.all() if old in row.body or new in row.body]


def test_a_rotation_without_overlap_ends_the_old_secret_now(admin: Client) -> None:
    account, old = connected(admin)
    step(admin, "rotate_credentials", REASON | {"overlap_hours": "0"}, account)
    assert push(old) == 401
    assert Order.objects.count() == 0


def test_an_overlap_of_more_than_a_week_is_refused_and_the_secret_stays(admin: Client) -> None:
    account, old = connected(admin)
    assert step(admin, "rotate_credentials", REASON | {"overlap_hours": "169"}, account).status_code == 422
    assert step(admin, "rotate_credentials", {"overlap_hours": "1"}, account).status_code == 422
    assert (Account.objects.get().version, Record.objects.count(), push(old)) == (1, 1, 200)


def test_name_and_address_are_changed_on_record_and_the_rest_stays(admin: Client) -> None:
    account, secret = connected(admin)
    assert step(admin, "change_connection", REASON, account).status_code == 422
    assert step(admin, "change_connection", REASON | {"address": "javascript:alert(1)"}, account).status_code == 422
    assert (Account.objects.get().version, Record.objects.count()) == (1, 1)
    step(admin, "change_connection", REASON | {"address": "https://example.com/hook"}, account)
    row = Account.objects.get()
    assert (row.name, row.address, push(secret)) == ("官网商城", "https://example.com/hook", 200)
    facts = json.loads(Record.objects.get(action="connectors.change_connection").body)["facts"]
    assert (facts["before"], facts["address"]) == (["官网商城", ""], "https://example.com/hook")


def test_the_command_changes_what_differs_and_leaves_a_record_of_each(cast: Cast) -> None:
    for name, secret in (("考拉", "s1"), ("考拉", "s1"), ("考拉旗舰", "s1"), ("考拉旗舰", "s2")):
        accounts.connect("kaola", "k", name, "https://example.com/", KAOLA_KEYS | {"secret": secret}, clock.now())
    steps = list(Record.objects.order_by("pk").values_list("action", flat=True))
    assert steps == [f"connectors.{name}" for name in ("connect_shop", "change_connection", "rotate_credentials")]


def test_a_paused_connection_says_come_later_and_goes_on_when_resumed(admin: Client) -> None:
    account, secret = connected(admin)
    step(admin, "pause_connection", REASON, account)
    assert (push(secret), Order.objects.count()) == (503, 0)
    assert step(admin, "pause_connection", REASON, account).status_code == 409
    step(admin, "resume_connection", REASON, account)
    assert (push(secret), Order.objects.count()) == (200, 1)
    steps = list(Record.objects.filter(subject_type="connection").order_by("pk").values_list("action", flat=True))
    assert steps == [f"connectors.{name}" for name in ("connect_shop", "pause_connection", "resume_connection")]


def test_a_closed_connection_answers_like_one_that_never_was(admin: Client) -> None:
    account, secret = connected(admin)
    step(admin, "close_connection", REASON, account)
    assert push(secret) == 401
    assert (Order.objects.count(), Quarantined.objects.get().cause) == (0, "account_unknown")
    assert step(admin, "resume_connection", REASON, account).status_code == 409


# Trying it for real --------------------------------------------------------------------------------------------------


@pytest.fixture
def platform(cast: Cast) -> Iterator[tuple[str, Platform]]:
    with kaola.running(Platform(now=lambda: FRIDAY)) as found:
        yield found


def test_kaola_is_tried_with_one_signed_call_and_the_answer_told(admin: Client, platform: tuple[str, Platform]) -> None:
    address, shop = platform
    account = accounts.connect("kaola", "hangzhou", "考拉", address, KAOLA_KEYS, clock.now())
    found = live_test.tried(account, clock.now())
    assert (found.ok, re.sub(r"\d+", "n", found.zh)) == (True, "平台已应答，列出 n 家物流公司")
    assert [row["method"] for row in shop.requests] == ["kaola.logistics.companies.get"]
    shop.next_faults = ["error_500"]
    assert live_test.tried(account, clock.now()).ok is False


def test_what_a_test_found_stands_on_the_page_with_its_time_and_touches_no_order(
    admin: Client, platform: tuple[str, Platform], django_capture_on_commit_callbacks: Any
) -> None:
    address, _shop = platform
    account = accounts.connect("kaola", "hangzhou", "考拉", address, KAOLA_KEYS | {"secret": "wrong"}, clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert step(admin, "try_connection", {}, account).status_code == 302
    row = Account.objects.get()
    assert (row.tested_at, row.test_result["ok"], row.version) == (FRIDAY, False, 1)
    page = admin.get(f"/connections/{account.ref}/").content.decode()
    assert ("illegal_param" in page, "2026-09-18 17:30" in page) == (True, True)
    steps = list(Record.objects.order_by("pk").values_list("action", flat=True))
    assert steps == ["connectors.connect_shop", "connectors.try_connection", "connectors.keep_test"]
    assert (Order.objects.count(), Quarantined.objects.count()) == (0, 0)


def test_nothing_is_kept_of_a_test_when_the_connection_was_closed_meanwhile(admin: Client) -> None:
    account, _secret = connected(admin)
    step(admin, "close_connection", REASON, account)
    live_test.carry_out(account.pk)
    assert Account.objects.get().tested_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("channel", ["webhook", "yanxuan"])
def test_a_push_channel_is_tried_over_its_public_address_and_the_others_address(
    channel: str, live_server: Any, settings: Any
) -> None:
    settings.BASE_URL, settings.PRIVATE_RECEIVERS = live_server.url, True
    cast = Cast.enter()
    accounts.forget()
    other = Distributor(f"{live_server.url}/connect/yanxuan/fenxiao", now=clock.now)
    with yanxuan.running(other) as callback:
        keys = {"app_key": yanxuan.APP_KEY, "secret": yanxuan.SECRET} if channel == "yanxuan" else {"secret": ""}
        given = {"platform": channel, "shop": "fenxiao", "name": "分销", "code": "fenxiao", "address": callback, **keys}
        admin = logged_in(cast.system_admin)
        step(admin, "connect_shop", given)
        account = Account.objects.get()
        step(admin, "try_connection", {}, account)
        result = Account.objects.get().test_result
        assert result == {
            "ok": True,
            "zh": "我方推送地址已接受签名消息；对方地址应答 HTTP 200",
            "en": "our own address accepts a signed message; their address answered HTTP 200",
        }
        assert [row["method"] for row in other.callbacks] == ["yanxuan.callback.method.list"] * (channel == "yanxuan")
        settings.BASE_URL = "http://127.0.0.1:9"
        step(admin, "try_connection", {}, account)
    result = Account.objects.get().test_result
    assert (result["ok"], result["en"].split(":")[0]) == (False, "our own address can't be reached (ConnectError)")
    assert (Order.objects.count(), Message.objects.count(), Quarantined.objects.count()) == (0, 0, 0)
