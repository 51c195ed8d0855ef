"""One example input for every step that people take, as a program sends it, and how a subject gets to each stage.

A test fails when a step has no example, so that a new step joins everything that is tested over the registry.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from jiedan.acquisition.intake import take_in
from jiedan.acquisition.models import ChangeNotice
from jiedan.contract import papers as contracts
from jiedan.contract.models import Contract
from jiedan.contract.wording import CHECKLIST
from jiedan.core.contract_template import STANDARD, Kind
from jiedan.core.lifecycle import AFTER_ACCEPTANCE, LIFECYCLES, ListingStage, OrderStage, StaffStage
from jiedan.core.roles import Role
from jiedan.documents.filing import take_in as take_in_paper
from jiedan.documents.models import Document
from jiedan.documents.proofs import held
from jiedan.documents.signing import Verdict
from jiedan.documents.uploads import Checked
from jiedan.evaluation.models import DecisionVersion, Evaluation
from jiedan.kernel.action import Action
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.kinds import MODELS
from jiedan.orders.models import Order
from jiedan.people.models import Staff
from jiedan.people.subject import Subject
from jiedan.portal.links import issue
from jiedan.portal.models import Link
from jiedan.portal.progress import PROGRESS
from jiedan.terms import papers as terms
from jiedan.terms.models import TermSheet
from tests.cast import (
    FRIDAY,
    TERMS,
    Cast,
    acting,
    contract_to,
    incoming,
    listing_at,
    offered,
    order_at,
    person,
    written,
)
from tests.every_action.connected import CONNECT, connection_at, message_at
from tests.every_action.imported import COLUMNS, UPLOAD, import_at
from tests.every_action.reconciled import reconciliation_at
from tests.resources import equipment_at, item, item_at

REASON = {"reason": "客户来电说明"}


def _nothing(_cast: Cast) -> dict[str, Any]:
    return {}


def _reason(_cast: Cast) -> dict[str, Any]:
    return dict(REASON)


def _change(_cast: Cast) -> dict[str, Any]:
    notice = ChangeNotice.objects.filter(state=ChangeNotice.PENDING).first()
    return {"content_hash": notice.content_hash if notice else "0" * 64, **REASON}


EXAMPLES: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "acquisition.accept_order": _nothing,
    "acquisition.assign_listing": lambda cast: {"department": cast.service.pk, **REASON},
    "acquisition.cancel_order": _reason,
    "acquisition.claim_listing": _nothing,
    "acquisition.contact_customer": lambda _cast: {"channel": "phone", "learned": "下月要货", "next_step": "报价"},
    "acquisition.dismiss_listing": _reason,
    "acquisition.enter_order": lambda cast: {
        "department": cast.home.pk,
        "customer_name": "欧阳青",
        "customer_phone": "13812345678",
        "lines": [{"name": "北欧落地灯", "kind": "product", "quantity": 2, "unit_price": "199.00"}],
    },
    "acquisition.log_contact": lambda _cast: {
        "channel": "visit",
        "learned": "要先看样品",
        "next_step": "送样",
        "next_on": "2026-09-25",
    },
    "acquisition.pass_on_listing": _reason,
    "acquisition.post_listing": lambda cast: {"department": cast.home.pk, "summary": "求购会议室灯具 200 套"},
    "acquisition.read_listing": _nothing,
    "acquisition.read_order": _nothing,
    "acquisition.rebase_deadlines": _reason,
    "acquisition.refuse_cancel": _reason,
    "acquisition.reject_change": _change,
    "acquisition.release_listing": _reason,
    "acquisition.reopen_listing": _reason,
    "acquisition.reveal_contact": _reason,
    "acquisition.route_order": lambda cast: {"department": cast.service.pk, **REASON},
    "acquisition.set_routing": lambda _cast: {
        "rules": [{"departments": ["SERV", "HOME"], "categories": ["家居"], "amount_from": "100.00"}],
        **REASON,
    },
    "acquisition.set_scope": lambda cast: {
        "department": cast.home.pk,
        "categories": "家居|服务/安装",
        "price_from": "1000",
        "lead_days": 10,
        **REASON,
    },
    "acquisition.take_over_change": _change,
    "acquisition.turn_into_order": lambda _cast: {
        "customer_name": "李雷",
        "customer_phone": "13900001111",
        "lines": [{"name": "会议室灯光改造", "kind": "service", "quantity": 1, "unit_price": "8000.00"}],
    },
    "acquisition.transfer_order": lambda cast: {"department": cast.service.pk, **REASON},
    "acquisition.withdraw_cancel": _reason,
    "administration.add_department": lambda _cast: {"code": "LAMP", "name": "灯具事业部"},
    "administration.add_staff": lambda cast: {"number": "3001", "name": "何新", "department": cast.home.pk},
    "administration.appoint_stand_in": lambda cast: {
        "substitute": cast.agent.pk,
        "since": "2026-09-18T18:00:00+08:00",
        "until": "2026-09-25T18:00:00+08:00",
        **REASON,
    },
    "administration.change_calendar": lambda _cast: {"days": "2026-12-24,半天,盘点", **REASON},
    "administration.end_role": lambda cast: {"role": "executor", "department": cast.home.pk},
    "administration.end_stand_in": _nothing,
    "administration.grant_role": lambda cast: {"role": "after_sales", "department": cast.home.pk},
    "administration.invite_staff": _nothing,
    "administration.join_team": lambda _cast: {"team": "安装一组"},
    "administration.reinstate_staff": _reason,
    "administration.set_skill": lambda _cast: {"skill": "电工", "level": "2"},
    "administration.set_values": lambda _cast: {"values": {"accept_hours": "3"}, **REASON},
    "administration.suspend_staff": _reason,
    "contract.countersign_contract": lambda _cast: {"content_hash": _contract_hash()},
    "contract.draw_contract": _nothing,
    "contract.record_signed_contract": lambda _cast: dict.fromkeys(CHECKLIST, True),
    "contract.redraft_contract": _reason,
    "contract.review_contract": lambda _cast: {
        "content_hash": _contract_hash(),
        "verdict": "pass",
        **dict.fromkeys(CHECKLIST, True),
    },
    "contract.send_contract": lambda _cast: {"content_hash": _contract_hash()},
    "contract.set_contract_template": lambda _cast: {
        "kind": "service",
        "clauses": [{"topic": one.topic.value, "text": one.text} for one in STANDARD[Kind.SERVICE]],
        **REASON,
    },
    "contract.share_contract": _nothing,
    "contract.submit_contract": _nothing,
    "documents.attach_document": lambda _cast: filed("other", "说明.txt", "客户来函，一页。"),
    "documents.withdraw_document": lambda _cast: {"document": _newest_document(), **REASON},
    "confirmation.confirm_order": _nothing,
    "connectors.change_connection": lambda _cast: {"address": "https://example.com/callback", **REASON},
    "connectors.close_connection": _reason,
    "connectors.connect_shop": lambda _cast: CONNECT | {"code": "another", "shop": "another"},
    "connectors.discard_message": _reason,
    "connectors.pause_connection": _reason,
    "connectors.replay_message": _nothing,
    "connectors.resume_connection": _reason,
    "connectors.reveal_message": _reason,
    "connectors.rotate_credentials": lambda _cast: {"secret": "another-secret", "overlap_hours": 2, **REASON},
    "connectors.trust_message": _reason,
    "connectors.try_connection": _nothing,
    "evaluation.approve_evaluation": lambda _cast: _evaluation(),
    "evaluation.decline_order": lambda _cast: _evaluation(reason="交期无法满足", advice="可选现货型号"),
    "evaluation.recall_evaluation": _reason,
    "evaluation.return_evaluation": lambda _cast: _evaluation(questions="库存核实了吗？"),
    "evaluation.set_decision_rules": lambda _cast: {
        "rules": [{"mode": "all", "members": ["head", "decider"]}],
        **REASON,
    },
    "evaluation.set_screening": lambda _cast: {"entries": [{"ban": "platform", "words": ["刷单"]}], **REASON},
    "evaluation.submit_evaluation": _nothing,
    "evaluation.tell_customer": lambda _cast: {"told_by": "phone", "said": "已说明原因并推荐现货型号"},
    "portal.renew_link": lambda _cast: {"link": _newest_link()},
    "portal.revoke_link": lambda _cast: {"link": _newest_link(), **REASON},
    "portal.share_order": _nothing,
    "terms.allow_word": lambda _cast: {"word": "线下交易", **REASON},
    "portal.send_link": lambda _cast: {"link": _newest_link(), "way": "mail", "email": "wang@example.com"},
    "terms.log_negotiation": lambda _cast: {"channel": "phone", "said": "希望十月前送到", "next_step": "报价"},
    "terms.offer_terms": _nothing,
    "terms.record_confirmation": lambda _cast: {"content_hash": _offered_hash(), "how": "phone", "name": "欧阳青"},
    "terms.revise_terms": _reason,
    "reconciliation.explain_difference": lambda _cast: {"difference": 1, **REASON},
    "reconciliation.mend_difference": _nothing,
    "resources.add_equipment": lambda cast: {
        "number": "DC-02",
        "kind": "登高车",
        "name": "二号登高车",
        "department": cast.home.pk,
    },
    "resources.add_item": lambda cast: item(cast, code="家居/灯具-2", name="吊灯"),
    "resources.adjust_stock": lambda _cast: {"change": -1, **REASON},
    "resources.change_item": lambda cast: {**item(cast, name="新款落地灯"), **REASON},
    "resources.count_stock": lambda _cast: {"on_hand": 12, **REASON},
    "resources.end_outage": _reason,
    "resources.offer_item": _reason,
    "resources.report_outage": lambda _cast: {"since": "2026-10-08", "until": "2026-10-09", **REASON},
    "resources.retire_equipment": _reason,
    "resources.withdraw_item": _reason,
    "spreadsheet.abandon_import": _reason,
    "spreadsheet.confirm_import": _nothing,
    "spreadsheet.map_columns": lambda _cast: {"columns": dict(COLUMNS)},
    "spreadsheet.start_import": lambda cast: {**UPLOAD, "department": cast.home.pk},
}


def example(code: str, cast: Cast, staff: Staff) -> dict[str, Any]:
    """The input as this person sends it: what a department declares of itself is about their own one."""
    given = EXAMPLES[code](cast)
    own = code == "acquisition.set_scope" and staff.department_id != cast.company.pk
    return given | {"department": staff.department_id} if own else given


def _evaluation(**more: str) -> dict[str, Any]:
    paper = Evaluation.objects.filter(state=Evaluation.SUBMITTED).first()
    return {"content_hash": paper.content_hash if paper else "0" * 64, **more}


@dataclass(frozen=True)
class Case:
    """A step in one of its stages ("" for one that brings a subject into being)."""

    action: Action
    stage: str

    def __str__(self) -> str:
        return f"{self.action.code}-{self.stage or 'new'}"


def subject_at(kind: str, stage: str, cast: Cast) -> Subject:
    """A subject of this kind that real steps brought to this stage; staff: the cast's executor."""
    if kind == "order":
        return _order_at(OrderStage(stage), cast)
    if kind == "listing":
        return listing_at(ListingStage(stage), cast)
    if kind == "connection":
        return connection_at(stage, cast)
    if kind == "message":
        return message_at(stage, cast)
    if kind == "import":
        return import_at(stage, cast.taker)
    if kind == "reconciliation":
        return reconciliation_at(stage, cast.home.pk)
    if kind == "item":
        return item_at(stage, cast)
    if kind == "equipment":
        return equipment_at(stage, cast)
    if kind == "staff":
        return _staff_at(StaffStage(stage), cast)
    return MODELS[kind]._default_manager.get()


def filed(kind: str, name: str, text: str) -> dict[str, Any]:
    """The input that puts a text on file."""
    return {"kind": kind, "name": name, "content": b64encode(text.encode()).decode()}


def with_papers(action: Action, subject: Subject, cast: Cast) -> Subject:
    """The subject with the papers on file that the step needs."""
    if isinstance(subject, Order):
        for proof in action.needs:
            paper = Checked(f"{proof.kind}.txt", "text/plain", proof.kind.encode(), Verdict())
            if not held(subject, [proof.kind]):
                take_in_paper(subject, proof.kind, paper, cast.taker.pk, FRIDAY)
        return _with_terms(action, subject, cast)
    return subject


def _with_terms(action: Action, order: Order, cast: Cast) -> Order:
    """The order with the term sheet written or offered, for the steps on one."""
    if action.code == "terms.offer_terms" and order.stage in action.when:
        terms.save(order, acting(cast.taker), TERMS, None, FRIDAY)
    if action.code in ("terms.record_confirmation", "terms.revise_terms") and order.stage in action.when:
        offered(order, cast)
    if action.code == "contract.draw_contract" and order.stage in action.when:
        contracts.save(order, acting(cast.taker), {}, None, FRIDAY)
    if action.code in CONTRACT_AT and order.stage in action.when:
        contract_to(CONTRACT_AT[action.code], order, cast)
    return Order.objects.get(pk=order.pk)


def _newest_document() -> int:
    return Document.objects.order_by("-pk").values_list("pk", flat=True).first() or 1


def _contract_hash() -> str:
    found = Contract.objects.exclude(content_hash="").order_by("-pk").first()
    return found.content_hash if found else "0" * 64


CONTRACT_AT = {
    "contract.review_contract": Contract.SUBMITTED,
    "contract.send_contract": Contract.PASSED,
    "contract.countersign_contract": Contract.SIGNED,
    "contract.redraft_contract": Contract.SENT,
    "contract.share_contract": Contract.SENT,
}
"""What has to have become of the contract for a step on it."""


def _offered_hash() -> str:
    found = TermSheet.objects.filter(state=TermSheet.OFFERED).first()
    return found.content_hash if found else "0" * 64


def _newest_link() -> int:
    return Link.objects.order_by("-pk").values_list("pk", flat=True).first() or 1


def _order_at(stage: OrderStage, cast: Cast) -> Order:
    # Head and decision maker are both asked, so that each of them can be tried.
    either = {"mode": "single", "members": ["head", "decider"], "amount_from": None, "amount_to": None}
    range_ = {"risk_from": "low", "risk_to": "blocking", "departments": []}
    DecisionVersion.objects.create(number=1, rules=[either | range_], reason="开业", created_at=FRIDAY)
    order = order_at(stage, cast)
    if stage is OrderStage.ACCEPTED:
        written(order, cast)
    # With a paper on file that can be taken back.
    checked = Checked("来函.txt", "text/plain", "来函".encode(), Verdict())
    take_in_paper(order, "customer_material", checked, cast.taker.pk, FRIDAY)
    if stage in AFTER_ACCEPTANCE | {OrderStage.CANCELLING}:
        issue(order, PROGRESS, "", at=FRIDAY, by=cast.taker.pk, until=FRIDAY + timedelta(days=14))
    if stage in AFTER_ACCEPTANCE:
        # With a change to decide on, which is in nobody's way.
        take_in(incoming(buyer_remark="改为周末送货"))
        order.refresh_from_db()
    return order


def _staff_at(stage: StaffStage, cast: Cast) -> Staff:
    # A colleague who hasn't set a password yet, so that the invitation is possible too.
    Staff.objects.filter(pk=cast.executor.pk).update(password=make_password(None))
    step = dispatch("administration.appoint_stand_in", acting(cast.head), _stand_in(cast), subject=cast.executor)
    if stage is StaffStage.SUSPENDED:
        step = dispatch("administration.suspend_staff", acting(cast.system_admin), dict(REASON), subject=step.subject)
    return Staff.objects.get(pk=step.subject.pk)


def _stand_in(cast: Cast) -> dict[str, Any]:
    return EXAMPLES["administration.appoint_stand_in"](cast)


def holder(role: Role, cast: Cast, subject: Subject | None) -> Staff:
    """Who holds the role where the subject is: the cast's own person, or somebody with it for the whole company."""
    own = {
        Role.ORDER_TAKER: cast.taker,
        Role.DEPARTMENT_HEAD: cast.head,
        Role.DECISION_MAKER: cast.decider,
        Role.EXECUTOR: cast.executor,
        Role.AFTER_SALES: cast.agent,
        Role.SUPERVISOR: cast.supervisor,
        Role.SYSTEM_ADMIN: cast.system_admin,
        Role.SECURITY_ADMIN: cast.security_admin,
        Role.AUDIT_ADMIN: cast.audit_admin,
    }[role]
    department = cast.home.pk if subject is None else subject.scope_department_id
    if acting(own).grant({role}, department) is not None:
        return own
    return person(f"8-{role}", "魏全权", cast.company, role)


def stages(kind: str) -> list[str]:
    """The stages of a kind as plain words, in the order of the lifecycle."""
    return [str(stage) for stage in LIFECYCLES[kind].titles]
