"""A step's help text and its clause, in templates."""

import re

from django import template
from django.utils.translation import gettext as _

from jiedan.core.procedure import CLAUSES
from jiedan.kernel.action import Action
from jiedan.kernel.naming import english

register = template.Library()


@register.filter
def help_text(action: Action) -> str:
    """The step's docstring, in the reader's language."""
    return _(re.sub(r"\s+", " ", action.help))


@register.filter
def clause_sentence(clause: str) -> str:
    """What the clause asks for."""
    found = CLAUSES[clause]
    return found.sentence_en if english() else found.sentence_zh
