"""Layouts that somebody mapped before: the next file with the same headers of the same shop needs no questions."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet import columns
from jiedan.connectors.spreadsheet.columns import BY_FIELD, Mapped
from jiedan.connectors.spreadsheet.models import Import, Layout
from jiedan.kernel.errors import Invalid


def remembered(platform: str, shop: str, headers: Sequence[str]) -> Mapped | None:
    """The columns that were confirmed for this layout; None when nobody has."""
    digest = columns.layout_of(headers)
    found = Layout.objects.filter(platform=platform, shop=shop, digest=digest).first()
    return None if found is None else {name: index for name, index in found.mapping.items() if name in BY_FIELD}


def remember(row: Import, now: datetime) -> None:
    """Keep the import's columns for the next file of this layout."""
    Layout.objects.update_or_create(
        platform=row.platform,
        shop=row.shop,
        digest=row.layout,
        defaults={"mapping": row.mapping, "used_at": now},
    )


def checked(mapping: Mapped, headers: Sequence[str]) -> Mapped:
    """The mapping, if it can be used with these headers. Raises Invalid."""
    errors: dict[str, list[str]] = {}
    for name, index in mapping.items():
        if name not in BY_FIELD:
            errors[f"columns.{name}"] = [_("There is no such column of an order.")]
        elif index >= len(headers):
            errors[f"columns.{name}"] = [_("The file has only %(count)d columns.") % {"count": len(headers)}]
    for group in columns.missing(mapping):
        titles = [str(BY_FIELD[name].title) for name in group]
        errors[f"columns.{group[0]}"] = [_("Choose the column for: %(titles)s.") % {"titles": _(" or ").join(titles)}]
    if errors:
        raise Invalid(errors, _("Some fields need to be corrected."))
    return mapping
