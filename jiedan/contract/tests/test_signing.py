"""Who signs a contract for each side, in which capacity, and who only reads it (clause 2.3.2)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from jiedan.contract import papers
from jiedan.contract.models import Contract
from jiedan.contract.tests.test_contracting import SIGN, link_of, path, text_of
from jiedan.core.contract_text import Topic
from jiedan.documents import filing
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Record
from jiedan.orders import vault
from jiedan.orders.models import Order
from jiedan.portal.models import Link, Visit
from tests.cast import FRIDAY, Cast, acting, contract_to, logged_in


def test_the_contract_names_who_signs_and_clauses_as_in_the_template_follow(order: Order, cast: Cast) -> None:
    row = papers.begun(order, FRIDAY)
    assert [(one.name, one.post) for one in row.named()] == [("欧阳青", ""), ("李建国", "业务部门负责人")]
    given = {"customer_name": "欧阳红", "customer_post": "采购经理", "company_name": "王思远", "company_post": "总经理"}
    row = papers.save(order, acting(cast.taker), given, None, FRIDAY)
    assert "签署人：欧阳红（采购经理）" in text_of(row, Topic.PARTIES)
    assert "签署人：王思远（总经理）" in text_of(row, Topic.PARTIES)
    assert papers.checked(row) == []
    assert "欧阳红".encode() not in bytes(Contract.objects.values_list("signatories", flat=True).get())


def test_a_parties_clause_that_was_edited_stays_and_the_check_says_who_is_missing(order: Order, cast: Cast) -> None:
    own = text_of(papers.begun(order, FRIDAY), Topic.PARTIES) + "\n本合同一式两份。"
    row = papers.save(order, acting(cast.taker), {"parties": own}, None, FRIDAY)
    row = papers.save(order, acting(cast.taker), {"customer_name": "欧阳红"}, None, FRIDAY)
    assert text_of(row, Topic.PARTIES) == own
    assert [(one.code, one.topic) for one in papers.checked(row)] == [("party_missing", Topic.PARTIES)]


def test_whoever_the_contract_doesnt_name_signs_only_as_authorised(order: Order, cast: Cast) -> None:
    contract_to(Contract.SENT, order, cast)
    other = SIGN | {"name": "欧阳红"}
    refused = Client().post(path(link_of(order)), other)
    assert (refused.status_code, list(refused.context["errors"])) == (422, ["name"])
    assert "合同写明由“欧阳青”签署" in refused.content.decode()
    assert Contract.objects.get().state == Contract.SENT
    given = other | {"capacity": "authorised", "post": "采购经理"}
    assert Client().post(path(link_of(order)), given).status_code == 302
    signature = Contract.objects.get().signature()
    assert (signature["name"], signature["capacity"], signature["post"]) == ("欧阳红", "authorised", "采购经理")
    record = json.loads(Record.objects.get(action="contract.sign_contract").body)
    assert record["facts"]["capacity"] == "authorised"
    assert "采购经理" not in json.dumps(record, ensure_ascii=False)


def test_an_organisation_signs_through_somebody(order: Order, cast: Cast) -> None:
    key = order.customer.key.opened()
    order.customer.sealed = vault.seal(key, {"name": "青山酒店管理有限公司"}, "customer")
    order.customer.save()
    draft = papers.begun(Order.objects.get(pk=order.pk), FRIDAY)
    assert [one.code for one in papers.checked(draft)] == ["blank"]
    papers.save(order, acting(cast.taker), {"customer_name": "欧阳青", "customer_post": "总经理"}, None, FRIDAY)
    contract_to(Contract.SENT, order, cast)
    refused = Client().post(path(link_of(order)), SIGN)
    assert (refused.status_code, list(refused.context["errors"])) == (422, ["capacity"])
    assert Client().post(path(link_of(order)), SIGN | {"capacity": "legal", "post": "总经理"}).status_code == 302
    assert "欧阳青 (法定代表人，总经理" in logged_in(cast.head).get(f"/orders/{order.ref}/contract/").content.decode()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_file_says_who_signed_in_which_capacity_and_in_whose_place(
    order: Order, cast: Cast, tmp_path: Path
) -> None:
    papers.save(order, acting(cast.taker), {"customer_post": "采购经理"}, None, FRIDAY)
    row = contract_to(Contract.SENT, order, cast)
    Client().post(path(link_of(order)), SIGN | {"capacity": "authorised", "post": "采购经理"})
    given = {"content_hash": row.content_hash, "post": "总经理", "drawn": "M10 20 L30 40"}
    dispatch("contract.countersign_contract", acting(cast.decider), given, subject=order)
    (tmp_path / "c.pdf").write_bytes(filing.content(Document.objects.get(kind="signed_contract")))
    said = subprocess.run(["pdftotext", "c.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    flat = "".join(said.split())
    assert "欧阳青（授权代表，采购经理）" in flat
    assert "王思远（总经理）" in flat
    assert "合同写明的签署人为李建国，本次由上列人员代为签署。" in flat
    record = json.loads(Record.objects.get(action="contract.countersign_contract").body)["facts"]
    assert (record["post"], "drawn" in record) == ("总经理", False)


def test_a_reader_at_the_customer_remarks_and_cant_sign(order: Order, cast: Cast) -> None:
    with pytest.raises(Refused):
        dispatch("contract.share_contract", acting(cast.taker), {}, subject=order)
    contract_to(Contract.SENT, order, cast)
    dispatch("contract.share_contract", acting(cast.taker), {}, subject=order)
    reading = Link.objects.get(purpose="contract_read")
    page = Client().get(path(reading)).content.decode()
    assert ("由贵方其他人员签署" in page, 'name="consent"' in page) == (True, False)
    refused = Client().post(path(reading), SIGN)
    assert (refused.status_code, Contract.objects.get().state) == (409, Contract.SENT)
    assert Visit.objects.filter(link=reading, what="refused").count() == 1
    remark = {"step": "contract.remark_on_contract", "topic": "dispute", "words": "能否改为仲裁？"}
    assert Client().post(path(reading), remark).status_code == 302
    assert Client().post(path(link_of(order)), SIGN).status_code == 302
    dispatch("contract.redraft_contract", acting(cast.taker), {"reason": "改仲裁"}, subject=order)
    assert Client().get(path(reading)).status_code == 410
