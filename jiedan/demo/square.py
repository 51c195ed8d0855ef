"""What the demo's departments take on, and what stands in its square (clause 2.1.1)."""

from datetime import timedelta

from jiedan.acquisition.listing_feed import read_listing, take_listing
from jiedan.connectors.webhook.square import make_listings
from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Procedure
from jiedan.people.actor import Actor, actor_for
from jiedan.people.models import Department, Staff

SCOPES = {
    "HOME": {
        "categories": "家居|数码/配件", "skills": "安装|组装", "price_from": "1000", "price_to": "80000", "lead_days": "10",
        "most_open": "60", "regions": "浙江|上海|江苏", "refuses": "防爆|危化品",
    },
    "MAMA": {"categories": "母婴|美妆|食品", "price_from": "2000", "price_to": "100000", "lead_days": "7", "most_open": "60"},
    "SERV": {
        "categories": "服务", "skills": "电工|设计|施工", "price_from": "500", "price_to": "60000", "lead_days": "5",
        "most_open": "40", "regions": "浙江|上海",
    },
}  # fmt: skip
LISTINGS = (
    ("HOME", "求购会议室灯具 200 套，含安装", "家居/灯具", "58000", "平台询盘：要求一个月内交付，提供质检报告。"),
    ("SERV", "店铺双旦大促详情页设计 12 款", "服务/设计", "9600", "需与品牌方确认视觉规范。"),
    ("MAMA", "母婴用品企业福利采购 300 份", "母婴/纸尿裤", "45000", ""),
    ("HOME", "收购象牙摆件 2 件", "家居/摆件", "30000", "私下付款"),
)
"""What people typed in; the last one may not be dealt in, which the square shows."""
POSTED = 9
"""Listings that a platform posts besides."""


def fill() -> None:
    """Declare the scopes and bring listings in, by real steps."""
    for code, scope in SCOPES.items():
        department = Department.objects.get(code=code)
        head = _holder(Role.DEPARTMENT_HEAD, department)
        given = {"department": department.pk, "reason": "年度承接范围", **scope}
        dispatch("acquisition.set_scope", head, given, subject=Procedure.objects.get(pk=1))
    for code, summary, category, budget, details in LISTINGS:
        department = Department.objects.get(code=code)
        words = {"summary": summary, "category": category, "budget": budget, "details": details}
        dispatch(
            "acquisition.post_listing", _holder(Role.ORDER_TAKER, department), {"department": department.pk, **words}
        )
    for raw in make_listings(POSTED, 11, clock.now() - timedelta(minutes=2)):
        take_listing("webhook", "guanwang", read_listing(raw))


def _holder(role: Role, department: Department) -> Actor:
    staff = Staff.objects.get(department=department, assignments__role=role)
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())
