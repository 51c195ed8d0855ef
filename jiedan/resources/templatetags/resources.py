"""Figures of capacity as people read them."""

from collections.abc import Sequence
from typing import Any

from django import template

from jiedan.resources.entry import hours_of

register = template.Library()


@register.filter
def hours(minutes: int) -> str:
    """Minutes as hours."""
    return hours_of(minutes)


@register.filter
def tight(free: int, total: int) -> bool:
    """Whether less than a fifth is left."""
    return free * 5 < total


@register.filter
def index(values: Sequence[Any], number: int) -> Any:
    """The value at a place."""
    return values[number]
