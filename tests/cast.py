"""The named cast: one person a role, one outsider, two departments, and orders that real steps brought somewhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver
from jiedan.acquisition.models import Listing, RoutingVersion
from jiedan.contract.models import Contract
from jiedan.core import clock
from jiedan.core.lifecycle import FROZEN, ListingStage, OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import papers
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.people import tokens
from jiedan.people.actor import SYSTEM, Actor, actor_for
from jiedan.people.models import Department, RoleAssignment, Staff
from jiedan.portal.links import customer
from jiedan.portal.models import Link
from jiedan.terms import papers as terms
from jiedan.terms.models import TermSheet

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 9, 18, 17, 30, tzinfo=SHANGHAI)
PASSWORD = "correct-horse-battery"


def shanghai(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class Cast:
    company: Department
    home: Department
    service: Department
    taker: Staff
    head: Staff
    decider: Staff
    executor: Staff
    agent: Staff
    supervisor: Staff
    system_admin: Staff
    security_admin: Staff
    audit_admin: Staff
    outsider: Staff
    other_head: Staff

    @classmethod
    def enter(cls) -> "Cast":
        company = Department.objects.create(code="HQ", name="云栖贸易有限公司")
        home = Department.objects.create(code="HOME", name="家居事业部", parent=company)
        service = Department.objects.create(code="SERV", name="服务事业部", parent=company)
        cast = cls(
            company, home, service,
            taker=person("1001", "张晓月", home, Role.ORDER_TAKER),
            head=person("1002", "李建国", home, Role.DEPARTMENT_HEAD),
            decider=person("1003", "王思远", company, Role.DECISION_MAKER),
            executor=person("1004", "赵大勇", home, Role.EXECUTOR),
            agent=person("1005", "孙巧", home, Role.AFTER_SALES),
            supervisor=person("1006", "周正", company, Role.SUPERVISOR),
            system_admin=person("9001", "吴系统", company, Role.SYSTEM_ADMIN),
            security_admin=person("9002", "郑安全", company, Role.SECURITY_ADMIN),
            audit_admin=person("9003", "冯审计", company, Role.AUDIT_ADMIN),
            outsider=person("2001", "陈外", service, Role.ORDER_TAKER),
            other_head=person("2002", "褚外长", service, Role.DEPARTMENT_HEAD),
        )  # fmt: skip
        RoutingVersion.objects.create(
            number=1,
            rules=[
                {"department": home.pk, "shop": "hangzhou", "category": "家居"},
                {"department": service.pk, "shop": "", "category": "服务"},
            ],
            reason="开业",
            created_at=clock.now(),
        )
        return cast

    @property
    def people(self) -> dict[str, Staff]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Staff)}

    def token(self, staff: Staff, *scopes: str) -> str:
        return tokens.issue(staff, "test", scopes or ("read", "act"), clock.now(), 30)[1]


def person(number: str, name: str, department: Department, *roles: Role) -> Staff:
    staff = Staff.objects.create_staff(number, name, department, email=f"s{number}@example.com", password=PASSWORD)
    for role in roles:
        RoleAssignment.objects.create(
            staff=staff, role=role, department=department, since=clock.now() - timedelta(days=30)
        )
    return staff


def acting(staff: Staff) -> Actor:
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())


def incoming(external_id: str = "K1", **changes: object) -> IncomingOrder:
    values: dict[str, object] = {
        "platform": "kaola",
        "shop": "hangzhou",
        "external_id": external_id,
        "kind": "product",
        "placed_at": FRIDAY - timedelta(minutes=20),
        "paid_at": FRIDAY - timedelta(minutes=15),
        "customer_account": "buyer-7",
        "customer_phone": "13800001234",
        "receiver": Receiver(
            name="欧阳青", phone="13812345678", province="浙江省", city="杭州市", district="西湖区", address="文三路 1 号"
        ),
        "lines": [
            IncomingLine(
                number=1, sku="S1", name="北欧落地灯", category="家居/灯具", quantity=2,
                unit_price=Decimal("199.00"), amount=Decimal("398.00"),
            )
        ],
        "goods_amount": Decimal("398.00"),
        "total": Decimal("398.00"),
    }  # fmt: skip
    return IncomingOrder.model_validate(values | changes)


def received(external_id: str = "K1", **changes: object) -> Order:
    """An order as the platform's push brings it."""
    done = dispatch("acquisition.receive_order", SYSTEM, incoming(external_id, **changes), channel="connector")
    return Order.objects.get(pk=done.subject.pk)


def order_at(stage: OrderStage, cast: Cast, external_id: str = "K1") -> Order:
    """An order that real steps brought to this stage."""
    if stage is OrderStage.UNROUTED:
        return received(external_id, shop="unknown")
    order = received(external_id)
    if stage in (OrderStage.ACCEPTED, OrderStage.DECIDING, OrderStage.NEGOTIATING, OrderStage.DECLINED):
        _evaluated(stage, order, cast)
    elif stage in FROZEN:
        _evaluated(OrderStage.NEGOTIATING, order, cast)
        _agreed(order, cast)
        if stage is OrderStage.SIGNED:
            _signed(order, cast)
        if stage is OrderStage.CONFIRMED:
            dispatch("confirmation.confirm_order", acting(cast.taker), {}, subject=order)
    elif stage is OrderStage.CANCELLING:
        dispatch("acquisition.request_cancel", SYSTEM, {"reason": "客户申请取消"}, subject=order)
    elif stage is OrderStage.CANCELLED:
        dispatch("acquisition.cancel_order", SYSTEM, {"reason": "客户已取消"}, subject=order)
    return Order.objects.get(pk=order.pk)


SHEET = {
    "scope": {"grade": "yes", "grounds": "灯具在经营范围内"},
    "resources": {"grade": "yes", "grounds": "人手和库存足够"},
    "difficulty": {"grade": "yes", "grounds": "常规商品"},
    **{kind: {"likelihood": 1, "impact": 2} for kind in ("credit", "market", "legal", "platform", "delivery")},
    "recommendation": "take",
    "next_step": "与客户确认送货日期",
}
"""An evaluation with which an order can be submitted: low risks, taken on."""


def written(order: Order, cast: Cast, **changes: object) -> Evaluation:
    """The order's evaluation, written by the taker; CHANGES to the sheet by its parts."""
    return papers.save(order, acting(cast.taker), {**SHEET, **changes}, None, clock.now())


def submitted(order: Order, cast: Cast, **changes: object) -> Evaluation:
    """The order's evaluation, written and handed in by the taker."""
    paper = written(order, cast, **changes)
    dispatch("evaluation.submit_evaluation", acting(cast.taker), {}, subject=order)
    return Evaluation.objects.get(pk=paper.pk)


def _evaluated(stage: OrderStage, order: Order, cast: Cast) -> None:
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    if stage is OrderStage.ACCEPTED:
        return
    seen = {"content_hash": submitted(order, cast).content_hash}
    if stage is OrderStage.NEGOTIATING:
        dispatch("evaluation.approve_evaluation", acting(cast.head), seen, subject=order)
    elif stage is OrderStage.DECLINED:
        why = {"reason": "交期无法满足", "advice": "可选现货型号"}
        dispatch("evaluation.decline_order", acting(cast.head), {**seen, **why}, subject=order)


TERMS: dict[str, Any] = {
    "requirements": "落地灯两盏，暖光",
    "acceptance": "通电无闪烁，外观无划痕",
    "deliver_on": "2026-09-30",
    "delivery": "快递到西湖区文三路",
}
"""What has to be added to what the order says, so that its terms can be offered."""


def offered(order: Order, cast: Cast, **changes: object) -> TermSheet:
    """The order's terms, written and offered by the taker."""
    terms.save(order, acting(cast.taker), {**TERMS, **changes}, None, clock.now())
    dispatch("terms.offer_terms", acting(cast.taker), {}, subject=order)
    return TermSheet.objects.get(order=order.pk, state=TermSheet.OFFERED)


ALL_AGREED = {
    **dict.fromkeys(("requirements", "delivery", "price", "payment"), "agree"), "name": "欧阳青", "consent": "on",
}  # fmt: skip
"""What the customer sends who agrees to everything."""


def _agreed(order: Order, cast: Cast) -> None:
    sheet = offered(order, cast)
    link = Link.objects.get(order=order.pk, purpose="terms", revoked_at=None)
    behind = {"link": link.pk, "content_hash": sheet.content_hash, "address": "10.0.0.7", "device": "phone"}
    dispatch("terms.answer_terms", customer(order), ALL_AGREED | behind, subject=order, channel="portal")


def contract_to(state: str, order: Order, cast: Cast) -> Contract:
    """The order's contract, brought by real steps to a state; the taker writes it, the head reviews."""
    order = Order.objects.get(pk=order.pk)
    dispatch("contract.submit_contract", acting(cast.taker), {}, subject=order)
    row = Contract.objects.get(order=order.pk, state=Contract.SUBMITTED)
    seen = {"content_hash": row.content_hash}
    ticked = dict.fromkeys(("lawful", "definite", "unambiguous", "complete", "as_agreed"), True)
    steps = {
        Contract.PASSED: ("contract.review_contract", acting(cast.head), {"verdict": "pass", **ticked}),
        Contract.SENT: ("contract.send_contract", acting(cast.taker), {}),
        Contract.SIGNED: ("contract.sign_contract", customer(order), SIGNATURE),
        Contract.CONCLUDED: ("contract.countersign_contract", acting(cast.head), {}),
    }
    for reached, (code, actor, given) in steps.items() if state != Contract.SUBMITTED else ():
        more = {"link": Link.objects.latest("pk").pk} if code == "contract.sign_contract" else {}
        dispatch(code, actor, {**seen, **given, **more}, subject=order)
        if reached == state:
            break
    return Contract.objects.get(pk=row.pk)


SIGNATURE = {
    "name": "欧阳青", "consent": True, "drawn": "M10 20 L30 40 L50 20 M60 10 L60 90",
    "address": "10.0.0.7", "device": "phone",
}  # fmt: skip
"""What a customer sends who signs."""


def _signed(order: Order, cast: Cast) -> None:
    contract_to(Contract.CONCLUDED, order, cast)


def listing_at(stage: ListingStage, cast: Cast) -> Listing:
    """A listing that real steps brought to this stage."""
    taker = acting(cast.taker)
    posted = {"department": cast.home.pk, "summary": "求购会议室灯具 200 套", "category": "家居/灯具"}
    listing = dispatch("acquisition.post_listing", taker, posted).subject
    if stage is ListingStage.DISMISSED:
        dispatch("acquisition.dismiss_listing", taker, {"reason": "超出经营范围"}, subject=listing)
    if stage is ListingStage.LAPSED:
        dispatch("acquisition.withdraw_listing", SYSTEM, {}, subject=listing, channel="connector")
    if stage in (ListingStage.CLAIMED, ListingStage.CONTACTED, ListingStage.WON):
        dispatch("acquisition.claim_listing", taker, {}, subject=listing)
    if stage in (ListingStage.CONTACTED, ListingStage.WON):
        contact = {"channel": "phone", "learned": "下月要货", "next_step": "报价"}
        dispatch("acquisition.contact_customer", taker, contact, subject=listing)
    if stage is ListingStage.WON:
        line = {"name": "会议室灯具", "quantity": 200, "unit_price": "99.00"}
        won = {"customer_name": "李雷", "customer_phone": "13900001111", "lines": [line]}
        dispatch("acquisition.turn_into_order", taker, won, subject=listing)
    return Listing.objects.get(pk=listing.pk)


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
