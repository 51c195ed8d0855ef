"""Evaluations and decisions of the demo company, played with the real steps (clauses 2.2.1 to 2.2.3)."""

from datetime import datetime, timedelta

from jiedan.core import clock
from jiedan.core.decision import Body
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.evaluation import papers
from jiedan.evaluation.models import Evaluation
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM, Actor, actor_for
from jiedan.people.models import Staff

TAKEN = "approve_evaluation"
ENDS = ("", TAKEN, "return_evaluation", "decline_order", TAKEN, "", TAKEN, TAKEN, TAKEN, TAKEN)
"""What becomes of the evaluations that are played; "" is still waiting."""
_SAID = {
    "approve_evaluation": {"reason": "条件具备，按建议洽谈"},
    "return_evaluation": {"questions": "请补充供货周期和安装人员安排"},
    "decline_order": {"reason": "近期产能已满，无法按期交付", "advice": "可选现货型号，或下月再下单"},
}


def play(until: datetime) -> int:
    """Evaluate the newest accepted orders and decide on most of them; returns how many were evaluated."""
    accepted = access.visible(SYSTEM, Order).filter(stage=OrderStage.ACCEPTED).order_by("-accepted_at")
    early = accepted.filter(accepted_at__lt=until - timedelta(hours=2))
    return sum(_evaluated(order, end) for order, end in zip(early[: len(ENDS)], ENDS, strict=False))


def _evaluated(order: Order, end: str) -> bool:
    taker = Staff.objects.filter(department=order.department_id, assignments__role=Role.ORDER_TAKER).first()
    if taker is None or order.accepted_at is None:
        return False
    with clock.at(order.accepted_at + timedelta(minutes=45)):
        papers.save(order, _actor(taker), _sheet(taker), None, clock.now())
        dispatch("evaluation.submit_evaluation", _actor(taker), {}, subject=order)
    if end:
        paper = Evaluation.objects.get(order=order, state=Evaluation.SUBMITTED)
        decider = Staff.objects.get(pk=Body.read(paper.body).seats[0].holders[0])
        with clock.at(order.accepted_at + timedelta(minutes=80)):
            given = {"content_hash": paper.content_hash, **_SAID[end]}
            dispatch(f"evaluation.{end}", _actor(decider), given, subject=order)
    return True


def _sheet(taker: Staff) -> dict[str, object]:
    low = {"likelihood": 1, "impact": 2}
    market = {
        "likelihood": 2, "impact": 3, "grounds": "旺季运费上涨", "measure": "签约前锁定运费", "owner": taker.pk,
    }  # fmt: skip
    return {
        "scope": {"grade": "yes", "grounds": "属于本部门承接范围"},
        "resources": {"grade": "conditions", "grounds": "人手足够，须提前一天备货"},
        "difficulty": {"grade": "yes", "grounds": "常规商品，已做过同类订单"},
        **{kind: dict(low) for kind in ("credit", "legal", "platform", "delivery")},
        "market": market,
        "recommendation": "take",
        "next_step": "与客户确认交期、付款方式和收货安排",
    }


def _actor(staff: Staff) -> Actor:
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())
