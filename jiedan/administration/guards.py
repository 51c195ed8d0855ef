"""Conditions of this room's steps."""

from django.utils.translation import gettext as _

from jiedan.kernel.dispatch import Context
from jiedan.people.models import Staff


def not_myself(staff: Staff, ctx: Context) -> str | None:
    """Nobody changes their own rights or account (clause 1.3.4)."""
    if staff.pk in (ctx.actor.staff_id, ctx.grant.on_behalf_of):
        return _("Nobody takes this step on themselves; ask another administrator.")
    return None


def is_employed(staff: Staff, _ctx: Context) -> str | None:
    """The account is open."""
    return None if staff.is_active else _("%(name)s's account is closed.") % {"name": staff.name}


def has_no_password(staff: Staff, _ctx: Context) -> str | None:
    """The first password isn't set yet; afterwards nobody but the person changes it (S-52)."""
    if not staff.has_usable_password():
        return None
    return _("%(name)s has set a password already; only they themselves can change it.") % {"name": staff.name}
