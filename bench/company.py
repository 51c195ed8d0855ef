"""A small company and orders for benchmarks: three departments, people with their roles, a seeded stream of orders."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "晓明", "思远", "雨晴", "子涵", "建国")
PLACES = (("浙江省", "杭州市", "西湖区"), ("广东省", "深圳市", "南山区"), ("江苏省", "苏州市", "吴中区"))
GOODS = (
    ("家居", "家居/灯具", ("北欧落地灯", "全铜壁灯", "护眼台灯")),
    ("服务", "服务/安装", ("灯具上门安装", "窗帘测量安装", "家电清洗")),
)


@dataclass(frozen=True, slots=True)
class Company:
    """The departments that orders go to in turn, by their keys, and a person who takes orders in the first."""

    departments: tuple[int, ...]
    taker: Any

    def actor(self, now: datetime) -> Any:
        """The order taker in the moment of acting."""
        from jiedan.people.actor import actor_for

        return actor_for(self.taker.pk, self.taker.number, self.taker.name, self.taker.department_id, now)


def found(now: datetime) -> Company:
    """Set the company up: its departments, one person a role in each, and the routing of orders by category."""
    from jiedan.acquisition.models import RoutingVersion
    from jiedan.core.roles import Role
    from jiedan.people.models import Department

    root = Department.objects.create(code="HQ", name="云栖贸易有限公司")
    home = Department.objects.create(code="HOME", name="家居事业部", parent=root)
    service = Department.objects.create(code="SERV", name="服务事业部", parent=root)
    _person("1003", "王思远", root, Role.DECISION_MAKER, now)
    takers = []
    for number, department in ((1100, home), (1200, service)):
        takers.append(_person(f"{number + 1}", "张晓月", department, Role.ORDER_TAKER, now))
        _person(f"{number + 2}", "刘洋", department, Role.ORDER_TAKER, now)
        _person(f"{number + 3}", "李建国", department, Role.DEPARTMENT_HEAD, now)
    rules = [
        {"department": node.pk, "shop": "", "category": name}
        for node, (name, *_) in zip((home, service), GOODS, strict=True)
    ]
    RoutingVersion.objects.create(number=1, rules=rules, reason="开业", created_at=now)
    return Company((home.pk, service.pk), takers[0])


def _person(number: str, name: str, department: Any, role: Any, now: datetime) -> Any:
    from jiedan.people.models import RoleAssignment, Staff

    staff = Staff.objects.create_staff(number, name, department, email=f"s{number}@example.com")
    RoleAssignment.objects.create(staff=staff, role=role, department=department, since=now - timedelta(days=30))
    return staff


def incoming(number: int, placed_at: datetime, rng: random.Random, service: bool = False) -> Any:
    """The NUMBER-th order as a connector brings it: one to three positions, every fifth customer comes back."""
    from jiedan.acquisition.incoming import IncomingLine, IncomingOrder, Receiver

    _name, category, names = GOODS[service]
    lines = tuple(_line(IncomingLine, index, category, rng.choice(names), rng) for index in range(1, rng.randint(2, 4)))
    goods = sum((line.amount for line in lines), Decimal(0))
    province, city, district = rng.choice(PLACES)
    return IncomingOrder(
        platform="kaola", shop="hangzhou", external_id=f"K{number:09d}", kind="service" if service else "product",
        placed_at=placed_at, paid_at=placed_at, customer_account=f"buyer-{rng.randrange(max(1, number * 4 // 5) + 1)}",
        receiver=Receiver(
            name=rng.choice(SURNAMES) + rng.choice(GIVEN), phone=f"138{rng.randrange(10**8):08d}", province=province,
            city=city, district=district, address=f"文三路 {rng.randrange(1, 900)} 号",
        ),
        lines=lines, goods_amount=goods, total=goods,
    )  # fmt: skip


def _line(line: Any, number: int, category: str, name: str, rng: random.Random) -> Any:
    quantity, price = rng.randint(1, 4), Decimal(rng.randrange(1900, 59900)) / 100
    return line(
        number=number, sku=f"S{rng.randrange(10**6):06d}", name=name, category=category, quantity=quantity,
        unit_price=price, amount=quantity * price, kind="service" if category.startswith("服务") else "product",
    )  # fmt: skip
