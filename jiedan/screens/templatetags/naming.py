"""Names of stages and roles in templates."""

from django import template

from jiedan.kernel import naming

register = template.Library()


@register.filter
def stage_of(code: str, kind: str) -> str:
    """{{ order.stage|stage_of:"order" }}: the stage as people call it."""
    return naming.stage_title(kind, code)
