"""A contract from the agreed terms to both signatures; whatever is altered or out of turn is refused (2.3.2, 1.3.4)."""

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jiedan.contract import concluding, papers
from jiedan.contract.models import Contract, Remark
from jiedan.contract.shown import pieces
from jiedan.core import clock
from jiedan.core.contract_text import Clause, Topic
from jiedan.core.lifecycle import OrderStage
from jiedan.documents import filing, signing
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Attempt, Deadline, Record
from jiedan.orders.models import Order
from jiedan.portal.links import customer
from jiedan.portal.models import Link, Visit
from tests.cast import FRIDAY, SIGNATURE, Cast, acting, contract_to, logged_in
from tests.every_action.examples import filed

TICKED = dict.fromkeys(("lawful", "definite", "unambiguous", "complete", "as_agreed"), True)
SIGN = {"step": "contract.sign_contract", "name": "欧阳青", "consent": "on", "drawn": "M10 20 L30 40"}


def stage(order: Order) -> str:
    return Order.objects.get(pk=order.pk).stage


def link_of(order: Order) -> Link:
    return Link.objects.get(order=order, purpose="contract", revoked_at=None)


def path(link: Link) -> str:
    return f"/p/{link.token}/"


def text_of(row: Contract, topic: Topic) -> str:
    return next(clause.text for clause in row.clauses if clause.topic is topic)


def test_a_draft_is_the_agreed_terms_and_names_both_sides(order: Order) -> None:
    row = papers.begun(order, FRIDAY)
    assert "甲方（客户）：欧阳青" in text_of(row, Topic.PARTIES)
    assert "云栖贸易有限公司" in text_of(row, Topic.PARTIES)
    assert "总价款 398.00 元（大写：人民币叁佰玖拾捌元整）" in text_of(row, Topic.PRICE)
    assert "2026 年 9 月 30 日前交付" in text_of(row, Topic.DELIVERY)
    assert papers.checked(row) == []


def test_its_text_lies_sealed_in_the_database(order: Order, cast: Cast) -> None:
    papers.save(order, acting(cast.taker), {}, None, FRIDAY)
    stored = Contract.objects.values().get()
    assert "欧阳青".encode() not in bytes(stored["sealed"])
    assert "欧阳青" not in json.dumps(stored["terms"], ensure_ascii=False)


def test_what_the_checks_find_blocks_handing_it_over_and_is_named_by_clause(order: Order, cast: Cast) -> None:
    wrong = {"price": "总价款 300.00 元", "dispute": "", "delivery": "尽快交付"}
    papers.save(order, acting(cast.taker), wrong, None, FRIDAY)
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        dispatch("contract.submit_contract", acting(cast.taker), {}, subject=order)
    assert sorted(refused.value.fields) == ["delivery", "dispute", "price"]
    assert (Record.objects.count(), Contract.objects.get().state) == (before, Contract.DRAFT)


def test_nobody_reviews_what_they_wrote(order: Order, cast: Cast) -> None:
    papers.save(order, acting(cast.head), {"general": "双方各执一份。"}, None, FRIDAY)
    dispatch("contract.submit_contract", acting(cast.taker), {}, subject=order)
    seen = {"content_hash": Contract.objects.get().content_hash, "verdict": "pass", **TICKED}
    with pytest.raises(Refused) as refused:
        dispatch("contract.review_contract", acting(cast.head), seen, subject=order)
    assert "自己拟定" in str(refused.value.sentence)
    dispatch("contract.review_contract", acting(cast.decider), seen, subject=order)
    assert Contract.objects.get().state == Contract.PASSED


def test_a_review_passes_only_with_every_point_and_returns_only_with_words(order: Order, cast: Cast) -> None:
    row = contract_to(Contract.SUBMITTED, order, cast)
    seen = {"content_hash": row.content_hash}
    with pytest.raises(Invalid) as lacking:
        dispatch(
            "contract.review_contract",
            acting(cast.head),
            {**seen, "verdict": "pass", **TICKED, "lawful": False},
            subject=order,
        )
    assert list(lacking.value.fields) == ["lawful"]
    with pytest.raises(Invalid) as silent:
        dispatch("contract.review_contract", acting(cast.head), {**seen, "verdict": "return"}, subject=order)
    assert list(silent.value.fields) == ["words"]
    given = {**seen, "verdict": "return", "words": "违约金太低"}
    dispatch("contract.review_contract", acting(cast.head), given, subject=order)
    first, second = Contract.objects.order_by("number")
    assert (first.state, second.state, second.questions) == (Contract.WITHDRAWN, Contract.DRAFT, "违约金太低")
    assert second.clauses == first.clauses


def test_two_who_edit_at_once_lose_nothing(order: Order, cast: Cast) -> None:
    papers.save(order, acting(cast.taker), {"general": "甲"}, 0, FRIDAY)
    with pytest.raises(Refused) as refused:
        papers.save(order, acting(cast.head), {"general": "乙"}, 0, FRIDAY)
    assert refused.value.code == "paper_changed"
    assert text_of(Contract.objects.get(), Topic.GENERAL) == "甲"
    with pytest.raises(Invalid) as unknown:
        papers.save(order, acting(cast.taker), {"weather": "晴"}, None, FRIDAY)
    assert list(unknown.value.fields) == ["weather"]


def test_the_customer_reads_remarks_and_signs_and_both_get_the_sealed_file(order: Order, cast: Cast) -> None:
    row = contract_to(Contract.SENT, order, cast)
    link, phone = link_of(order), Client(HTTP_USER_AGENT="phone")
    page = phone.get(path(link)).content.decode()
    for clause in row.clauses:
        assert clause.heading in page
    remark = {"step": "contract.remark_on_contract", "topic": "dispute", "words": "能否改为仲裁？"}
    assert phone.post(path(link), remark).status_code == 302
    assert Remark.objects.get().words == "能否改为仲裁？"
    assert "能否改为仲裁？" in logged_in(cast.taker).get(f"/orders/{order.ref}/contract/").content.decode()
    assert phone.post(path(link), SIGN).status_code == 302
    row.refresh_from_db()
    signed = row.signature()
    assert (row.state, signed["name"], signed["address"], signed["device"], signed["drawn"]) == (
        Contract.SIGNED, "欧阳青", "127.0.0.1", "phone", "M10 20 L30 40",
    )  # fmt: skip
    record = json.loads(Record.objects.get(action="contract.sign_contract").body)
    assert not {"name", "drawn", "address", "device"} & set(record["facts"])
    again = phone.post(path(link), SIGN)
    assert again.status_code == 409
    dispatch("contract.countersign_contract", acting(cast.head), {"content_hash": row.content_hash}, subject=order)
    assert stage(order) == OrderStage.SIGNED
    paper = Document.objects.get(order=order, kind="signed_contract")
    content = filing.content(paper)
    assert signing.verify(content).state == "valid"
    fetched = phone.get(f"{path(link)}files/{paper.sha256}/")
    assert (fetched.status_code, fetched.content) == (200, content)
    assert Visit.objects.filter(link=link, what="fetched").count() == 1
    clocks = dict(Deadline.objects.filter(subject_id=order.pk).values_list("name", "status"))
    assert (clocks["conclude_contract"], clocks["confirm_order"]) == ("kept", "running")


def test_a_signed_order_is_entered_with_its_contract(order: Order, cast: Cast) -> None:
    contract_to(Contract.CONCLUDED, order, cast)
    dispatch("confirmation.confirm_order", acting(cast.taker), {}, subject=order)
    assert stage(order) == OrderStage.CONFIRMED


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_debians_pdfsig_calls_the_contract_valid_and_one_flipped_byte_invalid(
    order: Order, cast: Cast, tmp_path: Path
) -> None:
    contract_to(Contract.CONCLUDED, order, cast)
    content = filing.content(Document.objects.get(order=order, kind="signed_contract"))
    flipped = bytearray(content)
    flipped[3000] ^= 1
    for name, data, said in (("good", content, "Signature is Valid."), ("bad", bytes(flipped), "Digest Mismatch.")):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(data)
        told = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
        assert said in told, name


def test_a_contract_drawn_up_anew_ends_the_link_and_lets_the_signature_lapse(order: Order, cast: Cast) -> None:
    row = contract_to(Contract.SIGNED, order, cast)
    link = link_of(order)
    dispatch("contract.redraft_contract", acting(cast.taker), {"reason": "客户要求改仲裁"}, subject=order)
    assert Client().get(path(link)).status_code == 410
    with pytest.raises(Refused):
        dispatch("contract.countersign_contract", acting(cast.head), {"content_hash": row.content_hash}, subject=order)
    assert stage(order) == OrderStage.AGREED
    papers.save(order, acting(cast.taker), {"dispute": "争议提交杭州仲裁委员会仲裁。"}, None, FRIDAY)
    page = logged_in(cast.head).get(f"/orders/{order.ref}/contract/").content.decode()
    assert "仲裁" in page
    newest = contract_to(Contract.SENT, order, cast)
    assert (newest.number, newest.content_hash == row.content_hash) == (2, False)


def test_a_contract_whose_text_was_altered_after_signing_is_not_countersigned(order: Order, cast: Cast) -> None:
    row = contract_to(Contract.SIGNED, order, cast)
    row.order = Order.objects.get(pk=order.pk)
    row.write(Clause(one.topic, one.text.replace("398.00", "1.00")) for one in row.clauses)
    row.save()
    with pytest.raises(Refused) as refused:
        dispatch("contract.countersign_contract", acting(cast.head), {"content_hash": row.content_hash}, subject=order)
    assert refused.value.code == "contract_outdated"
    assert stage(order) == OrderStage.AGREED
    assert Attempt.objects.get().code == "contract_outdated"
    assert not Document.objects.filter(kind="signed_contract").exists()


def test_who_signs_another_version_signs_nothing(order: Order, cast: Cast) -> None:
    contract_to(Contract.SENT, order, cast)
    behind = {"link": link_of(order).pk, "content_hash": "0" * 64}
    with pytest.raises(Refused) as refused:
        dispatch("contract.sign_contract", customer(order), SIGNATURE | behind, subject=order, channel="portal")
    assert refused.value.code == "contract_outdated"
    assert Contract.objects.get().state == Contract.SENT


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"consent": ""}, "consent"),
        ({"drawn": 'M1 1"/><script>alert(1)</script>'}, "drawn"),
        ({"drawn": "M1 1" + " L2 2" * 5000}, "drawn"),
    ],
)
def test_a_signature_that_isnt_one_names_its_field_and_signs_nothing(
    order: Order, cast: Cast, more: dict[str, str], field: str
) -> None:
    contract_to(Contract.SENT, order, cast)
    given = {name: value for name, value in (SIGN | more).items() if value}
    answer = Client().post(path(link_of(order)), given)
    assert answer.status_code == 422
    assert list(answer.context["errors"]) == [field]
    assert Contract.objects.get().state == Contract.SENT


def test_a_typed_name_is_enough_where_nothing_can_be_drawn(order: Order, cast: Cast) -> None:
    contract_to(Contract.SENT, order, cast)
    assert Client().post(path(link_of(order)), SIGN | {"drawn": ""}).status_code == 302
    row = Contract.objects.get()
    assert (row.state, row.signature()["drawn"]) == (Contract.SIGNED, "")
    dispatch("contract.countersign_contract", acting(cast.head), {"content_hash": row.content_hash}, subject=order)
    assert stage(order) == OrderStage.SIGNED


def test_a_contract_signed_on_paper_needs_its_scan_and_somebody_else_who_goes_through_the_list(
    order: Order, cast: Cast
) -> None:
    with pytest.raises(Refused) as missing:
        dispatch("contract.record_signed_contract", acting(cast.head), TICKED, subject=order)
    assert "已签署的合同" in str(missing.value.sentence)
    from jiedan.documents.tests.papers import pdf

    scan = filed("signed_contract", "合同.pdf", "x") | {"content": _base64(pdf())}
    dispatch("documents.attach_document", acting(cast.taker), scan, subject=order)
    with pytest.raises(Invalid) as careless:
        dispatch("contract.record_signed_contract", acting(cast.head), TICKED | {"lawful": False}, subject=order)
    assert list(careless.value.fields) == ["lawful"]
    with pytest.raises(Forbidden):
        dispatch("contract.record_signed_contract", acting(cast.taker), TICKED, subject=order)
    papers.save(order, acting(cast.head), {"general": "双方各执一份。"}, None, FRIDAY)
    with pytest.raises(Refused, match="自己拟定"):
        dispatch("contract.record_signed_contract", acting(cast.head), TICKED, subject=order)
    dispatch("contract.record_signed_contract", acting(cast.decider), TICKED, subject=order)
    row = Contract.objects.get()
    assert (stage(order), row.on_paper, row.reviewed_by) == (OrderStage.SIGNED, True, cast.decider)
    assert row.checklist == list(TICKED)
    dispatch("confirmation.confirm_order", acting(cast.taker), {}, subject=order)
    assert stage(order) == OrderStage.CONFIRMED


def _base64(content: bytes) -> str:
    from base64 import b64encode

    return b64encode(content).decode()


def test_an_ended_link_signs_nothing(order: Order, cast: Cast) -> None:
    contract_to(Contract.SENT, order, cast)
    link = link_of(order)
    with clock.at(link.expires_at + timedelta(seconds=1)):
        assert Client().post(path(link), SIGN).status_code == 410
    assert Contract.objects.get().state == Contract.SENT
    assert Visit.objects.get().what == "refused"


def test_the_form_saves_checks_and_hands_over_without_a_script(order: Order, cast: Cast) -> None:
    client = logged_in(cast.taker)
    page = client.get(f"/orders/{order.ref}/contract/draft/")
    assert page.status_code == 200
    assert "检查全部通过" in page.content.decode()
    given: dict[str, Any] = {clause.topic.value: clause.text for clause in papers.begun(order, FRIDAY).clauses}
    wrong = client.post(f"/orders/{order.ref}/contract/draft/", given | {"breach": "", "version": "0", "go": "submit"})
    assert wrong.status_code == 422
    assert "缺少“违约责任”条款" in wrong.content.decode()
    done = client.post(f"/orders/{order.ref}/contract/draft/", given | {"version": "1", "go": "submit"})
    assert done.status_code == 302
    assert Contract.objects.get().state == Contract.SUBMITTED
    review = logged_in(cast.head)
    assert "审查合同" in review.get(f"/orders/{order.ref}/contract/").content.decode()
    form = review.get(f"/orders/{order.ref}/do/contract.review_contract/").content.decode()
    assert f'name="content_hash" value="{Contract.objects.get().content_hash}"' in form


def test_a_program_reads_the_draft_with_its_findings_and_writes_it(order: Order, cast: Cast) -> None:
    head = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(cast.taker)}"}
    address = f"/api/v1/orders/{order.ref}/contract"
    draft = Client().get(address, **head).json()["draft"]
    assert (draft["version"], draft["findings"]) == (0, [])
    body = json.dumps({"force_majeure": "发生不可抗力的，尽快通知。", "version": 0})
    saved = Client().patch(address, body, content_type="application/json", **head).json()
    assert [(one["code"], one["blocks"], one["topic"]) for one in saved["findings"]] == [
        ("vague_wording", False, "force_majeure")
    ]
    assert Client().get(address, **head).json()["versions"] == []


def test_what_changed_between_two_texts_is_told_piece_by_piece() -> None:
    found = [(piece.kind, piece.text) for piece in pieces("向乙方所在地法院起诉", "向甲方所在地法院起诉")]
    assert found == [("same", "向"), ("gone", "乙"), ("new", "甲"), ("same", "方所在地法院起诉")]
    assert pieces("同", "同") == []


def test_a_drawn_signature_becomes_a_picture_and_none_becomes_none() -> None:
    assert 'd="M1 2 L3 4"' in concluding.as_svg("M1 2 L3 4")
    assert concluding.as_svg("") == ""
