"""A company with something in every department, and, written down by hand, who may see what of it.

This is the other side of orders/access.py: nothing here asks it, so that a mistake there is seen here.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from jiedan.acquisition.incoming import IncomingLine
from jiedan.connectors.models import Account
from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.kinds import MODELS
from jiedan.kernel.models import Deadline, Notice
from jiedan.orders.models import DataKey
from jiedan.people import tokens
from jiedan.people.models import ApiToken, RoleAssignment, Staff, StandIn
from jiedan.people.subject import Subject
from jiedan.screens.models import SavedView
from tests.cast import FRIDAY, Cast, acting, order_at, person, received
from tests.every_action.connected import connection_at, message_at
from tests.every_action.imported import import_at
from tests.every_action.reconciled import reconciliation_at
from tests.resources import equipment_at, item_at

HOME = {"taker", "head", "executor", "agent", "deputy"}
SERVICE = {"outsider", "other_head"}
ABOVE = {"decider", "supervisor"}
ADMINS = {"system_admin", "security_admin", "audit_admin"}
NOBODY = {"newcomer", "former"}
WORKING = HOME | SERVICE | ABOVE
EVERYBODY = WORKING | ADMINS | NOBODY

SEES: dict[str, set[str]] = {
    "order_home": HOME | ABOVE,
    "order_service": SERVICE | ABOVE,
    "order_moved": SERVICE | ABOVE,
    "order_unrouted": ABOVE,
    "listing_home": HOME | ABOVE,
    "listing_service": SERVICE | ABOVE,
    "staff_home": {"head"} | ABOVE | ADMINS,
    "staff_service": {"other_head"} | ABOVE | ADMINS,
    "staff_company": ABOVE | ADMINS,
    "calendar": WORKING | ADMINS,
    "procedure": WORKING | ADMINS,
    "connection": ABOVE | {"system_admin"},
    "message": {"taker", "deputy", "head"} | SERVICE | ABOVE | {"system_admin"},
    "reconciliation_home": {"taker", "deputy", "head"} | ABOVE,
    "reconciliation_service": SERVICE | ABOVE,
    "import_home": {"taker", "deputy", "head"} | ABOVE,
    "import_service": SERVICE | ABOVE,
    "item_home": WORKING,
    "item_service": WORKING,
    "equipment_home": HOME | ABOVE,
    "equipment_service": SERVICE | ABOVE,
}
READS_KIND: dict[str, set[str]] = {
    "order": WORKING, "listing": WORKING, "staff": {"head", "other_head"} | ABOVE | ADMINS,
    "calendar": WORKING | ADMINS, "procedure": WORKING | ADMINS, "connection": ABOVE | {"system_admin"},
    "reconciliation": {"taker", "deputy", "head"} | SERVICE | ABOVE,
    "import": {"taker", "deputy", "head"} | SERVICE | ABOVE, "item": WORKING, "equipment": WORKING,
    "message": {"taker", "deputy", "head"} | SERVICE | ABOVE | {"system_admin"},
}  # fmt: skip
PLACE = {"home": "home", "service": "service", "moved": "service"}
HOLDS: dict[str, tuple[Role, str]] = {
    "taker": (Role.ORDER_TAKER, "home"), "head": (Role.DEPARTMENT_HEAD, "home"), "executor": (Role.EXECUTOR, "home"),
    "agent": (Role.AFTER_SALES, "home"), "deputy": (Role.ORDER_TAKER, "home"),
    "outsider": (Role.ORDER_TAKER, "service"), "other_head": (Role.DEPARTMENT_HEAD, "service"),
    "decider": (Role.DECISION_MAKER, "company"), "supervisor": (Role.SUPERVISOR, "company"),
    "system_admin": (Role.SYSTEM_ADMIN, "company"), "security_admin": (Role.SECURITY_ADMIN, "company"),
    "audit_admin": (Role.AUDIT_ADMIN, "company"),
}  # fmt: skip
MARK = "标记"
ABSENT = {
    "order": "JD260918999999",
    "listing": "LS999999",
    "staff": "ST999999",
    "calendar": "RL000009",
    "procedure": "ZD000009",
    "reconciliation": "DZ999999",
    "connection": "LJ999999",
    "message": "GL999999",
    "import": "DR999999",
    "item": "ML999999",
    "equipment": "SB999999",
}


@dataclass
class World:
    """The people by name, the subjects by name, and private rows of the cast's head."""

    people: dict[str, Staff]
    subjects: dict[str, Subject]
    tokens: dict[str, str]
    rows: dict[str, int] = field(default_factory=dict)

    def of_kind(self, kind: str) -> dict[str, Subject]:
        """The subjects of a kind."""
        return {name: subject for name, subject in self.subjects.items() if kind == subject.KIND}

    def hidden_from(self, who: str) -> set[str]:
        """Texts that must not reach this person: references and marked summaries."""
        unseen = [self.subjects[name] for name, seeing in SEES.items() if who not in seeing]
        return {s.ref for s in unseen} | {str(s.summary) for s in unseen if hasattr(s, "summary")}


def may_act(who: str, by: frozenset[Role], name: str, wherever: bool = False) -> bool:
    """Whether the person has the right to a step of these roles on this subject, by what is written above."""
    if who not in HOLDS:
        return False
    role, where = HOLDS[who]
    return role in by and (wherever or where in ("company", PLACE.get(name.partition("_")[2], "")))


def enter(cast: Cast) -> World:
    """Play the company into being."""
    people = cast.people | {
        "newcomer": person("3001", "何新", cast.home),
        "former": person("3002", "吕旧", cast.home, Role.ORDER_TAKER),
        "deputy": person("3003", "施代", cast.service),
    }
    RoleAssignment.objects.filter(staff=people["former"]).update(until=FRIDAY)
    StandIn.objects.create(
        staff=cast.taker, substitute=people["deputy"], since=FRIDAY, until=FRIDAY + timedelta(days=1), reason="休假"
    )
    subjects: dict[str, Subject] = {
        "order_home": received("K1", lines=[_line("家居单", "家居/灯具")]),
        "order_service": received("K2", shop="x", lines=[_line("服务单", "服务/安装")]),
        "order_moved": _moved(cast),
        "order_unrouted": order_at(OrderStage.UNROUTED, cast, "K4"),
        "listing_home": _listing(cast.taker, cast.home.pk, "家居求购"),
        "listing_service": _listing(cast.outsider, cast.service.pk, "服务求购"),
        "staff_home": cast.executor, "staff_service": cast.outsider, "staff_company": cast.decider,
        "calendar": MODELS["calendar"]._default_manager.get(), "procedure": MODELS["procedure"]._default_manager.get(),
        "connection": connection_at("connected", cast), "message": message_at("waiting", cast),
        "reconciliation_home": reconciliation_at("open", cast.home.pk),
        "reconciliation_service": reconciliation_at("open", cast.service.pk),
        "item_home": item_at("offered", cast), "item_service": item_at("offered", cast, cast.service),
        "equipment_home": equipment_at("in_use", cast), "equipment_service": equipment_at("in_use", cast, cast.service),
        "import_home": import_at("checked", cast.taker), "import_service": import_at("checked", cast.outsider),
    }  # fmt: skip
    world = World(people, subjects, {name: cast.token(staff) for name, staff in people.items()})
    world.rows = _rows(world)
    return world


def _line(word: str, category: str) -> IncomingLine:
    amount = Decimal("398.00")
    return IncomingLine(number=1, name=MARK + word, category=category, quantity=1, unit_price=amount, amount=amount)


def _moved(cast: Cast) -> Subject:
    order = received("K3", lines=[_line("转出单", "家居/灯具")])
    data = {"department": cast.service.pk, "reason": "属于服务"}
    return dispatch("acquisition.transfer_order", acting(cast.head), data, subject=order).subject


def _listing(staff: Staff, department: int, word: str) -> Subject:
    data = {"department": department, "summary": MARK + word}
    return dispatch("acquisition.post_listing", acting(staff), data).subject


def _rows(world: World) -> dict[str, int]:
    head, record = world.people["head"], Deadline.objects.get(subject_id=world.subjects["order_home"].pk)
    key = DataKey.fresh()
    key.save()
    account = Account.objects.create(
        platform="kaola",
        shop="s",
        name="店",
        code="s",
        stage="connected",
        address="http://x/",
        key=key,
        credentials=b"",
    )
    view = SavedView.objects.create(owner=head, name="我的", query="")
    token: ApiToken = tokens.issue(head, "mine", ["read"], FRIDAY, 30)[0]
    return {"view": view.pk, "token": token.pk, "deadline": record.pk, "account": account.pk, "notice": _notice(head)}


def _notice(staff: Staff) -> int:
    from jiedan.kernel.models import Record

    row: Any = Notice.objects.create(
        staff=staff, record=Record.objects.first(), reaction="order_waiting", subject_type="order", subject_id=1,
        created_at=FRIDAY,
    )  # fmt: skip
    return int(row.pk)
