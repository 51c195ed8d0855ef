"""An import on its page: counts, progress, wrong rows, changes; and the columns to choose from."""

from typing import Any

from django import template

from jiedan.connectors.spreadsheet import showing
from jiedan.connectors.spreadsheet.models import LISTINGS, Import
from jiedan.people.actor import NOBODY

register = template.Library()


@register.inclusion_tag("spreadsheet/state.html", takes_context=True)
def import_state(context: Any, row: Import) -> dict[str, Any]:
    """{% import_state subject %}: how far it is, how many orders are what, and the way to the file."""
    actor = context.get("actor", NOBODY)
    return {
        "row": row,
        "moving": row.stage in showing.MOVING,
        "counts": showing.counts_of(row),
        "file": showing.has_file(row, actor),
    }


@register.inclusion_tag("spreadsheet/found.html", takes_context=True)
def import_found(context: Any, row: Import) -> dict[str, Any]:
    """{% import_found subject %}: wrong rows with their reasons, what changes with what differs."""
    moving = row.stage in showing.MOVING
    return {
        "wrong": [] if moving else showing.wrong(row),
        "changed": [] if moving else showing.changed(row, context.get("actor", NOBODY)),
        "most": showing.SHOWN,
        "compared": showing.COMPARED,
        "listings": row.holds == LISTINGS,
    }


@register.inclusion_tag("spreadsheet/columns.html", takes_context=True)
def import_columns(context: Any, row: Import) -> dict[str, Any]:
    """{% import_columns subject %}: the fields of an order or listing with the file's columns, and its first rows."""
    return {
        "fields": showing.fields(row, context.get("typed", {}), context.get("errors", {})),
        "columns": showing.columns_of(row),
        "sample": showing.sample_of(row, context.get("actor", NOBODY)),
        "headers": row.headers,
    }


@register.filter
def is_moving(row: Import) -> bool:
    """Whether the worker is at it."""
    return row.stage in showing.MOVING
