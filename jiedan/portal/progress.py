"""What every customer may be shown: what they ordered, where it stands, and what we promised by when (1.3.2, 3.4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from jiedan.core.lifecycle import AFTER_ACCEPTANCE, ENDED, OrderStage
from jiedan.kernel.models import Record
from jiedan.kernel.naming import stage_title
from jiedan.orders.models import Order
from jiedan.portal import purposes
from jiedan.portal.models import Link

PROGRESS: Final = "progress"


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage that the order came to, and when."""

    title: str
    at: datetime


def reached(order: Order) -> list[Reached]:
    """The stages of the order in the order in which it came to them; each once, the first time."""
    rows = Record.objects.filter(subject_type=Order.KIND, subject_id=order.pk).order_by("seq")
    first: dict[str, datetime] = {}
    for stage, at in rows.values_list("stage", "at"):
        if stage in AFTER_ACCEPTANCE or stage in ENDED or stage == OrderStage.ROUTED:
            first.setdefault(stage, at)
    return [Reached(stage_title(Order.KIND, stage), at) for stage, at in first.items()]


def context(link: Link, _form: purposes.Form) -> Mapping[str, Any]:
    """What the page shows."""
    order = link.order
    return {"lines": order.lines.order_by("number"), "reached": reached(order)}


def register() -> None:
    """Called once, when the application is ready."""
    purposes.register(purposes.Purpose(PROGRESS, _("Progress of the order"), "portal/progress.html", context))
