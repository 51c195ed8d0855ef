"""What the pages show of an import: counts in words, wrong rows with their reasons, what changes side by side."""

from collections.abc import Iterator, Mapping
from typing import Any

from jiedan.acquisition.intake import Outcome
from jiedan.connectors.spreadsheet import layouts, sealed
from jiedan.connectors.spreadsheet.kinds import Kind, kind_of
from jiedan.connectors.spreadsheet.models import Chunk, Import
from jiedan.connectors.spreadsheet.results import STAYED_OUT, WRONG, outcome_title
from jiedan.core.lifecycle import ImportStage
from jiedan.kernel.wording import path_of
from jiedan.orders.vault import Unreadable
from jiedan.people.actor import Actor

MOVING = (ImportStage.CHECKING, ImportStage.IMPORTING)
SHOWN, COMPARED = 100, 20
"""Wrong ones, and changed ones with their differences, on one page; the file has all."""
_TONES = {Outcome.CREATED.value: "ok", Outcome.CHANGED.value: "info", Outcome.NOTED.value: "warn"}
_ORDER = (*(outcome.value for outcome in Outcome), WRONG)
Item = dict[str, Any]


def counts_of(row: Import) -> list[dict[str, Any]]:
    """The orders by outcome: title, number, tone."""
    return [
        {
            "title": outcome_title(outcome, row.stage),
            "count": row.counts[outcome],
            "tone": "bad" if outcome in STAYED_OUT else _TONES.get(outcome, ""),
        }
        for outcome in _ORDER
        if row.counts.get(outcome)
    ]


def spoken(counts: Mapping[str, int]) -> str:
    """The counts of a record in words, which are the same for a check and for an import."""
    return "，".join(f"{outcome_title(name, ImportStage.CHECKED)} {counts[name]}" for name in _ORDER if name in counts)


def wrong(row: Import) -> list[Item]:
    """The first that stay, or stayed, out: the numbers of their rows as the program shows them, and why."""
    return [
        {"rows": _numbers(row, item["rows"]), "external_id": item["external_id"], "reason": item["reason"]}
        for item in _first(row, STAYED_OUT, SHOWN)
    ]


def changed(row: Import, actor: Actor) -> list[Item]:
    """The first that would change, with what differs; only those that the person may see."""
    if row.stage != ImportStage.CHECKED:
        return []
    kind = kind_of(row)
    items = list(_first(row, tuple(outcome.value for outcome in kind.changing), COMPARED))
    found = kind.within_reach(actor).filter(pk__in=[kind.model.pk_of(item["ref"]) for item in items if item["ref"]])
    by_ref = {subject.ref: subject for subject in found.select_related(*kind.model.WITH)}
    return [
        {
            "ref": item["ref"],
            "path": path_of(kind.model.KIND, item["ref"]),
            "rows": _numbers(row, item["rows"]),
            "differences": _differences(kind, by_ref[item["ref"]], item),
        }
        for item in items
        if item["ref"] in by_ref
    ]


def has_orders(row: Import) -> bool:
    """Whether anything of the file could come in."""
    return any(count for outcome, count in row.counts.items() if outcome != WRONG)


def mapping_of(row: Import) -> Mapping[str, int]:
    """The columns to begin with: those chosen, those remembered, or what the headers say."""
    return row.mapping or (
        layouts.remembered(row.holds, row.platform, row.shop, row.headers) or kind_of(row).table.proposed(row.headers)
    )


def fields(row: Import, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[Item]:
    """The fields of an order or a listing with the columns to choose from."""
    table = kind_of(row).table
    needed, either = set(table.needed), {name for group in table.one_of for name in group}
    chosen: Mapping[str, Any] = mapping_of(row)
    if any(name.startswith("columns.") for name in values):
        chosen = {name: values.get(f"columns.{name}", "") for name in table.by_field}
    return [
        {
            "name": column.field,
            "title": column.title,
            "required": column.field in needed,
            "either": column.field in either,
            "chosen": str(chosen.get(column.field, "")),
            "errors": errors.get(f"columns.{column.field}", []),
        }
        for column in table.columns
    ]


def columns_of(row: Import) -> list[Item]:
    """The file's columns: index, letter as the program shows it, header."""
    return [{"index": str(index), "title": f"{_letter(index)} {name}"} for index, name in enumerate(row.headers)]


def sample_of(row: Import, actor: Actor) -> list[list[str]]:
    """The first rows, for whoever uploaded them."""
    if row.by_id != actor.staff_id:
        return []
    try:
        found: list[list[str]] = sealed.opened(row.key.opened(), row.sample, sealed.SAMPLE)
    except Unreadable:
        return []
    return [cells + [""] * (len(row.headers) - len(cells)) for cells in found]


def has_file(row: Import, actor: Actor) -> bool:
    """Whether the person can have the file back with what became of its rows."""
    return row.by_id == actor.staff_id and row.parts.exists() and row.chunks.exists()


def _first(row: Import, outcomes: tuple[str, ...], most: int) -> list[Item]:
    found: list[Item] = []
    for item in _items(row, outcomes):
        found.append(item)
        if len(found) == most:
            break
    return found


def _items(row: Import, outcomes: tuple[str, ...]) -> Iterator[Item]:
    holding = [
        pk
        for pk, counts in Chunk.objects.filter(of=row).order_by("number").values_list("pk", "counts")
        if any(counts.get(outcome) for outcome in outcomes)
    ]
    key = row.key.opened() if holding else b""
    for pk in holding:
        yield from (item for item in sealed.told(Chunk.objects.get(pk=pk), key) if item["outcome"] in outcomes)


def _differences(kind: Kind, subject: Any, item: Item) -> list[Any]:
    try:
        return kind.differences(subject, kind.load(item["content"]))
    except Unreadable:
        return []


def _numbers(row: Import, rows: list[int]) -> str:
    """3, 5–7: as the spreadsheet program numbers them."""
    numbers = [row.first_row + index + 1 for index in rows]
    if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return "、".join(map(str, numbers[:10])) + ("…" if len(numbers) > 10 else "")


def _letter(index: int) -> str:
    first, second = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)
