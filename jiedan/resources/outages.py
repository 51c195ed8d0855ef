"""Ending times out of order (clause 3.2.2)."""

from collections.abc import Iterable
from datetime import date, timedelta

from jiedan.resources.models import Outage


def ended(rows: Iterable[Outage], today: date) -> list[str]:
    """End what runs with yesterday and drop what would begin today or later; says what was changed, as it stood."""
    said = []
    for row in rows:
        said.append(f"{row.since} – {row.until or ''}".rstrip(" –"))
        if row.since >= today:
            row.delete()
        else:
            row.until = today - timedelta(days=1)
            row.save(update_fields=["until"])
    return said
