"""How stages, roles, departments, kinds and deadlines are called on screens, in the reader's language."""

from django.utils.translation import get_language, gettext_lazy

from jiedan.core.lifecycle import LIFECYCLES
from jiedan.core.procedure import CLAUSES
from jiedan.core.roles import Role
from jiedan.people.models import Department


def english() -> bool:
    """Whether the reader's language is English; anything else reads Chinese."""
    return (get_language() or "").startswith("en")


def stage_title(kind: str, stage: str) -> str:
    """The stage as people call it."""
    zh, en = LIFECYCLES[kind].titles[stage]
    return en if english() else zh


def role_title(role: Role) -> str:
    """The role as people call it."""
    return role.title_en if english() else role.title_zh


def role_names(roles: frozenset[Role]) -> str:
    """Several roles in one phrase, in a fixed order."""
    return (", " if english() else "、").join(role_title(role) for role in Role if role in roles)


def clause_title(clause: str) -> str:
    """The clause's short title."""
    found = CLAUSES[clause]
    return found.title_en if english() else found.title_zh


def department_name(department: int) -> str:
    """The department's name; "" for one that doesn't exist."""
    return Department.objects.filter(pk=department).values_list("name", flat=True).first() or ""


def kind_title(kind: str) -> str:
    """What a kind of subject is called."""
    return str(_KINDS[kind])


def deadline_title(name: str) -> str:
    """What has to happen, as people call it."""
    return str(_DEADLINES[name])


_KINDS = {
    "order": gettext_lazy("Order"),
    "listing": gettext_lazy("Listing"),
    "staff": gettext_lazy("Staff member"),
    "connection": gettext_lazy("Connection"),
    "message": gettext_lazy("Quarantined message"),
    "reconciliation": gettext_lazy("Reconciliation"),
    "import": gettext_lazy("Import"),
    "item": gettext_lazy("Catalogue item"),
    "equipment": gettext_lazy("Equipment"),
    "calendar": gettext_lazy("Working calendar"),
    "procedure": gettext_lazy("Procedure"),
}
_DEADLINES = {
    "accept_order": gettext_lazy("Accept and read the order"),
    "route_order": gettext_lazy("Give the order a department"),
    "contact_customer": gettext_lazy("First contact with the customer"),
    "hold_listing": gettext_lazy("Hold the listing without a contact"),
    "next_contact": gettext_lazy("Next contact with the customer, as agreed"),
    "decide_change": gettext_lazy("Decide on the platform's change"),
    "evaluate_order": gettext_lazy("Evaluate feasibility and risks"),
    "decide_order": gettext_lazy("Decide on the evaluation"),
    "agree_terms": gettext_lazy("Agree on the terms with the customer"),
    "conclude_contract": gettext_lazy("Have the contract signed by both sides"),
    "confirm_order": gettext_lazy("Enter the confirmed order"),
}
