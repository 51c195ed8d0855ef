"""Layouts that somebody mapped before: the next file with the same headers of the same shop needs no questions."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet import columns
from jiedan.connectors.spreadsheet.columns import Mapped
from jiedan.connectors.spreadsheet.kinds import KINDS, kind_of
from jiedan.connectors.spreadsheet.models import Import, Layout
from jiedan.kernel.errors import Invalid


def remembered(holds: str, platform: str, shop: str, headers: Sequence[str]) -> Mapped | None:
    """The columns that were confirmed for this layout; None when nobody has."""
    digest, known = columns.layout_of(headers), KINDS[holds].table.by_field
    found = Layout.objects.filter(holds=holds, platform=platform, shop=shop, digest=digest).first()
    return None if found is None else {name: index for name, index in found.mapping.items() if name in known}


def remember(row: Import, now: datetime) -> None:
    """Keep the import's columns for the next file of this layout."""
    Layout.objects.update_or_create(
        holds=row.holds,
        platform=row.platform,
        shop=row.shop,
        digest=row.layout,
        defaults={"mapping": row.mapping, "used_at": now},
    )


def checked(mapping: Mapped, row: Import) -> Mapped:
    """The mapping, if it can be used with this file. Raises Invalid."""
    table, headers = kind_of(row).table, row.headers
    errors: dict[str, list[str]] = {}
    for name, index in mapping.items():
        if name not in table.by_field:
            errors[f"columns.{name}"] = [_("There is no such column.")]
        elif index >= len(headers):
            errors[f"columns.{name}"] = [_("The file has only %(count)d columns.") % {"count": len(headers)}]
    for group in table.missing(mapping):
        titles = [str(table.by_field[name].title) for name in group]
        errors[f"columns.{group[0]}"] = [_("Choose the column for: %(titles)s.") % {"titles": _(" or ").join(titles)}]
    if errors:
        raise Invalid(errors, _("Some fields need to be corrected."))
    return mapping
