"""Views of lists that people have named: their own, and those that a colleague shares with the department."""

from django.db.models import Q

from jiedan.people.actor import Actor
from jiedan.screens.models import SavedView

ORDERS, LISTINGS = "orders", "listings"
SHOWN = 30


def of(actor: Actor, listed: str) -> list[SavedView]:
    """The views of this list that a person is offered."""
    mine = Q(owner=actor.staff_id)
    shared = Q(is_shared=True, owner__department=actor.department_id)
    return list(SavedView.objects.filter(mine | shared, of=listed).select_related("owner").order_by("name")[:SHOWN])


def keep(actor: Actor, listed: str, name: str, query: str, shared: bool) -> None:
    """Keep the filters under a name; the same name again replaces them, no name keeps nothing."""
    if name.strip():
        SavedView.objects.update_or_create(
            owner_id=actor.staff_id, of=listed, name=name.strip()[:40], defaults={"query": query, "is_shared": shared}
        )
