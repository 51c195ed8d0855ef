"""What other rooms ask of the catalogue."""

from collections.abc import Iterable

from jiedan.core.lifecycle import ItemStage
from jiedan.orders import access
from jiedan.people.actor import SYSTEM
from jiedan.resources.models import Item


def codes_of(names: Iterable[str]) -> dict[str, str]:
    """The codes of what is offered under exactly these names; a name of several items is nobody's. One query."""
    found: dict[str, list[str]] = {}
    rows = access.visible(SYSTEM, Item).filter(stage=ItemStage.OFFERED, name__in=sorted(set(names)))
    for name, code in rows.values_list("name", "code"):
        found.setdefault(name, []).append(code)
    return {name: codes[0] for name, codes in found.items() if len(codes) == 1}
