"""The roles of the procedure. A role is held for a department (and those below it) or for the whole company."""

from enum import StrEnum


class Role(StrEnum):
    """Who can have a duty or a right under the procedure (clauses 1.2, 6.2.3)."""

    ORDER_TAKER = "order_taker"
    DEPARTMENT_HEAD = "department_head"
    DECISION_MAKER = "decision_maker"
    EXECUTOR = "executor"
    AFTER_SALES = "after_sales"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    SYSTEM = "system"
    CUSTOMER = "customer"

    @property
    def title_zh(self) -> str:
        """The role's name in Chinese, as people say it."""
        return TITLES[self][0]

    @property
    def title_en(self) -> str:
        """The role's name in English."""
        return TITLES[self][1]


TITLES: dict[Role, tuple[str, str]] = {
    Role.ORDER_TAKER: ("接单人员", "Order taker"),
    Role.DEPARTMENT_HEAD: ("业务部门负责人", "Department head"),
    Role.DECISION_MAKER: ("决策人", "Decision maker"),
    Role.EXECUTOR: ("执行人员", "Executor"),
    Role.AFTER_SALES: ("售后人员", "After-sales agent"),
    Role.SUPERVISOR: ("监督人员", "Supervisor"),
    Role.SYSTEM_ADMIN: ("系统管理员", "System administrator"),
    Role.SECURITY_ADMIN: ("安全管理员", "Security administrator"),
    Role.AUDIT_ADMIN: ("审计管理员", "Audit administrator"),
    Role.SYSTEM: ("系统", "System"),
    Role.CUSTOMER: ("客户", "Customer"),
}

ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""Mutually exclusive posts (three-way split); none of them reads orders."""

BUSINESS = frozenset({Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.EXECUTOR, Role.AFTER_SALES})
"""Roles that do the work; they see their own departments."""

GRANTABLE = BUSINESS | ADMINS | {Role.SUPERVISOR}
"""Roles a person can hold; SYSTEM is the machine's own, CUSTOMER whoever holds a link to the portal."""
