"""What the demo company sells, does and has: catalogue, stock, equipment and skills, by real steps (2.2.1, 3.2.1, 3.2.2)."""

from datetime import timedelta
from typing import Any, Final

from django.utils.timezone import localtime

from jiedan.core import clock
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.people.actor import Actor, actor_for
from jiedan.people.models import Department, Staff

CATALOGUE: Final = (
    ("家居/灯具-1001", "北欧落地灯", "HOME", "盏", "199", 3, "拣配", "0.25", "", 160),
    ("家居/灯具-1002", "全光谱护眼台灯", "HOME", "盏", "329", 3, "拣配", "0.25", "", 85),
    ("家居/床品-1003", "60 支长绒棉四件套", "HOME", "套", "459", 3, "拣配", "0.25", "", 120),
    ("家居/床品-1004", "鹅绒冬被 220×240", "HOME", "床", "1299", 5, "拣配", "0.25", "", 6),
    ("家居/厨具-1005", "不粘炒锅 32cm", "HOME", "口", "268", 3, "拣配", "0.25", "", 90),
    ("家居/厨具-1006", "德式刀具七件套", "HOME", "套", "589", 3, "拣配", "0.25", "", 40),
    ("母婴/奶粉-1007", "婴儿配方奶粉 3 段 900g", "MAMA", "罐", "238", 2, "拣配", "0.1", "", 300),
    ("母婴/纸尿裤-1008", "拉拉裤 XL 42 片", "MAMA", "包", "129", 2, "拣配", "0.1", "", 260),
    ("美妆/护肤-1009", "玻尿酸保湿面膜 20 片", "MAMA", "盒", "99", 2, "拣配", "0.1", "", 12),
    ("美妆/护肤-1010", "烟酰胺精华液 30ml", "MAMA", "瓶", "189", 2, "拣配", "0.1", "", None),
    ("食品/零食-1011", "每日坚果 30 包礼盒", "MAMA", "盒", "109", 2, "拣配", "0.1", "", 150),
    ("数码/影音-1012", "降噪蓝牙耳机", "HOME", "副", "799", 3, "拣配", "0.1", "", 35),
    ("服务/安装-1013", "灯具上门安装服务（单件）", "SERV", "件", "80", 5, "电工", "1.5", "登高车", None),
    ("服务/仓储-1014", "云仓代发服务 500 件包", "SERV", "包", "1500", 7, "仓储", "12", "打包机", None),
    ("服务/设计-1015", "店铺详情页设计（单款）", "SERV", "款", "680", 6, "设计", "10", "", None),
    ("家居/灯具-2001", "会议室吊灯", "HOME", "套", "240", 15, "拣配|安装", "1", "登高车", 60),
    ("家居/灯具-2002", "酒店大堂落地灯", "HOME", "盏", "320", 12, "拣配", "0.5", "", 18),
    ("家居/家具-2003", "办公桌椅", "HOME", "套", "860", 15, "组装", "1.5", "货车", 24),
    ("服务/安装-2004", "门店灯箱安装", "SERV", "处", "450", 8, "电工", "4", "登高车", None),
    ("服务/设计-2005", "样板间软装设计", "SERV", "间", "5200", 20, "设计|施工", "40", "", None),
    ("食品/茶叶-2006", "企业团购龙井", "MAMA", "盒", "180", 7, "拣配", "0.1", "", 500),
    ("数码/配件-2007", "定制充电宝", "HOME", "个", "59", 20, "拣配", "0.05", "", 0),
    ("纺织/家纺-2008", "员工宿舍四件套", "HOME", "套", "128", 10, "拣配", "0.25", "", 0),
    ("服务/安装-2009", "家具上门组装", "SERV", "件", "120", 5, "组装", "1", "货车", None),
    ("服务/回收-2010", "旧灯拆除回收", "SERV", "处", "60", 5, "电工", "0.5", "", None),
)
"""Code, name, department, unit, price, working days, skills, hours and equipment for one unit, stock (None: not counted).

Up to 1015 they are what the simulated shops sell; from 2001 on what is asked for in the square.
"""
PLATFORM: Final = "{number}-{key}"
"""How the simulated Kaola shop numbers them."""
WITHDRAWN: Final = ("纺织/家纺-2008", "供应商停产")
EQUIPMENT: Final = (
    ("HOME", "DC-01", "登高车", "8 米登高车"), ("HOME", "HC-01", "货车", "4.2 米厢式货车"), ("HOME", "HC-02", "货车", "依维柯"),
    ("SERV", "DC-02", "登高车", "10 米登高车"), ("SERV", "DC-03", "登高车", "12 米登高车"), ("SERV", "DB-01", "打包机", "自动打包线"),
    ("SERV", "HC-03", "货车", "面包车"),
)  # fmt: skip
BROKEN: Final = ("DC-03", 9, "液压维修")
"""A piece that is out of order from yesterday for so many days, and why."""
SKILLS: Final = (
    ("1001", "拣配", 2), ("1007", "拣配", 3), ("1007", "安装", 2), ("1007", "组装", 2), ("1008", "拣配", 2), ("1008", "组装", 1),
    ("1003", "拣配", 2), ("1009", "拣配", 3), ("1010", "电工", 3), ("1010", "组装", 2), ("1011", "设计", 3), ("1011", "电工", 2),
    ("1011", "施工", 1), ("1005", "仓储", 2), ("1005", "设计", 1),
)  # fmt: skip
"""Staff number, skill and level: 1 learning, 2 able, 3 teaches others."""


def fill() -> None:
    """Put all of it on record, as the heads of the departments do."""
    heads = {row.code: _head(row) for row in Department.objects.exclude(parent=None)}
    keys = dict(Department.objects.values_list("code", "pk"))
    for number, skill, level in SKILLS:
        staff = Staff.objects.select_related("department").get(number=number)
        learned = {"skill": skill, "level": str(level)}
        dispatch("administration.set_skill", heads[staff.department.code], learned, subject=staff)
    for row in CATALOGUE:
        _listed(row, heads[row[2]], keys[row[2]])
    for code, number, kind, name in EQUIPMENT:
        given = {"number": number, "kind": kind, "name": name, "department": keys[code]}
        piece = dispatch("resources.add_equipment", heads[code], given).subject
        if number == BROKEN[0]:
            since = localtime(clock.now()).date() - timedelta(days=1)
            span = {"since": since.isoformat(), "until": (since + timedelta(days=BROKEN[1])).isoformat()}
            dispatch("resources.report_outage", heads[code], {**span, "reason": BROKEN[2]}, subject=piece)


def _listed(row: tuple[Any, ...], head: Actor, department: int) -> None:
    code, name, _place, unit, price, lead_days, skills, hours, equipment, stock = row
    category = code.rpartition("-")[0]
    given = {
        "code": code, "name": name, "category": category, "department": department, "unit": unit, "list_price": price,
        "lead_days": lead_days, "skills": skills, "hours": hours, "equipment": equipment,
        "codes": PLATFORM.format(number=code.rpartition("-")[2], key=600_000_000 + int(code.rpartition("-")[2])),
        "kind": "service" if category.startswith("服务") else "product",
    }  # fmt: skip
    item = dispatch("resources.add_item", head, given).subject
    if stock is not None:
        dispatch("resources.count_stock", head, {"on_hand": stock, "reason": "期初盘点"}, subject=item)
    if code == WITHDRAWN[0]:
        dispatch("resources.withdraw_item", head, {"reason": WITHDRAWN[1]}, subject=item)


def _head(department: Department) -> Actor:
    staff = Staff.objects.get(department=department, assignments__role=Role.DEPARTMENT_HEAD)
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())
