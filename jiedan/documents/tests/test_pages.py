"""Papers on the order's page and through the API, and the public page that checks them."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jiedan.documents import certificates, filing, places
from jiedan.documents.models import Document, Fetched
from jiedan.documents.tests.papers import AT, pdf, specimen
from jiedan.documents.uploads import check
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, logged_in, received

MADE = "/verify/"


@pytest.fixture
def order(cast: Cast) -> Order:
    return received()


@pytest.fixture
def made(order: Order, cast: Cast) -> Document:
    data = specimen()
    del data["verify"]
    return filing.make(
        order, "contract_draft", "documents/specimen", data,
        name="合同.pdf", reason="起草", at=AT, by=cast.head.pk, who="李建国",
    )  # fmt: skip


def _file(content: bytes, name: str = "客户来函.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# The order's page --------------------------------------------------------------------------------------------------


def test_a_form_puts_a_paper_on_file_and_the_page_shows_it(order: Order, cast: Cast) -> None:
    client, address = logged_in(cast.taker), f"/orders/{order.ref}/"
    answer = client.post(f"{address}documents/", {"kind": "customer_material", "file": _file(pdf())})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}#documents")
    page = client.get(address).content.decode()
    assert "客户来函.pdf" in page
    assert "客户资料" in page
    assert Document.objects.get().sha256[:12] in page


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [(b"MZ\x90\0", "a.pdf", "文件内容与扩展名不符"), (pdf(), "a.exe", "允许：pdf"), (b"", "a.pdf", "文件是空的")],
)
def test_a_file_that_isnt_taken_comes_back_with_the_reason(
    order: Order, cast: Cast, content: bytes, name: str, sentence: str
) -> None:
    before = Record.objects.count()
    answer = logged_in(cast.taker).post(
        f"/orders/{order.ref}/documents/", {"kind": "other", "file": _file(content, name)}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Record.objects.count(), Document.objects.count()) == (before, 0)


def test_what_is_longer_than_the_limit_is_refused_before_it_is_read(
    order: Order, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("jiedan.documents.transfer", "jiedan.screens.views.documents", "jiedan.api.papers"):
        monkeypatch.setattr(f"{module}.LARGEST", 1000)
    client, address = logged_in(cast.taker), f"/orders/{order.ref}/documents/"
    for length in (2_000, 200_000):
        answer = client.post(address, {"kind": "other", "file": _file(b"x" * length, "a.txt")})
        assert (answer.status_code, "请压缩或拆分" in answer.content.decode()) == (422, True)
        headers = {"Authorization": f"Bearer {cast.token(cast.taker)}"}
        api = Client().post(
            f"/api/v1{address[:-1]}", {"kind": "other", "file": _file(b"x" * length, "a.txt")}, headers=headers
        )
        assert (api.status_code, api.json()["code"]) == (413, "too_large")
    assert Document.objects.count() == 0


def test_a_form_without_our_token_is_refused(order: Order, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.taker, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(f"/orders/{order.ref}/documents/", {"kind": "other", "file": _file(pdf())})
    assert (answer.status_code, Document.objects.count()) == (403, 0)


def test_a_download_is_only_to_be_saved_and_is_put_down(order: Order, cast: Cast) -> None:
    filed = filing.take_in(order, "other", check("other", "来函 “二”.pdf", pdf()), cast.taker.pk, FRIDAY)
    answer = logged_in(cast.supervisor).get(f"/orders/{order.ref}/documents/{filed.pk}/")
    assert answer.content == pdf()
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%9D%A5%E5%87%BD%20%E2%80%9C%E4%BA%8C%E2%80%9D.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    (fetched,) = Fetched.objects.all()
    assert (fetched.document, fetched.staff, fetched.channel, fetched.at) == (filed, cast.supervisor, "page", FRIDAY)


def test_another_orders_paper_isnt_given_out_here(order: Order, cast: Cast) -> None:
    filed = filing.take_in(received("K2"), "other", check("other", "a.pdf", pdf()), cast.taker.pk, FRIDAY)
    assert logged_in(cast.taker).get(f"/orders/{order.ref}/documents/{filed.pk}/").status_code == 404
    assert Fetched.objects.count() == 0


def test_an_altered_file_is_refused_with_the_reason_and_nobody_is_said_to_have_it(
    order: Order, cast: Cast, settings: object
) -> None:
    filed = filing.take_in(order, "other", check("other", "a.pdf", pdf()), cast.taker.pk, FRIDAY)
    next(Path(settings.DOCUMENTS_DIR).glob(f"*/{filed.blob}")).write_bytes(b"x")  # type: ignore[attr-defined]
    answer = logged_in(cast.taker).get(f"/orders/{order.ref}/documents/{filed.pk}/")
    assert (answer.status_code, "已被改动" in answer.content.decode()) == (409, True)
    assert Fetched.objects.count() == 0


def test_the_page_of_withdrawing_offers_what_can_be_withdrawn(order: Order, made: Document, cast: Cast) -> None:
    filed = filing.take_in(order, "other", check("other", "客户来函.pdf", pdf()), cast.taker.pk, FRIDAY)
    page = logged_in(cast.head).get(f"/orders/{order.ref}/do/documents.withdraw_document/").content.decode()
    assert f'value="{filed.pk}"' in page
    assert f'value="{made.pk}"' not in page


# Programs ----------------------------------------------------------------------------------------------------------


def test_a_program_uploads_lists_and_downloads(order: Order, cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {cast.token(cast.taker)}", "Idempotency-Key": "a1"}
    address = f"/api/v1/orders/{order.ref}/documents"
    first = Client().post(address, {"kind": "signed_contract", "file": _file(pdf())}, headers=headers)
    again = Client().post(address, {"kind": "signed_contract", "file": _file(pdf())}, headers=headers)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    other = Client().post(address, {"kind": "other", "file": _file(pdf())}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    (listed,) = Client().get(address, headers=headers).json()
    assert (listed["kind"], listed["name"], listed["size"], listed["fetched"]) == (
        "signed_contract", "客户来函.pdf", len(pdf()), 0
    )  # fmt: skip
    assert Client().get(f"{address}/{listed['document']}", headers=headers).content == pdf()
    assert Fetched.objects.get().channel == "api"


def test_a_program_that_sends_no_file_is_told_how(order: Order, cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {cast.token(cast.taker)}"}
    answer = Client().post(f"/api/v1/orders/{order.ref}/documents", {"kind": "other"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "no_file")


# For everybody -----------------------------------------------------------------------------------------------------


def test_the_code_on_a_paper_says_what_it_is_and_when_it_was_made_and_nothing_else(
    order: Order, made: Document
) -> None:
    page = Client().get(f"/verify/{made.code}/").content.decode()
    assert "合同草案 · 2026-09-18 17:30" in page
    assert order.ref not in page
    assert "云栖" not in page
    assert "合同.pdf" not in page


def test_the_very_file_is_confirmed_and_one_flipped_byte_isnt(made: Document) -> None:
    data = filing.content(made)
    same = Client().post(f"/verify/{made.code}/", {"file": _file(data)}).content.decode()
    assert "签名有效" in same
    other = Client().post(MADE, {"file": _file(data[:3000] + bytes([data[3000] ^ 1]) + data[3001:])}).content.decode()
    assert "并非本公司出具" in other
    assert Fetched.objects.count() == 0


def test_a_typed_code_leads_to_the_paper_and_a_wrong_one_nowhere(made: Document) -> None:
    spaced = f"{made.code[:4]} {made.code[4:].lower()}"
    assert "合同草案" in Client().post(MADE, {"code": spaced}).content.decode()
    assert "没有出具过" in Client().get("/verify/AAAAAAAAAAAAAAAA/").content.decode()


def test_what_people_uploaded_is_never_confirmed(order: Order, cast: Cast) -> None:
    filed = filing.take_in(order, "other", check("other", "a.pdf", pdf()), cast.taker.pk, FRIDAY)
    assert "没有出具过" in Client().get(f"/verify/{filed.code}/").content.decode()
    assert "并非本公司出具" in Client().post(MADE, {"file": _file(pdf())}).content.decode()


def test_a_withdrawn_paper_is_called_so(made: Document) -> None:
    filing.withdraw(made, None, "重出", FRIDAY)
    assert "已撤回" in Client().get(f"/verify/{made.code}/").content.decode()


def test_a_paper_of_an_erased_customer_is_still_confirmed(order: Order, made: Document) -> None:
    data, key = filing.content(made), order.customer.key
    key.wrapped = b""
    key.save()
    assert "签名有效" in Client().post(MADE, {"file": _file(data)}).content.decode()


def test_one_address_may_ask_so_often_and_no_more(made: Document) -> None:
    answers = [Client().get(f"/verify/{made.code}/") for _time in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_the_certificate_that_others_have_to_trust_is_given_to_everybody(made: Document) -> None:
    answer = Client().get("/verify/ca.pem")
    assert answer.content == certificates.root_pem()
    assert b"PRIVATE" not in answer.content


def test_the_limits_are_published_with_the_api(cast: Cast) -> None:
    schema = json.loads(logged_in(cast.taker).get("/api/v1/openapi.json").content)
    body = schema["paths"]["/api/v1/orders/{ref}/documents"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert body["schema"]["properties"]["kind"]["enum"] == list(places.PLACES)
