"""Many subjects brought into being by one step each, written as one: what an order's arrival costs in a flood of them.

Each gets the very record, clocks and reactions that a single one gets, because it is the same body, the same draft
and the same projection; only the writing is done together (kernel/bulk.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from jiedan.kernel import bulk
from jiedan.people.subject import Subject


@dataclass(slots=True)
class Newborn:
    """A subject with its key drawn (`bulk.reserve`) but not saved, its rows of other models, the facts of its record."""

    subject: Subject
    facts: dict[str, Any]
    rows: Sequence[tuple[type[models.Model], bulk.Values]] = field(default=())
