"""Who a contract names as signing for each side, before somebody says otherwise (clause 2.3.2)."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from jiedan.core.contract_text import Signatory
from jiedan.core.roles import Role
from jiedan.orders import vault
from jiedan.orders.models import Order
from jiedan.people.models import Department, RoleAssignment

LONGEST: Final = 60
"""Characters of a name or a post."""
_ORGANISATIONS: Final = (
    "公司", "厂", "店", "中心", "学校", "大学", "医院", "研究所", "事务所", "委员会", "合作社", "商行", "Ltd.", "Inc.",
)  # fmt: skip


def customer_name(order: Order) -> str:
    """The customer by name. Raises vault.Unreadable."""
    return str(vault.unseal(order.customer.key.opened(), bytes(order.customer.sealed), "customer")["name"])


def company_name() -> str:
    """The company's name."""
    return Department.objects.get(parent=None).name


def customer(order: Order) -> Signatory:
    """A person signs for themselves; who signs for an organisation has to be asked, so nobody is named."""
    return Signatory() if is_organisation(order) else Signatory(customer_name(order))


def is_organisation(order: Order) -> bool:
    """Whether the customer's name is one of a company or another organisation. Raises vault.Unreadable."""
    return customer_name(order).endswith(_ORGANISATIONS)


def company(order: Order, now: datetime) -> Signatory:
    """The head of the order's department, else the nearest one above who may sign for the company."""
    above = [int(part) for part in reversed(order.department.path.strip("/").split("/"))]
    held = RoleAssignment.objects.filter(
        role__in=(Role.DEPARTMENT_HEAD, Role.DECISION_MAKER),
        department__in=above,
        since__lte=now,
        staff__is_active=True,
    ).filter(Q(until=None) | Q(until__gt=now))
    rows = sorted(
        held.select_related("staff"),
        key=lambda row: (above.index(row.department_id), row.role == Role.DECISION_MAKER, row.staff.number),
    )
    return Signatory(rows[0].staff.name, Role(rows[0].role).title_zh) if rows else Signatory()
