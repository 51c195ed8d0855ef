"""What the system knows before anybody evaluates, in sentences, and plainly what it doesn't know (2.2.1, 2.2.2).

Everything is read at this moment; what a submitted evaluation rested on is kept with it.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiedan.acquisition.models import ChangeNotice
from jiedan.acquisition.queries import open_orders
from jiedan.acquisition.routing_facts import any_within
from jiedan.acquisition.routing_rules import newest
from jiedan.core import credit
from jiedan.core.credit import History
from jiedan.core.lifecycle import OrderStage
from jiedan.core.money import yuan
from jiedan.core.screening import Ban, Hit
from jiedan.core.worktime import WorkCalendar
from jiedan.evaluation import resourced
from jiedan.evaluation.finding import Finding
from jiedan.evaluation.screening import screened
from jiedan.kernel import rules
from jiedan.kernel.models import Record
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import SYSTEM
from jiedan.people.models import Staff, StaffSkill
from jiedan.resources.capacity import ABLE
from jiedan.resources.of_order import OrderFacts, facts_of

LONGEST = 2000
"""What fits into the grounds of a part (sheet.Words)."""
LATE = timedelta(days=1)
"""Time from ordering to paying beyond which a payment was late."""
DISPUTED = "acquisition.request_cancel"
SHORT_NOTICE = 3
"""Working days until the wanted date up to which delivery is a risk by itself."""


def findings(order: Order, now: datetime) -> dict[str, Finding]:
    """What the system knows about each part of the sheet."""
    hits, facts = screened(order), facts_of(order, now)
    parts: dict[str, Callable[[], Finding]] = {
        "scope": lambda: _scope(order, facts),
        "resources": lambda: _resources(order, facts, now),
        "difficulty": lambda: _difficulty(order, facts),
        "credit": lambda: _credit(order),
        "market": _market,
        "legal": lambda: _listed(hits, Ban.PROHIBITED, 5, 5),
        "platform": lambda: _listed(hits, Ban.PLATFORM, 3, 4),
        "delivery": lambda: _delivery(order, now),
    }
    return {name: find() for name, find in parts.items()}


def prefilled(found: dict[str, Finding]) -> dict[str, Any]:
    """The sheet as it begins: what the findings say, to be checked and gone beyond by a person."""
    sheet: dict[str, Any] = {}
    for name, finding in found.items():
        words = "；".join(finding.known)[:LONGEST]
        if name in ("scope", "resources", "difficulty"):
            sheet[name] = {"grade": finding.grade, "grounds": words}
        else:
            sheet[name] = {"likelihood": finding.likelihood, "impact": finding.impact, "grounds": words}
    return sheet


def _categories(order: Order) -> list[str]:
    return sorted({line.category for line in order.lines.all() if line.category})


def _scope(order: Order, facts: OrderFacts) -> Finding:
    found, categories = Finding(), _categories(order)
    mine = [rule for rule in newest().rules if order.department_id in rule.departments]
    declared = sorted({category for rule in mine for category in rule.categories})
    if not categories:
        found.unknown.append(_("The order's lines name no category, so its scope can't be compared."))
    if not declared:
        found.unknown.append(_("The routing rules name no categories for this department."))
    if categories and declared:
        _compared(found, declared, categories)
    resourced.scope(found, facts)
    return found


def _compared(found: Finding, declared: Sequence[str], categories: Sequence[str]) -> None:
    names = {"declared": "、".join(declared), "categories": "、".join(categories)}
    outside = [one for one in categories if not any_within(declared, [one])]
    if outside:
        found.grade = "conditions"
        found.known.append(
            _("Not among what this department takes (%(declared)s): %(outside)s")
            % {**names, "outside": "、".join(outside)}
        )
    else:
        found.grade = "yes"
        found.known.append(_("%(categories)s is among what this department takes (%(declared)s)") % names)


def _resources(order: Order, facts: OrderFacts, now: datetime) -> Finding:
    people = Staff.objects.filter(department=order.department_id, is_active=True).count()
    waiting = open_orders({order.department_id})[order.department_id]
    found = Finding(
        known=[
            _("The department has %(orders)d open orders and %(people)d people") % {"orders": waiting, "people": people}
        ]
    )
    days = _workdays_left(order, now)
    if days is not None:
        found.known.append(
            _("%(days)d working days until the wanted date %(date)s") % {"days": days, "date": order.promised_on}
        )
    resourced.resources(found, facts, order, days)
    return found


def _difficulty(order: Order, facts: OrderFacts) -> Finding:
    found, categories = Finding(), _categories(order)
    if not facts.skills:
        _skills_at_hand(order, found)
    resourced.difficulty(found, facts, order)
    if categories:
        done = access.visible(SYSTEM, Order).filter(department=order.department_id, accepted_at__isnull=False)
        count = done.exclude(pk=order.pk).filter(lines__category__in=categories).distinct()[:1000].count()
        found.known.append(_("The department has accepted %(n)d orders of these categories before") % {"n": count})
    return found


def _skills_at_hand(order: Order, found: Finding) -> None:
    """Which skills there are, where nothing says which ones are needed."""
    rows = StaffSkill.objects.filter(staff__department=order.department_id, staff__is_active=True)
    skills = rows.values("skill__name").annotate(people=Count("pk"), able=Count("pk", filter=Q(level__gte=ABLE)))
    words = [f"{row['skill__name']} {row['able']}/{row['people']}" for row in skills.order_by("skill__name")[:12]]
    if words:
        found.known.append(_("Skills in the department (able/all): %(skills)s") % {"skills": "、".join(words)})
    else:
        found.unknown.append(_("Nobody's skills are put down for this department."))


def history_of(order: Order) -> History:
    """What the customer ordered from us before this order, as far as it is on record."""
    earlier = access.visible(SYSTEM, Order).filter(customer=order.customer_id).exclude(pk=order.pk)
    sums = earlier.aggregate(
        orders=Count("pk"),
        volume=Sum("total", filter=~Q(stage=OrderStage.CANCELLED)),
        cancelled=Count("pk", filter=Q(stage=OrderStage.CANCELLED)),
        declined=Count("pk", filter=Q(stage=OrderStage.DECLINED)),
        late=Count("pk", filter=Q(paid_at__gt=F("placed_at") + LATE)),
    )
    standing = earlier.exclude(stage=OrderStage.CANCELLED).exclude(accepted_at=None)
    disputes = Record.objects.filter(subject_type=Order.KIND, subject_id__in=standing.values("pk"), action=DISPUTED)
    disputed = disputes.values("subject_id").distinct().count()
    changes = ChangeNotice.objects.filter(order__customer=order.customer_id).exclude(order=order.pk).count()
    return History(**{**sums, "volume": sums["volume"] or Decimal("0.00")}, changes=changes, disputed=disputed)


def _credit(order: Order) -> Finding:
    history = history_of(order)
    kept = history.orders - history.cancelled
    usual = history.volume / kept if kept else None
    found = Finding(
        likelihood=credit.likelihood(history),
        impact=credit.impact(order.total, usual),
        unknown=[_("What customers pay after delivery, and complaints, aren't on record yet.")],
    )
    if history.orders == 0:
        found.known.append(_("The customer hasn't ordered from us before"))
        return found
    found.known.append(
        _("%(orders)d earlier orders for ¥%(volume)s; %(cancelled)d cancelled, %(declined)d declined, %(changes)d changes after acceptance, %(late)d paid more than a day after ordering, %(disputed)d disputed after acceptance")
        % {
            "orders": history.orders, "volume": yuan(history.volume), "cancelled": history.cancelled,
            "declined": history.declined, "changes": history.changes, "late": history.late,
            "disputed": history.disputed,
        }
    )  # fmt: skip
    return found


def _market() -> Finding:
    return Finding(
        unknown=[_("Nothing is known to the system about prices and supply: judge it from your own knowledge.")]
    )


def _listed(hits: Collection[Hit], ban: Ban, likelihood: int, impact: int) -> Finding:
    mine = [hit for hit in hits if hit.ban is ban]
    if not mine:
        return Finding(known=[_("The screening list found nothing")], likelihood=1, impact=2)
    words = [f"“{hit.word}”（{hit.where}：{hit.excerpt}；{hit.note}）" for hit in mine[:10]]
    return Finding(
        known=[_("The screening list found: %(hits)s") % {"hits": "、".join(words)}],
        likelihood=likelihood,
        impact=impact,
    )


def _delivery(order: Order, now: datetime) -> Finding:
    days = _workdays_left(order, now)
    if days is None:
        return Finding(unknown=[_("The customer named no date; agree on one.")])
    found = Finding(
        known=[_("%(days)d working days until the wanted date %(date)s") % {"days": days, "date": order.promised_on}]
    )
    found.likelihood, found.impact = (4, 3) if days <= SHORT_NOTICE else (2, 2)
    return found


def _workdays_left(order: Order, now: datetime) -> int | None:
    if order.promised_on is None:
        return None
    return workdays_between(rules.in_force(now).calendar, localtime(now).date(), order.promised_on)


def workdays_between(calendar: WorkCalendar, today: date, wanted: date) -> int:
    """The working days after TODAY up to and with the WANTED day; at most those of a year."""
    span = min((wanted - today).days, 366)
    return sum(1 for n in range(1, span + 1) if calendar.windows_on(today + timedelta(days=n)))
