"""Reading routing rules as people write them, and putting a version in force (clause 1.3.4)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jiedan.acquisition.models import RoutingVersion
from jiedan.kernel.errors import Invalid
from jiedan.people.models import Department


def parsed(text: str) -> list[dict[str, Any]]:
    """The rules in TEXT, one a line: department code, shop, category. Raises Invalid, naming each wrong line."""
    codes = dict(Department.objects.filter(is_active=True).exclude(parent=None).values_list("code", "pk"))
    rules: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, line in enumerate(text.replace("，", ",").splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(",")] + ["", ""]
        if parts[0] not in codes:
            known = "、".join(sorted(codes))
            problems.append(
                _("Line %(n)d: there is no department with the code “%(code)s”; known are %(known)s.")
                % {"n": number, "code": parts[0], "known": known}
            )
            continue
        rules.append({"department": codes[parts[0]], "shop": parts[1][:60], "category": parts[2][:60]})
    if problems:
        raise Invalid({"rules": problems}, _("Some fields need to be corrected."))
    return rules


def put_in_force(rules: list[dict[str, Any]], reason: str, now: datetime) -> int:
    """Add the version that follows the newest; returns its number (the procedure's row is locked meanwhile)."""
    newest = RoutingVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    RoutingVersion.objects.create(number=newest + 1, rules=rules, reason=reason, created_at=now)
    return newest + 1
