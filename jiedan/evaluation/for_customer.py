"""What customers are told of our time limits before anything is agreed (clauses 1.3.2, 2.2.3, 2.3.1)."""

from django.utils.translation import gettext_lazy as _

from jiedan.portal import progress


def register() -> None:
    """Called once, when the application is ready."""
    progress.LIMITS["evaluate_order"] = _("We look into whether we can do it")
    progress.LIMITS["decide_order"] = _("We decide whether we take your order on")
    progress.LIMITS["agree_terms"] = _("We agree with you on the terms")
