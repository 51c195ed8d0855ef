"""The first people of an empty installation: one system and one security administrator (S-51).

There are no default accounts. Each gets a link to set their own password, good for one use.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from jiedan.core import clock
from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import Role
from jiedan.people.models import Department, RoleAssignment, Staff


class NotFirst(RuntimeError):
    """The installation has its administrators; further people are added by recorded steps."""


def create(number: str, name: str) -> str:
    """Create the company's root and both administrators; returns what to do next. Raises NotFirst."""
    with transaction.atomic():
        if RoleAssignment.objects.exists():
            raise NotFirst("There are people with roles already; add others on the page 人员.")
        root, _created = Department.objects.get_or_create(parent=None, defaults={"code": "HQ", "name": "本公司"})
        since = clock.now() - timedelta(seconds=1)
        lines = []
        for suffix, title, role in (("", name, Role.SYSTEM_ADMIN), ("-sec", f"{name}（安全）", Role.SECURITY_ADMIN)):
            staff = Staff(number=f"{number}{suffix}", name=title, department=root, stage=StaffStage.EMPLOYED)
            staff.set_unusable_password()
            staff.save()
            RoleAssignment.objects.create(staff=staff, role=role, department=root, since=since)
            lines.append(f"{role.title_zh} {staff.number}: {path_of_invitation(staff)}")
    return "\n".join(["Open each link once and set a password (15 characters at least):", *lines])


def path_of_invitation(staff: Staff) -> str:
    """The link with which this person sets their first password; it works until they did, for some days."""
    return f"{settings.BASE_URL}/welcome/{staff.ref}/{default_token_generator.make_token(staff)}/"
