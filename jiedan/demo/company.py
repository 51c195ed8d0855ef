"""A believable company to try everything on: people, roles, routing, a connected shop, a past of real steps."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from jiedan.acquisition import intake
from jiedan.acquisition.models import RoutingVersion
from jiedan.connectors import accounts
from jiedan.connectors.kaola import simulator
from jiedan.connectors.kaola.generator import make_order
from jiedan.connectors.kaola.parse import parse_order
from jiedan.connectors.models import Account
from jiedan.connectors.webhook import sender
from jiedan.connectors.yanxuan import distributor
from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.demo import agreements, evaluations, resources, square
from jiedan.kernel import notices, rules, sealing, timers
from jiedan.kernel.dispatch import dispatch
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM, Actor, actor_for
from jiedan.people.models import Department, RoleAssignment, Staff

PASSWORD = "jiedan-demo-2026"  # noqa: S105 - the demo company's, printed at every start
DEPARTMENTS = (
    ("HQ", "云栖贸易有限公司", ""), ("HOME", "家居事业部", "HQ"), ("MAMA", "母婴美妆事业部", "HQ"), ("SERV", "服务事业部", "HQ"),
)  # fmt: skip
PEOPLE = (
    ("1001", "张晓月", "HOME", (Role.ORDER_TAKER,)),
    ("1002", "李建国", "HOME", (Role.DEPARTMENT_HEAD,)),
    ("1003", "陈佳琪", "MAMA", (Role.ORDER_TAKER,)),
    ("1004", "赵文博", "MAMA", (Role.DEPARTMENT_HEAD,)),
    ("1005", "欧阳雨桐", "SERV", (Role.ORDER_TAKER, Role.AFTER_SALES)),
    ("1006", "买买提·艾力", "SERV", (Role.DEPARTMENT_HEAD,)),
    ("1007", "孙大勇", "HOME", (Role.EXECUTOR,)),
    ("1008", "钱小军", "HOME", (Role.EXECUTOR,)),
    ("1009", "林秀兰", "MAMA", (Role.EXECUTOR,)),
    ("1010", "何志强", "SERV", (Role.EXECUTOR,)),
    ("1011", "罗雨", "SERV", (Role.EXECUTOR,)),
    ("2001", "王思远", "HQ", (Role.DECISION_MAKER, Role.ORDER_TAKER)),
    ("3001", "周正", "HQ", (Role.SUPERVISOR,)),
    ("9001", "吴系统", "HQ", (Role.SYSTEM_ADMIN,)),
    ("9002", "郑安全", "HQ", (Role.SECURITY_ADMIN,)),
    ("9003", "冯审计", "HQ", (Role.AUDIT_ADMIN,)),
)
ROUTING = (("HOME", "家居"), ("MAMA", "母婴"), ("MAMA", "美妆"), ("SERV", "服务"), ("HOME", "数码"))
ENOUGH = 20
"""Orders of the past from which on some of them are evaluated and decided on, too."""


class NotTheDemo(RuntimeError):
    """The installation belongs to a company of its own, which gets no invented people and orders."""


def seed(orders: int, seed: int, until: str | None, kaola: str | None) -> Iterator[str]:
    """Set the company up (once), connect the simulated shop, play ORDERS of the past; says what it does.

    Raises NotTheDemo when there is another company.
    """
    if Department.objects.exists() and not Department.objects.filter(parent=None, name=DEPARTMENTS[0][1]).exists():
        raise NotTheDemo("This installation has a company of its own, not the demo. Start it with: DEMO=0 make run")
    if not Department.objects.exists():
        yield "setting up the demo company …"
        with transaction.atomic():
            _organisation()
        resources.fill()
        square.fill()
        orders = orders or 30
    _distributor()
    _own_shop()
    if kaola:
        credentials = {"app_key": simulator.APP_KEY, "secret": simulator.SECRET, "access_token": simulator.TOKEN}
        accounts.connect(
            "kaola", "hangzhou", "考拉 · 云栖旗舰店", kaola, credentials, clock.now(), every=timedelta(seconds=10)
        )
    if orders:
        yield from _past(orders, seed, _moment(until))
    _write_logins()


def _distributor() -> None:
    """Where `jiedan simulate yanxuan` pushes to, and is called back, unless told otherwise."""
    if access.visible(SYSTEM, Account).filter(code="demo").exists():
        return
    credentials = {"app_key": distributor.APP_KEY, "secret": distributor.SECRET}
    address = "http://127.0.0.1:8002/callback"
    accounts.connect("yanxuan", "fenxiao", "严选 · 分销渠道", address, credentials, clock.now(), code="demo")


def _own_shop() -> None:
    """Where `jiedan simulate webhook` pushes to unless told otherwise."""
    if not access.visible(SYSTEM, Account).filter(code="own").exists():
        accounts.connect("webhook", "guanwang", "官网商城", "", {"secret": sender.SECRET}, clock.now(), code="own")


def _moment(until: str | None) -> datetime:
    if until is None:
        return clock.now()
    return datetime.combine(date.fromisoformat(until), time(18), ZoneInfo(settings.TIME_ZONE))


def _organisation() -> None:
    found: dict[str, Department] = {}
    for code, name, parent in DEPARTMENTS:
        found[code] = Department.objects.create(code=code, name=name, parent=found.get(parent))
    since = clock.now() - timedelta(days=400)
    for number, name, department, roles in PEOPLE:
        staff = Staff.objects.create_staff(
            number, name, found[department], email=f"staff{number}@example.com", password=PASSWORD
        )
        for role in roles:
            RoleAssignment.objects.create(staff=staff, role=role, department=found[department], since=since)
    chosen = [{"department": found[code].pk, "shop": "", "category": category} for code, category in ROUTING]
    RoutingVersion.objects.create(number=1, rules=chosen, reason="按品类分派", created_at=clock.now())


def _past(count: int, seed: int, until: datetime) -> Iterator[str]:
    """Orders of the working days before UNTIL, each received and accepted (most in time, some late) by real steps."""
    yield f"playing {count} orders of the past …"
    dice = random.Random(seed)  # noqa: S311 - believable, not secret
    days = max(5, count // 40)
    moments = sorted(until - timedelta(days=1) - timedelta(days=days) * dice.random() for _ in range(count))
    for number, moment in enumerate(moments, start=1):
        with clock.at(moment):
            raw = make_order(dice, number, moment - timedelta(minutes=3))
            intake.take_in(parse_order(raw, "ningbo"))
        _accept_later(dice, f"{raw['order_id']}", moment, until)
        if number % 1000 == 0:
            yield f"  {number}"
    if count >= ENOUGH:
        yield f"  {evaluations.play(until)} of them evaluated"
        yield f"  {agreements.play(until)} of them offered terms"
    with clock.at(until):
        while timers.sweep(until) or notices.carry_out(until):
            pass
    while sealing.seal():
        pass


def _accept_later(dice: random.Random, external_id: str, received: datetime, until: datetime) -> None:
    order = Order.objects.get(channel="kaola", shop="ningbo", external_id=external_id)
    calendar = rules.in_force(received).calendar
    start = received if calendar.is_open(received) else (calendar.next_opening(received) or received)
    accepted = start + timedelta(minutes=dice.choice((5, 12, 20, 35, 50, 70, 95, 150)))
    if order.stage != OrderStage.ROUTED or accepted >= until:
        return
    taker = Staff.objects.filter(department=order.department_id, assignments__role=Role.ORDER_TAKER).first()
    if taker is None:
        return
    with clock.at(accepted):
        if order.due_at and order.due_at <= accepted:
            timers.sweep(accepted)
        dispatch("acquisition.accept_order", _actor(taker), {}, subject=order)


def _actor(staff: Staff) -> Actor:
    return actor_for(staff.pk, staff.number, staff.name, staff.department_id, clock.now())


def _write_logins() -> None:
    lines = [
        f"  {number}  {name}  {'、'.join(role.title_zh for role in roles)}" for number, name, _code, roles in PEOPLE
    ]
    text = "\n".join([f"Log in with a staff number and the password {PASSWORD}:", *lines])
    path = settings.BASE_DIR / "var" / "demo-logins.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
