"""Leaves that stand in every row of a list: icon, stage and clock, as tags because a component costs ten times as much.

The components `icon` and `clock` are these tags, for places where one stands alone.
"""

from functools import lru_cache
from typing import Protocol

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jiedan.kernel.naming import stage_title
from jiedan.ui.tones import STAGE_TONES

register = template.Library()


class Clock(Protocol):
    """What a badge of a deadline shows."""

    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def due(self) -> str: ...
    @property
    def warn(self) -> str: ...


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """{% icon "search" %}: a picture that says nothing to a screen reader."""
    sprite = static("build/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name
    )


@register.simple_tag
def stage(kind: str, code: str) -> SafeString:
    """{% stage "order" order.stage %}: the stage as people call it, in its colour."""
    return _badge(code, stage_title(kind, code))


@lru_cache(maxsize=256)
def _badge(code: str, title: str) -> SafeString:
    return format_html('<span class="status" data-tone="{}">{}</span>', STAGE_TONES.get(code, ""), title)


@register.simple_tag
def clock(view: Clock | None) -> SafeString:
    """{% clock view %}: what is left of a time limit, or what became of it; nothing without one."""
    if not view:
        return mark_safe("")
    live = format_html(' data-due="{}" data-warn="{}"', view.due, view.warn) if view.live else ""
    return format_html(
        '<span class="clock" data-state="{}"{}>{}<span data-reading>{}</span></span>',
        view.state, live, icon(_PICTURES.get(view.state, "clock")), view.text,
    )  # fmt: skip


_PICTURES = {
    "paused": "clock-pause", "kept": "circle-check", "overdue": "alert-triangle", "late": "alert-triangle",
}  # fmt: skip
