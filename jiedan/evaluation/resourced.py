"""What catalogue, stock, hours and equipment say to the three questions, in sentences (clause 2.2.1).

The grades are suggestions: a person gives them. Whatever isn't on record is said to be unknown, never taken for enough.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jiedan.core.lifecycle import ItemStage
from jiedan.evaluation.finding import Finding
from jiedan.orders.models import Order
from jiedan.resources.entry import hours_of
from jiedan.resources.of_order import EquipmentFact, OrderFacts, SkillFact, StockFact

MOST = 5
"""So many of a kind are named; further ones are counted."""
SHORT = 24
"""Longer names of goods are cut."""


def scope(found: Finding, facts: OrderFacts) -> None:
    """Whether what is ordered stands in the catalogue, and who does it."""
    withdrawn = [item for item in facts.items if item.stage == ItemStage.WITHDRAWN]
    if facts.items:
        words = {"n": len(facts.items), "names": _few([item.name for item in facts.items])}
        found.known.append(_("In the catalogue: %(n)d items (%(names)s)") % words)
        found.links += [(_cut(item.name), f"/resources/{item.ref}/") for item in facts.items[:MOST]]
    if facts.unlisted:
        words = {"n": len(facts.unlisted), "names": _few(facts.unlisted)}
        found.unknown.append(_("Not in the catalogue: %(n)d items (%(names)s).") % words)
    for item in facts.elsewhere[:MOST]:
        words = {"name": _cut(item.name), "department": item.department.name}
        found.known.append(_("“%(name)s” is done by %(department)s, not by this department") % words)
    if withdrawn:
        found.known.append(_("Offered no longer: %(names)s") % {"names": _few([item.name for item in withdrawn])})
    if facts.elsewhere or withdrawn:
        found.grade = "conditions"
    elif facts.items and not facts.unlisted:
        found.grade = found.grade or "yes"


def resources(found: Finding, facts: OrderFacts, order: Order, workdays: int | None) -> None:
    """Stock, people's hours and equipment until the wanted day, after what other open orders need."""
    lead = facts.lead_days
    if lead is not None:
        found.known.append(_("Standard lead time: %(n)d working days") % {"n": lead})
    found.known += [_stock(fact) for fact in facts.stock[:MOST] if fact.stock is not None]
    found.known += [_hours(fact, facts) for fact in facts.skills]
    found.known += [_pieces(fact, facts) for fact in facts.equipment]
    found.unknown += list(_unknown_resources(facts, order))
    if facts.skills or facts.equipment:
        found.links.append((_("Capacity"), f"/resources/capacity/?department={order.department_id}"))
    if facts.stock:
        found.links.append((_("Stock"), "/resources/stock/"))
    found.grade = _enough(facts, workdays)


def difficulty(found: Finding, facts: OrderFacts, order: Order) -> None:
    """Which skills it needs, and who has them."""
    held = [fact for fact in facts.skills if fact.people]
    lacking = [fact for fact in facts.skills if not fact.people]
    for fact in held:
        words = {"skill": fact.skill, "n": len(fact.people), "names": _few(fact.people)}
        found.known.append(_("Needs %(skill)s: %(n)d people are able (%(names)s)") % words)
    for fact in lacking:
        words = {"skill": fact.skill, "learners": fact.learners}
        found.known.append(_("Needs %(skill)s: nobody in the department is able, %(learners)d are learning") % words)
    if facts.items and not facts.skills and not facts.unlisted:
        found.known.append(_("By the catalogue it needs no particular skill"))
    if facts.unlisted:
        found.unknown.append(_("Which skills the items outside the catalogue need isn't known to the system."))
    if facts.skills:
        found.links.append((_("Capacity"), f"/resources/capacity/?department={order.department_id}"))
    found.grade = "conditions" if lacking else "yes" if facts.items and not facts.unlisted else None


def _stock(fact: StockFact) -> str:
    if fact.stock is None:
        return ""
    return _("“%(name)s”: %(hand)d on hand, %(needed)d of it for %(orders)d open orders, %(free)d free; this order wants %(wanted)d") % {
        "name": _cut(fact.item.name), "hand": fact.stock.on_hand, "needed": fact.stock.needed,
        "orders": len(fact.stock.takes), "free": fact.stock.free, "wanted": fact.wanted,
    }  # fmt: skip


def _hours(fact: SkillFact, facts: OrderFacts) -> str:
    if not fact.people:
        words = {"skill": fact.skill, "wanted": hours_of(fact.wanted)}
        return _("Nobody in the department is able in %(skill)s; this order needs %(wanted)s h") % words
    return _("%(people)d people with %(skill)s have %(total)s h until %(day)s, %(needed)s h of it are needed by %(orders)d open orders, %(free)s h are free; this order needs %(wanted)s h") % {
        "people": fact.hours.people, "skill": fact.skill, "total": hours_of(fact.hours.total), "day": facts.until,
        "needed": hours_of(fact.hours.needed), "orders": len(fact.hours.takes), "free": hours_of(fact.hours.free),
        "wanted": hours_of(fact.wanted),
    }  # fmt: skip


def _pieces(fact: EquipmentFact, facts: OrderFacts) -> str:
    if not fact.pieces.pieces:
        return _("The department has no %(kind)s") % {"kind": fact.kind}
    return _("%(kind)s: %(pieces)d pieces, %(usable)d usable until %(day)s, %(busy)d kept busy by %(orders)d open orders (%(needed)s h), %(free)d free") % {
        "kind": fact.kind, "pieces": fact.pieces.pieces, "usable": fact.pieces.usable, "day": facts.until,
        "busy": fact.pieces.busy, "orders": len(fact.pieces.takes), "needed": hours_of(fact.pieces.needed),
        "free": fact.pieces.free,
    }  # fmt: skip


def _unknown_resources(facts: OrderFacts, order: Order) -> Sequence[str]:
    said = []
    uncounted = [fact.item.name for fact in facts.stock if fact.stock is None]
    if uncounted:
        said.append(_("Nobody has counted the stock of: %(names)s.") % {"names": _few(uncounted)})
    if facts.unlisted:
        said.append(_("What the items outside the catalogue need of stock, hours and equipment isn't known: %(names)s.") % {"names": _few(facts.unlisted)})  # fmt: skip
    if order.promised_on is None and (facts.skills or facts.equipment):
        said.append(_("No date is wanted; hours and equipment are counted until %(day)s.") % {"day": facts.until})
    if facts.items:
        said.append(_("Firm bookings of people and equipment aren't known yet; what open orders need is estimated by the catalogue."))  # fmt: skip
    return said


def _enough(facts: OrderFacts, workdays: int | None) -> str | None:
    """A grade only where everything is known, or something is known to be lacking."""
    late = workdays is not None and facts.lead_days is not None and facts.lead_days > workdays
    short = [fact for fact in facts.stock if fact.stock is not None and not fact.enough]
    enough = all(fact.enough for fact in facts.skills) and all(fact.enough for fact in facts.equipment)
    if late or short or not enough:
        return "conditions"
    known = facts.items and not facts.unlisted and all(fact.enough for fact in facts.stock)
    return "yes" if known else None


def _few(names: Sequence[str]) -> str:
    shown = "、".join(_cut(name) for name in names[:MOST])
    return shown if len(names) <= MOST else _("%(names)s and %(n)d more") % {"names": shown, "n": len(names) - MOST}


def _cut(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"
