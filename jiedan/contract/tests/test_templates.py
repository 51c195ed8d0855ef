"""The company's own templates: versions, drafts, trying them out; contracts keep what they were drawn from (2.3.2)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from jiedan.contract import editions, papers
from jiedan.contract.models import Contract, ContractTemplate, TemplateDraft
from jiedan.contract.shown import view
from jiedan.contract.template_input import as_text, from_text
from jiedan.core.contract_template import STANDARD, Kind
from jiedan.core.contract_text import Clause, Topic
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Procedure, Record
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, contract_to, logged_in

SET = "contract.set_contract_template"
REASON = {"reason": "法务修订"}


def own(old: str = "双方各执一份", new: str = "双方各执两份", kind: Kind = Kind.GOODS) -> tuple[Clause, ...]:
    return tuple(replace(clause, text=clause.text.replace(old, new)) for clause in STANDARD[kind])


def given(clauses: tuple[Clause, ...], kind: Kind = Kind.GOODS, **more: object) -> dict[str, Any]:
    rows = [{"topic": one.topic.value, "heading": one.title, "text": one.text} for one in clauses]
    return {"kind": kind.value, "clauses": rows, **REASON, **more}


def put_in_force(cast: Cast, clauses: tuple[Clause, ...], **more: object) -> None:
    dispatch(SET, acting(cast.decider), given(clauses, **more), subject=Procedure.objects.get(pk=1))


def general(row: Contract) -> str:
    return next(clause.text for clause in row.clauses if clause.topic is Topic.GENERAL)


def test_a_contract_keeps_the_version_that_it_was_drawn_from(order: Order, cast: Cast) -> None:
    first = papers.save(order, acting(cast.taker), {}, None, FRIDAY)
    assert (first.template_kind, first.template_number) == ("goods", 0)
    put_in_force(cast, own(), based_on=0)
    row = Contract.objects.get()
    assert (general(row), papers.newer_template(row)) == (general(first), 1)
    dispatch("contract.draw_contract", acting(cast.taker), {"paper_version": row.saves}, subject=order)
    row = Contract.objects.get()
    assert "双方各执两份" in general(row)
    assert (row.template_number, papers.newer_template(row), row.saves) == (1, None, 2)


def test_a_draft_is_drawn_anew_only_by_who_saw_its_newest_saving(order: Order, cast: Cast) -> None:
    with pytest.raises(Refused, match="尚未保存"):
        dispatch("contract.draw_contract", acting(cast.taker), {}, subject=order)
    papers.save(order, acting(cast.taker), {"general": "我改过。"}, None, FRIDAY)
    with pytest.raises(Refused) as refused:
        dispatch("contract.draw_contract", acting(cast.head), {"paper_version": 0}, subject=order)
    assert refused.value.code == "paper_changed"
    assert general(Contract.objects.get()) == "我改过。"


def test_a_contract_that_was_handed_over_isnt_drawn_anew(order: Order, cast: Cast) -> None:
    row = contract_to(Contract.SENT, order, cast)
    put_in_force(cast, own())
    with pytest.raises(Refused):
        dispatch("contract.draw_contract", acting(cast.taker), {}, subject=order)
    row.refresh_from_db()
    assert (papers.hash_of(row), row.template_number) == (row.content_hash, 0)
    dispatch("contract.redraft_contract", acting(cast.taker), {"reason": "改条款"}, subject=order)
    assert Contract.objects.get(state=Contract.DRAFT).template_number == 0


def test_the_reviewer_sees_which_clauses_arent_as_in_the_template(order: Order, cast: Cast) -> None:
    papers.save(order, acting(cast.taker), {"dispute": "争议提交杭州仲裁委员会仲裁。"}, None, FRIDAY)
    row = contract_to(Contract.SUBMITTED, order, cast)
    found = view(row, None)
    assert (found.template, found.changed) == ("商品合同 · 初始版", ["争议解决"])
    against = {clause.topic: clause.against for clause in found.clauses}
    assert "".join(one.text for one in against["dispute"] if one.kind != "gone") == "争议提交杭州仲裁委员会仲裁。"
    assert against["price"] == []
    page = logged_in(cast.head).get(f"/orders/{order.ref}/contract/").content.decode()
    assert "1 条与模板不同" in page


def test_only_a_decision_maker_sets_a_template(cast: Cast) -> None:
    before = Record.objects.count()
    for who in (cast.taker, cast.head, cast.system_admin):
        with pytest.raises(Forbidden):
            dispatch(SET, acting(who), given(own()), subject=Procedure.objects.get(pk=1))
    assert (ContractTemplate.objects.count(), Record.objects.count()) == (0, before)


def test_a_template_with_faults_is_refused_by_name_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        put_in_force(cast, own("{总价大写}", "{大写}"))
    assert list(refused.value.fields) == ["clauses.price"]
    unknown, missing = refused.value.fields["clauses.price"]
    assert unknown.startswith("“价款”占位符“{大写}”不存在；可用的有：{客户}、")
    assert missing == "“价款”缺少占位符“{总价大写}”；请写入本条。"
    assert not ContractTemplate.objects.exists()


def test_two_who_change_a_template_at_once_lose_nothing(cast: Cast) -> None:
    put_in_force(cast, own(), based_on=0)
    with pytest.raises(Refused) as refused:
        put_in_force(cast, own("双方各执一份", "双方各执三份"), based_on=0)
    assert refused.value.code == "template_changed"
    assert [one.number for one in editions.editions(Kind.GOODS)] == [1, 0]


def test_the_record_holds_the_whole_template_with_its_reason(cast: Cast) -> None:
    put_in_force(cast, own(kind=Kind.SERVICE), kind=Kind.SERVICE)
    facts = json.loads(Record.objects.get(action=SET).body)["facts"]
    assert (facts["kind"], facts["version"], facts["reason"]) == ("service", 1, "法务修订")
    assert Clause.read(facts["clauses"][0]) == STANDARD[Kind.SERVICE][0]


def test_a_template_is_written_as_text_too(cast: Cast) -> None:
    text = as_text(own())
    assert text.startswith("## parties 合同双方\n甲方（客户）：{客户}")
    book = Procedure.objects.get(pk=1)
    dispatch(SET, acting(cast.decider), {"kind": "goods", "clauses": text, **REASON}, subject=book)
    assert editions.newest(Kind.GOODS).clauses == own()
    with pytest.raises(ValueError, match="第 1 行"):
        from_text("合同\n## price")


# The pages -----------------------------------------------------------------------------------------------------------


def form(clauses: tuple[Clause, ...], **more: str) -> dict[str, str]:
    sent = {"based_on": "0"}
    for place, clause in enumerate(clauses, start=1):
        texts = {"heading": clause.heading, "place": f"{place * 10}", "text": clause.text}
        sent |= {f"{part}.{clause.topic}": text for part, text in texts.items()}
    return sent | more


def test_a_draft_is_kept_tried_and_put_in_force_on_its_page(order: Order, cast: Cast) -> None:
    client, address = logged_in(cast.decider), "/procedure/contracts/goods/draft/"
    assert "初始版" in client.get(address).content.decode()
    assert client.post(address, form(own(), do="save")).status_code == 302
    assert TemplateDraft.objects.get().staff == cast.decider
    tried = client.get(f"/procedure/contracts/goods/try/?draft=1&order={order.ref.lower()}")
    assert "双方各执两份" in tried.content.decode()
    assert "检查全部通过" in tried.content.decode()
    silent = client.post(address, form(own(), do="force", reason=""))
    assert (silent.status_code, list(silent.context["reason_errors"])) == (422, ["至少 1 个字符。"])
    assert not ContractTemplate.objects.exists()
    done = client.post(address, form(own(), do="force", reason="法务修订"))
    assert (done.status_code, TemplateDraft.objects.count()) == (302, 0)
    page = client.get("/procedure/contracts/").content.decode()
    assert "法务修订" in page
    compared = client.get("/procedure/contracts/goods/?version=1&against=0").content.decode()
    assert "<ins>两</ins>" in compared
    assert "<del>一</del>" in compared


def test_a_draft_with_faults_stays_in_the_form_and_isnt_kept(cast: Cast) -> None:
    client, address = logged_in(cast.decider), "/procedure/contracts/goods/draft/"
    answer = client.post(address, form(own("{付款约定}", "按约定付款 {"), do="save"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "按约定付款 {" in page
    assert "“付款”缺少占位符“{付款约定}”" in page
    assert "花括号不成对" in page
    assert not TemplateDraft.objects.exists()


def test_clauses_stand_in_the_order_of_their_places_and_a_further_one_among_them(cast: Cast) -> None:
    more = {"text.further_1": "知识产权归甲方所有。", "heading.further_1": "知识产权", "place.further_1": "15"}
    answer = logged_in(cast.decider).post(
        "/procedure/contracts/goods/draft/", form(own(), do="force", reason="加条款") | more
    )
    assert answer.status_code == 302
    headings = [clause.heading for clause in editions.newest(Kind.GOODS).clauses]
    assert headings[:3] == ["合同双方", "知识产权", "标的"]


def test_a_draft_made_from_an_older_version_is_refused_until_what_differs_was_seen(cast: Cast) -> None:
    client, address = logged_in(cast.decider), "/procedure/contracts/goods/draft/"
    client.post(address, form(own(), do="save"))
    put_in_force(cast, own("双方各执一份", "双方各执三份"))
    late = client.post(address, form(own(), do="force", reason="法务修订"))
    assert late.status_code == 409
    assert "现行模板已更新" in late.content.decode()
    assert editions.newest(Kind.GOODS).number == 1
    assert client.post(address, form(own(), do="rebase")).status_code == 302
    assert TemplateDraft.objects.get().based_on == 1


def test_a_template_is_tried_as_a_pdf_that_is_no_contract(order: Order, cast: Cast) -> None:
    answer = logged_in(cast.taker).get(f"/procedure/contracts/goods/try/?order={order.ref}&pdf=1")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert b"/ByteRange" not in answer.content
    assert not Contract.objects.exists()


def test_nobody_tries_a_template_on_an_order_that_isnt_theirs(order: Order, cast: Cast) -> None:
    answer = logged_in(cast.outsider).get(f"/procedure/contracts/goods/try/?order={order.ref}")
    assert answer.status_code == 422
    assert "欧阳青" not in answer.content.decode()


def test_trying_is_offered_to_who_reads_orders_and_to_nobody_else(cast: Cast) -> None:
    address = "/procedure/contracts/goods/"
    assert "/goods/try/" in logged_in(cast.taker).get(address).content.decode()
    for admin in (cast.system_admin, cast.security_admin):
        page = logged_in(admin).get(address)
        assert page.status_code == 200
        assert "/goods/try/" not in page.content.decode()


def test_an_order_of_another_kind_says_which_template_it_would_be_drawn_with(order: Order, cast: Cast) -> None:
    page = logged_in(cast.taker).get(f"/procedure/contracts/service/try/?order={order.ref}").content.decode()
    assert "应使用“商品合同”" in page


def test_the_form_as_text_begins_with_what_is_in_force_and_sets_it(cast: Cast) -> None:
    client, address = logged_in(cast.decider), f"/procedure/{Procedure.objects.get(pk=1).ref}/do/{SET}/"
    assert "## parties 合同双方" in client.get(f"{address}?kind=goods").content.decode()
    wrong = client.post(address, {"kind": "goods", "clauses": "## price\n{总价}", "reason": "试"})
    assert wrong.status_code == 422
    assert "缺少本条" in wrong.content.decode()
    right = {"kind": "goods", "clauses": as_text(own()), "reason": "法务修订", "based_on": "0"}
    assert client.post(address, right).status_code == 302
    assert editions.newest(Kind.GOODS).number == 1


def test_a_program_reads_templates_and_tries_one(order: Order, cast: Cast) -> None:
    taker = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(cast.taker)}"}
    found = Client().get("/api/v1/contract-templates", **taker).json()
    assert [(one["kind"], one["number"]) for one in found["templates"]] == [("goods", 0), ("service", 0), ("mixed", 0)]
    assert {"name": "总价", "meaning": "the total in figures", "clause": "price"} in found["placeholders"]
    one = Client().get("/api/v1/contract-templates/mixed/0", **taker)
    assert (one.status_code, one.json()["clauses"][0]["heading"]) == (200, "合同双方")
    assert Client().get("/api/v1/contract-templates/mixed/7", **taker).status_code == 404
    body = json.dumps({"order": order.ref, "clauses": as_text(own())})
    tried = Client().post("/api/v1/contract-templates/goods/try", body, content_type="application/json", **taker)
    assert tried.json()["findings"] == []
    assert "双方各执两份" in tried.json()["clauses"][-1]["text"]
    strange = json.dumps({"order": order.ref, "clauses": "## price\n{x}"})
    refused = Client().post("/api/v1/contract-templates/goods/try", strange, content_type="application/json", **taker)
    assert (refused.status_code, "clauses.price" in refused.json()["errors"]) == (422, True)
    assert not ContractTemplate.objects.exists()
