"""Taking a checked table over: a step for each row that says something new, by the person who brings it."""

from collections.abc import Iterable

from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject
from jiedan.resources.table import CHANGED, NEW, SAME, Row, title_of


def taken_over(rows: Iterable[Row], actor: Actor, reason: str) -> int:
    """Take each row's steps; returns how many rows were. A row that is refused says why and leaves the others alone."""
    count = 0
    for row in rows:
        if row.state in (NEW, CHANGED):
            try:
                _taken(row, actor, reason)
                count += 1
                row.state = SAME
            except StepRefused as refused:
                row.faults.append(_said(refused))
    return count


def _taken(row: Row, actor: Actor, reason: str) -> None:
    item: Subject | None = row.item
    counts = row.stock is not None and (row.item is None or row.item.on_hand != row.stock)
    if item is None:
        item = dispatch("resources.add_item", actor, {**row.data, "code": row.code}).subject
    elif row.changes != [title_of("on_hand")] or not counts:
        dispatch("resources.change_item", actor, {**row.data, "reason": reason}, subject=item)
    if counts:
        dispatch("resources.count_stock", actor, {"on_hand": row.stock, "reason": reason}, subject=item)


def _said(refused: StepRefused) -> str:
    fields = refused.fields if isinstance(refused, Invalid) else {}
    return " ".join([str(refused.sentence), *(str(why) for reasons in fields.values() for why in reasons)])
