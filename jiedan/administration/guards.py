"""Conditions of this room's steps."""

from django.utils.translation import gettext as _

from jiedan.kernel.dispatch import Context
from jiedan.people.models import RoleAssignment, Staff


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


def roles_within_my_reach(staff: Staff, ctx: Context) -> str | None:
    """A stand-in is lent every role of the absent person; nobody lends rights beyond their own departments."""
    held = RoleAssignment.objects.filter(staff=staff, until=None).values_list("department_id", flat=True)
    if all(ctx.grant.covers(department) for department in held):
        return None
    return _("%(name)s holds a role beyond your departments; ask somebody above you to appoint the stand-in.") % {
        "name": staff.name
    }
