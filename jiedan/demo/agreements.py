"""Terms, contracts and entries of the demo company, played with the real steps (clauses 2.3.1 to 2.3.3)."""

from datetime import datetime, timedelta
from typing import Any, Final

from jiedan.contract.models import Contract
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM, Actor, actor_for
from jiedan.people.models import Staff
from jiedan.portal import links
from jiedan.portal.models import Link
from jiedan.terms import papers
from jiedan.terms.models import TermSheet

ENDS: Final = ("offered", "entered", "asked", "sent", "agreed")
"""How far the orders that are negotiated get, the newest first; further ones stay as they are."""
PHONE: Final = {"address": "192.0.2.17", "device": "demo phone"}
"""Where the demo's customers sign from (an address of documentation, RFC 5737)."""
ITEMS: Final = ("requirements", "delivery", "price", "payment")


def play(until: datetime) -> int:
    """Bring the orders in negotiation as far as ENDS says; returns how many were offered terms."""
    rows = access.visible(SYSTEM, Order).filter(stage=OrderStage.NEGOTIATING).order_by("-accepted_at")
    return sum(_negotiated(order, end, until) for order, end in zip(rows[: len(ENDS)], ENDS, strict=False))


def _negotiated(order: Order, end: str, until: datetime) -> bool:
    taker, head = _holder(order, Role.ORDER_TAKER), _holder(order, Role.DEPARTMENT_HEAD)
    if taker is None or head is None or order.accepted_at is None:
        return False
    moments = (order.accepted_at + timedelta(minutes=85 + 5 * number) for number in range(9))
    _offered(order, _actor(taker), next(moments), until, wanted=end == "sent")
    if end == "offered":
        return True
    with clock.at(next(moments)):
        _answered(order, asks=end == "asked")
    if end == "sent":
        _contract_sent(order, _actor(taker), _actor(head), next(moments))
    elif end == "entered":
        with clock.at(next(moments)):
            dispatch("confirmation.confirm_order", _actor(taker), {}, subject=order)
    return True


def _offered(order: Order, taker: Actor, at: datetime, until: datetime, wanted: bool) -> None:
    with clock.at(at):
        said = {"channel": "phone", "said": "客户确认规格，希望尽早送到", "next_step": "发条款确认"}
        dispatch("terms.log_negotiation", taker, said, subject=order)
        sheet = {
            "requirements": "规格与页面一致，外包装完好",
            "acceptance": "开箱外观完好，数量与清单一致",
            "deliver_on": (until + timedelta(days=10)).date().isoformat(),
            "delivery": "快递送货上门",
            "contract_wanted": wanted,
        }
        papers.save(order, taker, sheet, None, clock.now())
        dispatch("terms.offer_terms", taker, {}, subject=order)


def _answered(order: Order, asks: bool) -> None:
    sheet, link = (
        TermSheet.objects.get(order=order, state=TermSheet.OFFERED),
        Link.objects.filter(order=order).latest("pk"),
    )
    given: dict[str, Any] = {**dict.fromkeys(ITEMS, "agree"), "name": "客户", "consent": True}
    if asks:
        given |= {"delivery": "question", "delivery_words": "能否提前三天送到？"}
    behind = {"link": link.pk, "content_hash": sheet.content_hash, **PHONE}
    dispatch("terms.answer_terms", links.customer(order), given | behind, subject=order, channel="portal")


def _contract_sent(order: Order, taker: Actor, head: Actor, at: datetime) -> None:
    with clock.at(at):
        dispatch("contract.submit_contract", taker, {}, subject=order)
        seen = {"content_hash": Contract.objects.get(order=order, state=Contract.SUBMITTED).content_hash}
        points = ("lawful", "definite", "unambiguous", "complete", "as_agreed")
        passed = {"verdict": "pass", **dict.fromkeys(points, True)}
        dispatch("contract.review_contract", head, seen | passed, subject=order)
        dispatch("contract.send_contract", taker, seen, subject=order)


def _holder(order: Order, role: Role) -> Staff | None:
    return Staff.objects.filter(department=order.department_id, assignments__role=role).first()


def _actor(staff: Staff) -> Actor:
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())
