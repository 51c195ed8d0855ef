"""The JSON API: codes, entity tags, repeated requests, strict JSON, scopes, paging (interface.md, "HTTP")."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client

from jiedan.api.models import KeptAnswer
from jiedan.core import clock
from jiedan.core.lifecycle import ListingStage, OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from jiedan.people import tokens
from jiedan.people.models import ApiToken, Staff
from tests.cast import FRIDAY, Cast, acting, listing_at, logged_in, order_at, received

API = "/api/v1"


def _get(cast: Cast, staff: Staff, path: str, **headers: str) -> HttpResponse:
    return Client().get(API + path, headers={"Authorization": f"Bearer {cast.token(staff)}", **headers})


def _post(cast: Cast, staff: Staff, path: str, data: Any = None, **headers: str) -> HttpResponse:
    body = data if isinstance(data, bytes) else json.dumps({} if data is None else data).encode()
    sent = {
        "Authorization": f"Bearer {cast.token(staff)}",
        **{name.replace("_", "-"): headers[name] for name in headers},
    }
    return Client().generic("POST", API + path, body, content_type="application/json", headers=sent)


def _problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content)
    assert (response.status_code, found["status"], found["code"]) == (status, status, code), found
    assert response.headers["Content-Type"] == "application/problem+json"
    assert found["type"] == "about:blank"
    assert found["title"]
    assert found["detail"]
    return found


def _accept(order: Order) -> str:
    return f"/orders/{order.ref}/actions/acquisition.accept_order"


# A step ----------------------------------------------------------------------------------------------------------


def test_accepting_answers_with_the_record_its_hash_and_the_new_version(cast: Cast) -> None:
    order = received()
    answer = _post(cast, cast.taker, _accept(order))
    found = json.loads(answer.content)
    record = Record.objects.get(action="acquisition.accept_order")
    assert (answer.status_code, answer.headers["ETag"], answer.headers["Cache-Control"]) == (200, '"2"', "no-store")
    assert (found["ref"], found["stage"], found["version"], found["hash"]) == (order.ref, "accepted", 2, record.hash)
    assert found["record"] == json.loads(record.body)
    assert found["record"]["channel"] == "api"


def test_bringing_something_new_answers_201_with_its_reference(cast: Cast) -> None:
    data = {"department": cast.home.pk, "summary": "求购灯具"}
    answer = _post(cast, cast.taker, "/listings/actions/acquisition.post_listing", data)
    found = json.loads(answer.content)
    assert (answer.status_code, found["stage"], answer.headers["ETag"]) == (201, "open", '"1"')
    assert _get(cast, cast.taker, f"/listings/{found['ref']}").status_code == 200


# Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed_json"),
        (b'{"a": 1, "a": 2}', "duplicate_name"),
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": 1e400}', "number_out_of_range"),
        (b'{"a": 9007199254740993}', "number_out_of_range"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b'\xef\xbb\xbf{"a": 1}', "byte_order_mark"),
        (b'{"a": "\\ud800"}', "bad_character"),
        (b'{"a": "\\u0000"}', "bad_character"),
        (b"[" * 40 + b"]" * 40, "too_deep"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
    ],
)
def test_json_that_could_mean_two_things_is_refused_with_400_and_changes_nothing(
    cast: Cast, body: bytes, code: str
) -> None:
    order = received()
    _problem(_post(cast, cast.taker, _accept(order), body), 400, code)
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED


def test_a_step_without_input_takes_an_empty_body_for_an_empty_object(cast: Cast) -> None:
    assert _post(cast, cast.taker, _accept(received()), b"").status_code == 200


def test_an_unknown_field_is_named_with_422(cast: Cast) -> None:
    order = received()
    found = _problem(_post(cast, cast.taker, _accept(order), {"stage": "accepted"}), 422, "invalid_input")
    assert list(found["errors"]) == ["stage"]
    assert Record.objects.count() == 1


def test_every_wrong_field_is_named_at_once(cast: Cast) -> None:
    lines = [{"name": "灯", "unit_price": "1.999"}, {"name": "", "unit_price": "2", "quantity": 0}]
    data = {"customer_name": "欧阳青", "lines": lines, "freight": "-1"}
    found = _problem(_post(cast, cast.taker, "/orders/actions/acquisition.enter_order", data), 422, "invalid_input")
    named = ["customer_phone", "freight", "lines.0.unit_price", "lines.1.name", "lines.1.quantity"]
    assert sorted(found["errors"]) == named
    assert Order.objects.count() == 0


def test_the_wrong_stage_is_409_the_wrong_person_403_a_foreign_order_404(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    _problem(_post(cast, cast.taker, _accept(order)), 409, "refused")
    _problem(_post(cast, cast.supervisor, _accept(order)), 403, "not_yours")
    _problem(_post(cast, cast.outsider, _accept(order)), 404, "not_found")
    assert Record.objects.filter(action="acquisition.accept_order").count() == 1


def test_the_right_to_act_is_looked_at_before_stage_and_input(cast: Cast) -> None:
    order = order_at(OrderStage.CANCELLED, cast)
    _problem(_post(cast, cast.supervisor, _accept(order), {"nonsense": 1}), 403, "not_yours")
    _problem(_post(cast, cast.taker, _accept(order), {"nonsense": 1}), 409, "refused")


@pytest.mark.parametrize("ref", ["JD1", "JD260918999999", "LS000001", "jd260918000001", "JD٢٦٠٩١٨٠٠٠٠٠١", "x" * 300])
def test_a_reference_that_is_none_is_the_same_404_as_an_absent_order(cast: Cast, ref: str) -> None:
    absent = _get(cast, cast.taker, "/orders/JD260918000001")
    found = _get(cast, cast.taker, f"/orders/{ref}")
    _problem(found, 404, "not_found")
    assert found.content == absent.content


def test_another_day_with_the_same_running_number_is_not_the_order(cast: Cast) -> None:
    order = received()
    assert _get(cast, cast.taker, f"/orders/{order.ref}").status_code == 200
    _problem(_get(cast, cast.taker, f"/orders/{order.ref.replace('JD26', 'JD25')}"), 404, "not_found")


def test_the_language_of_a_refusal_follows_the_request(cast: Cast) -> None:
    order = order_at(OrderStage.ACCEPTED, cast)
    english = _problem(_post(cast, cast.taker, _accept(order), Accept_Language="en"), 409, "refused")["detail"]
    assert "is in stage “Accepted”" in english


# Tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer nonsense", "Basic dTpw", "Bearer jd_" + "a" * 43]
)
def test_without_a_valid_token_the_answer_is_401_and_says_how(cast: Cast, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get(f"{API}/orders", headers=headers)
    _problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="jiedan"'


def test_a_session_of_a_browser_is_no_token(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.taker, backend="allauth.account.auth_backends.AuthenticationBackend")
    _problem(client.get(f"{API}/orders"), 401, "unauthenticated")


def _with(text: str) -> HttpResponse:
    return Client().get(f"{API}/orders", headers={"Authorization": f"Bearer {text}"})


def test_a_revoked_or_expired_token_and_one_of_a_suspended_owner_stop_working(cast: Cast) -> None:
    revoked, expired, orphaned = (tokens.issue(cast.taker, "t", ["read"], FRIDAY, 30) for _n in range(3))
    assert _with(revoked[1]).status_code == 200
    ApiToken.objects.filter(pk=revoked[0].pk).update(revoked_at=FRIDAY)
    _problem(_with(revoked[1]), 401, "unauthenticated")
    with clock.at(FRIDAY + timedelta(days=30)):
        _problem(_with(expired[1]), 401, "unauthenticated")
    with clock.at(FRIDAY + timedelta(days=30, seconds=-1)):
        assert _with(expired[1]).status_code == 200
    dispatch("administration.suspend_staff", acting(cast.system_admin), {"reason": "离职"}, subject=cast.taker)
    _problem(_with(orphaned[1]), 401, "unauthenticated")


def test_a_role_that_ended_is_gone_with_the_next_request(cast: Cast) -> None:
    order, token = received(), cast.token(cast.taker)
    assert json.loads(_with(token).content)["items"] != []
    data = {"role": "order_taker", "department": cast.home.pk}
    with clock.at(FRIDAY + timedelta(seconds=1)):
        dispatch("administration.end_role", acting(cast.security_admin), data, subject=cast.taker)
        assert json.loads(_with(token).content)["items"] == []
        _problem(_post(cast, cast.taker, _accept(order)), 404, "not_found")


def test_a_token_does_only_what_its_scopes_say(cast: Cast) -> None:
    order = received()
    reading = {"Authorization": f"Bearer {cast.token(cast.taker, 'read')}"}
    acting_only = {"Authorization": f"Bearer {cast.token(cast.taker, 'act')}"}
    _problem(Client().generic("POST", API + _accept(order), b"", headers=reading), 403, "missing_scope")
    _problem(Client().get(f"{API}/orders/{order.ref}", headers=acting_only), 403, "missing_scope")
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED
    assert Client().generic("POST", API + _accept(order), b"", headers=acting_only).status_code == 200


def test_only_the_hash_of_a_token_is_stored(cast: Cast) -> None:
    text = cast.token(cast.taker)
    row = ApiToken.objects.get()
    assert text not in " ".join(str(value) for value in ApiToken.objects.values_list()[0])
    assert (row.prefix, len(row.digest)) == (text[:10], 64)


# Versions --------------------------------------------------------------------------------------------------------


def test_if_match_lets_the_current_version_through_and_refuses_another_with_412(cast: Cast) -> None:
    order = received()
    tag = _get(cast, cast.taker, f"/orders/{order.ref}").headers["ETag"]
    assert tag == '"1"'
    found = _problem(_post(cast, cast.taker, _accept(order), If_Match='"7"'), 412, "stale_version")
    assert found["current_version"] == 1
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED
    assert _post(cast, cast.taker, _accept(order), If_Match=tag).status_code == 200


@pytest.mark.parametrize("header", ["abc", '"abc"', '"1", "2"', '"-1"', '"1.0"', '"²"', '"99999999999"'])
def test_an_if_match_that_is_no_tag_of_ours_is_400(cast: Cast, header: str) -> None:
    order = received()
    _problem(_post(cast, cast.taker, _accept(order), If_Match=header.encode().decode("latin-1")), 400, "bad_if_match")
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED


def test_reading_doesnt_change_the_version_that_others_hold(cast: Cast) -> None:
    order = received()
    assert _post(cast, cast.head, f"/orders/{order.ref}/actions/acquisition.read_order").headers["ETag"] == '"1"'
    assert _post(cast, cast.taker, _accept(order), If_Match='"1"').status_code == 200


# Repeated requests -----------------------------------------------------------------------------------------------


def test_the_same_key_and_body_get_the_same_answer_and_one_record(cast: Cast) -> None:
    order = received()
    first = _post(cast, cast.taker, _accept(order), Idempotency_Key="k1")
    again = _post(cast, cast.taker, _accept(order), Idempotency_Key="k1")
    assert (again.status_code, again.content, again.headers["ETag"]) == (200, first.content, first.headers["ETag"])
    assert Record.objects.filter(action="acquisition.accept_order").count() == 1


def test_something_new_is_brought_once_whatever_is_sent_again(cast: Cast) -> None:
    data = {"department": cast.home.pk, "summary": "求购灯具"}
    path = "/listings/actions/acquisition.post_listing"
    answers = {_post(cast, cast.taker, path, data, Idempotency_Key="k1").content for _n in range(3)}
    assert len(answers) == 1
    assert Record.objects.filter(action="acquisition.post_listing").count() == 1


def test_a_key_used_for_another_body_is_422_and_does_nothing(cast: Cast) -> None:
    listing = listing_at(ListingStage.OPEN, cast)
    path = f"/listings/{listing.ref}/actions/acquisition.dismiss_listing"
    assert _post(cast, cast.taker, path, {"reason": ""}, Idempotency_Key="k1").status_code == 422
    _problem(_post(cast, cast.taker, path, {"reason": "超出范围"}, Idempotency_Key="k1"), 422, "idempotency_key_reused")
    listing.refresh_from_db()
    assert listing.stage == ListingStage.OPEN


def test_a_refusal_is_repeated_too_even_when_the_step_would_now_be_possible(cast: Cast) -> None:
    order = order_at(OrderStage.CANCELLING, cast)
    first = _post(cast, cast.taker, _accept(order), Idempotency_Key="k1")
    _problem(first, 409, "refused")
    dispatch("acquisition.withdraw_cancel", acting(cast.head), {"reason": "继续"}, subject=order)
    again = _post(cast, cast.taker, _accept(order), Idempotency_Key="k1")
    assert (again.status_code, again.content) == (409, first.content)
    assert again.headers["Content-Type"] == "application/problem+json"


def test_a_key_belongs_to_its_person_and_its_step(cast: Cast) -> None:
    first, second = received("K1"), received("K2")
    assert _post(cast, cast.taker, _accept(first), Idempotency_Key="k1").status_code == 200
    assert json.loads(_post(cast, cast.taker, _accept(second), Idempotency_Key="k1").content)["ref"] == second.ref
    _problem(_post(cast, cast.head, _accept(first), Idempotency_Key="k1"), 409, "refused")
    assert KeptAnswer.objects.count() == 3


def test_the_answer_is_repeated_though_the_step_moved_the_order_out_of_sight(cast: Cast) -> None:
    order = received()
    data = {"department": cast.service.pk, "reason": "属于服务"}
    path = f"/orders/{order.ref}/actions/acquisition.transfer_order"
    first = _post(cast, cast.taker, path, data, Idempotency_Key="k1")
    assert first.status_code == 200
    _problem(_get(cast, cast.taker, f"/orders/{order.ref}"), 404, "not_found")
    again = _post(cast, cast.taker, path, data, Idempotency_Key="k1")
    assert (again.status_code, again.content) == (200, first.content)


def test_a_key_keeps_nothing_of_an_order_that_one_may_not_see(cast: Cast) -> None:
    order = received()
    _problem(_post(cast, cast.outsider, _accept(order), Idempotency_Key="k1"), 404, "not_found")
    assert KeptAnswer.objects.count() == 0


def test_what_was_revealed_is_never_kept_for_a_repetition(cast: Cast) -> None:
    order = received()
    path = f"/orders/{order.ref}/actions/acquisition.reveal_contact"
    answer = _post(cast, cast.taker, path, {"reason": "核对地址"}, Idempotency_Key="k1")
    assert json.loads(answer.content)["reply"]["receiver_phone"] == "13812345678"
    assert not any("13812345678" in row.body for row in KeptAnswer.objects.all())


@pytest.mark.parametrize("key", ["", "x" * 129, "a\tb"])
def test_a_key_that_is_none_is_400(cast: Cast, key: str) -> None:
    order = received()
    _problem(_post(cast, cast.taker, _accept(order), Idempotency_Key=key), 400, "bad_idempotency_key")
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED


# Reading ---------------------------------------------------------------------------------------------------------


def test_amounts_are_text_and_personal_data_is_masked(cast: Cast) -> None:
    order = received()
    text = _get(cast, cast.taker, f"/orders/{order.ref}").content.decode()
    found = json.loads(text)
    assert (found["total"], found["lines"][0]["unit_price"]) == ("398.00", "199.00")
    assert found["phone_masked"] == "138****5678"
    for secret in ("13812345678", "欧阳青", "文三路", "buyer-7", "13800001234"):
        assert secret not in text


def test_records_and_deadlines_and_offers_of_an_order_can_be_read(cast: Cast) -> None:
    order = received()
    records = json.loads(_get(cast, cast.taker, f"/orders/{order.ref}/records").content)
    assert [(row["action"], row["seq"], row["chain"]) for row in records] == [("acquisition.receive_order", 1, None)]
    deadlines = json.loads(_get(cast, cast.taker, f"/orders/{order.ref}/deadlines").content)
    assert [(row["name"], row["status"], row["due_at"]) for row in deadlines] == [
        ("accept_order", "running", "2026-09-20T02:30:00+00:00")
    ]
    shown = json.loads(_get(cast, cast.taker, f"/orders/{order.ref}/offers").content)
    assert {row["action"]: row["possible"] for row in shown}["acquisition.accept_order"] is True


def test_a_list_is_read_page_by_page_without_gap_or_repetition(cast: Cast) -> None:
    orders = [received(f"K{n}").ref for n in range(7)]
    seen: list[str] = []
    after = ""
    for _page in range(4):
        found = json.loads(_get(cast, cast.taker, f"/orders?limit=2{after}").content)
        seen += [row["ref"] for row in found["items"]]
        if found["next"] is None:
            break
        received(f"new while reading {len(seen)}")
        after = f"&after={found['next']}"
    assert seen == sorted(orders, reverse=True)


def test_a_list_can_be_narrowed_to_a_stage(cast: Cast) -> None:
    waiting, accepted = received("K1"), order_at(OrderStage.ACCEPTED, cast, "K2")
    listed = {
        stage: [row["ref"] for row in json.loads(_get(cast, cast.taker, f"/orders?stage={stage}").content)["items"]]
        for stage in ("routed", "accepted", "nonsense")
    }
    assert listed == {"routed": [waiting.ref], "accepted": [accepted.ref], "nonsense": []}


@pytest.mark.parametrize(
    ("query", "code"), [("after=abc", "bad_cursor"), ("after=1e3", "bad_cursor"), ("limit=many", "bad_parameter")]
)
def test_a_cursor_or_limit_that_is_none_is_400(cast: Cast, query: str, code: str) -> None:
    _problem(_get(cast, cast.taker, f"/orders?{query}"), 400, code)


@pytest.mark.parametrize(("limit", "rows"), [(-5, 1), (0, 1), (1, 1), (1000, 3)])
def test_a_limit_is_brought_into_its_range(cast: Cast, limit: int, rows: int) -> None:
    for number in range(3):
        received(f"K{number}")
    assert len(json.loads(_get(cast, cast.taker, f"/orders?limit={limit}").content)["items"]) == rows


def test_who_belongs_to_another_department_gets_an_empty_list_and_404(cast: Cast) -> None:
    order = received()
    assert json.loads(_get(cast, cast.outsider, "/orders").content) == {"items": [], "next": None}
    for part in ("", "/offers", "/records", "/deadlines"):
        _problem(_get(cast, cast.outsider, f"/orders/{order.ref}{part}"), 404, "not_found")


def test_an_unknown_step_or_address_of_the_api_is_a_problem_in_json_too(cast: Cast) -> None:
    order = received()
    _problem(_post(cast, cast.taker, f"/orders/{order.ref}/actions/acquisition.nonsense"), 404, "not_found")
    _problem(_post(cast, cast.taker, f"/orders/{order.ref}/actions/acquisition.receive_order"), 404, "not_found")
    _problem(_get(cast, cast.taker, "/nonsense"), 404, "not_found")
    _problem(_get(cast, cast.taker, "/"), 404, "not_found")
    refused = _post(cast, cast.taker, "/orders")
    _problem(refused, 405, "method_not_allowed")
    assert refused.headers["Allow"] == "GET"


def test_a_body_beyond_the_limit_is_413(cast: Cast) -> None:
    order = received()
    _problem(_post(cast, cast.taker, _accept(order), b'{"a": "' + b"x" * (1 << 20) + b'"}'), 413, "too_large")
    assert Order.objects.get(pk=order.pk).stage == OrderStage.ROUTED


@pytest.mark.parametrize("path", ["/orders?stage=%00", "/orders?after=a%00b", "/orders/JD26091800%00"])
def test_a_nul_in_the_address_is_a_problem_and_no_error_of_ours(cast: Cast, path: str) -> None:
    _problem(_get(cast, cast.taker, path), 400, "bad_character")


@pytest.mark.parametrize(
    "path", ["/orders/?q=%00", "/orders/?stage=%00", "/orders/JD%00/", "/quarantine/?cause=a%00", "/listings/?q=%00"]
)
def test_a_nul_in_the_address_of_a_page_is_a_page_that_says_so(cast: Cast, path: str) -> None:
    answer = logged_in(cast.head).get(path, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (400, "text/html")
    assert "The address contains a NUL character" in answer.content.decode()


@pytest.mark.parametrize("name", ["jiedan_session", "another"])
def test_a_nul_in_a_cookie_is_refused_before_a_session_is_looked_for(name: str) -> None:
    # Quoted values may hold any character, written as \000.
    cookie = {"Cookie": rf'{name}="abcdefgh\000ijkl"', "Accept-Language": "en"}
    page = Client().get("/orders/", headers=cookie)
    assert (page.status_code, "A cookie contains a NUL character" in page.content.decode()) == (400, True)
    _problem(Client().get(f"{API}/orders", headers=cookie), 400, "bad_character")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/quarantine/many/", "message"), ("/orders/views/", "name"), ("/settings/tokens/", "name"),
        ("/theme/", "next"), ("/orders/unrouted/", "order"), ("/orders/new/acquisition.enter_order/", "lines.0.name"),
        ("/resources/table/", "table"), ("/accounts/login/", "login"), ("/p/abc/", "text"), ("/theme/", "a\0b"),
    ],
)  # fmt: skip
def test_a_nul_in_any_posted_field_is_refused_by_the_name_of_the_field(cast: Cast, path: str, name: str) -> None:
    client = Client() if path.startswith(("/p/", "/accounts/")) else logged_in(cast.head)
    answer = client.post(path, {"reason": "ok", name: "a\0b"}, headers={"Accept-Language": "en"})
    sentence = f"The field “{name.replace(chr(0), '')}” contains a NUL character; leave it out."
    assert (answer.status_code, sentence in answer.content.decode()) == (400, True)


def test_a_nul_in_a_step_on_an_order_is_refused_and_leaves_no_record(cast: Cast) -> None:
    order = received()
    path = f"/orders/{order.ref}/do/acquisition.transfer_order/"
    client = logged_in(cast.head)
    assert client.get(path).status_code == 200
    before = Record.objects.count()
    assert client.post(path, {"reason": "a\0b", "version": "1"}).status_code == 400
    assert Record.objects.count() == before


def test_a_nul_beside_an_uploaded_paper_is_named_by_the_upload_itself(cast: Cast) -> None:
    path, file = f"/orders/{received().ref}/documents/", ContentFile(b"%PDF-1.7", "a\0.pdf")
    assert logged_in(cast.taker).post(path, {"kind": "a\0b", "file": file}).status_code == 422
    sent = {"kind": "a\0b", "file": ContentFile(b"%PDF-1.7", "a\0.pdf")}
    answer = Client().post(API + path[:-1], sent, headers={"Authorization": f"Bearer {cast.token(cast.taker)}"})
    _problem(answer, 422, "invalid_input")


@pytest.mark.parametrize("charset", ["base64", "idna", "undefined", "gb18030"])
def test_a_form_with_a_file_in_anything_but_utf_8_is_refused_before_it_is_read(cast: Cast, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nzz\r\n--x--\r\n'
    kind, bearer = f"multipart/form-data; boundary=x; charset={charset}", f"Bearer {cast.token(cast.taker)}"
    assert Client().generic("POST", "/accounts/login/", body, kind).status_code == 400
    path = f"{API}/orders/{received().ref}/documents"
    _problem(Client().generic("POST", path, body, kind, headers={"Authorization": bearer}), 400, "unreadable")
    answer = Client().generic("POST", path, body, kind.replace(charset, "utf8"), headers={"Authorization": bearer})
    _problem(answer, 400, "no_file")


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"xx", 400),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
         b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--", 400),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(2500)), 413),
    ],
)  # fmt: skip
def test_a_form_that_cant_be_read_is_a_problem_and_no_error_of_ours(
    cast: Cast, kind: str, body: bytes, status: int
) -> None:
    path = f"/api/v1/orders/{received().ref}/documents"
    answer = Client().generic("POST", path, body, kind, headers={"Authorization": f"Bearer {cast.token(cast.taker)}"})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
