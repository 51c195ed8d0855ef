"""The catalogue as a table that people paste, from a spreadsheet or a file: read, checked row by row, taken over by steps.

Nothing is changed by checking. A column that isn't there leaves what an item says as it is; "库存" counts the stock.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from jiedan.core.lifecycle import ItemStage
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.errors import Invalid
from jiedan.kernel.inputs import validated
from jiedan.orders import access
from jiedan.people.actor import SYSTEM, Actor
from jiedan.people.models import Department
from jiedan.resources.entry import ItemInput, as_typed, parts
from jiedan.resources.models import Item

LONGEST, MOST_ROWS = 400_000, 1000
NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("编码", "sku", "code", "商品编码"),
    "name": ("名称", "name", "品名", "商品或服务"),
    "kind": ("类型", "kind"),
    "category": ("类目", "category", "品类"),
    "unit": ("单位", "unit"),
    "department": ("部门", "department", "负责部门"),
    "also": ("其他部门", "also"),
    "list_price": ("目录价", "price", "list price", "单价"),
    "lead_days": ("交付周期", "lead days", "标准交付周期"),
    "skills": ("技能", "skills"),
    "hours": ("工时", "hours", "标准工时"),
    "equipment": ("设备", "equipment"),
    "codes": ("平台编码", "codes", "platform codes"),
    "on_hand": ("库存", "stock", "on hand"),
}
"""The fields by what their columns may be called."""
_TITLES: Final[Mapping[str, Callable[[], str]]] = {
    "code": lambda: _("Code (SKU)"),
    "on_hand": lambda: _("On hand, as counted"),
}
_KINDS: Final = {"商品": "product", "货品": "product", "goods": "product", "服务": "service"}
_KINDS_WRITTEN: Final = {"product": "商品", "service": "服务"}


@dataclass(slots=True)
class Row:
    """A row of the table: what it would do, or what is wrong with it."""

    line: int
    code: str
    name: str
    state: str
    data: dict[str, Any] = field(default_factory=dict)
    item: Item | None = None
    stock: int | None = None
    changes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def title_of(name: str) -> str:
    """What a field is called."""
    return _TITLES[name]() if name in _TITLES else str(ItemInput.model_fields[name].title)


def checked(text: str, actor: Actor) -> list[Row]:
    """Each row of TEXT with what it would do for this person. Raises Invalid when it is no table at all."""
    rows = list(_rows(text))
    codes = {given.get("code", "") for _line, given in rows}
    found = access.visible(SYSTEM, Item).filter(code__in=sorted(codes)).prefetch_related("skills", "also", "codes")
    items = {item.code: item for item in found}
    departments = _departments()
    seen: dict[str, int] = {}
    return [_checked(line, given, items, departments, seen, actor) for line, given in rows]


def written(actor: Actor) -> Iterator[list[str]]:
    """The columns' names, then every item in use that this person may change: as a table that can be brought again."""
    yield [titles[0] for titles in COLUMNS.values()]
    by, names = REGISTRY["resources.change_item"].by, dict(Department.objects.values_list("pk", "name"))
    mine = [pk for pk in names if actor.grant(by, pk) is not None]
    rows = access.visible(actor, Item).filter(stage=ItemStage.OFFERED, department__in=mine).order_by("code")
    for item in rows.prefetch_related("skills", "also", "codes"):
        stock = "" if item.on_hand is None else str(item.on_hand)
        kind = _KINDS_WRITTEN[item.kind]
        values = as_typed(item) | {
            "code": item.code,
            "department": names[item.department_id],
            "kind": kind,
            "on_hand": stock,
        }
        yield [values[name] for name in COLUMNS]


def _departments() -> dict[str, str]:
    rows = Department.objects.filter(is_active=True).exclude(parent=None).order_by("pk")
    return {name: str(row.pk) for row in rows for name in (row.name, row.code)}


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(text) > LONGEST:
        raise _no_table(_("The table is too long; bring it in parts of up to %(n)d rows.") % {"n": MOST_ROWS})
    if "\0" in text:
        raise _no_table(_("The table contains a NUL character; leave it out."))
    lines = text.removeprefix("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    between = next((mark for mark in "\t,;" if mark in head), ",")
    cells = _cells(text.removeprefix("\ufeff"), between)
    numbered = [(number, row) for number, row in enumerate(cells, start=1) if any(cell.strip() for cell in row)]
    if len(numbered) < 2:
        raise _no_table(_("A line with the columns' names and at least one row are needed."))
    if len(numbered) > MOST_ROWS + 1:
        raise _no_table(_("The table is too long; bring it in parts of up to %(n)d rows.") % {"n": MOST_ROWS})
    names = _columns(numbered[0][1])
    for number, row in numbered[1:]:
        yield number, {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}


def _cells(text: str, between: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True))
    except csv.Error as error:
        raise _no_table(_("It is no table; check that quotation marks come in pairs.")) from error


def _columns(cells: list[str]) -> list[str]:
    meant = {title.casefold(): name for name, titles in COLUMNS.items() for title in titles}
    names = [meant.get(cell.strip().casefold(), "") for cell in cells]
    unknown = [cell.strip() for cell, name in zip(cells, names, strict=True) if not name and cell.strip()]
    if unknown:
        raise _no_table(_("Unknown columns: %(names)s.") % {"names": "、".join(unknown)})
    if "code" not in names:
        raise _no_table(_("The column with the code is missing."))
    if len(set(names) - {""}) < len([name for name in names if name]):
        raise _no_table(_("A column stands there twice."))
    return names


def _no_table(sentence: str) -> Invalid:
    return Invalid({"table": [sentence]}, _("The table can't be read."))


def _checked(
    line: int,
    given: dict[str, str],
    items: Mapping[str, Item],
    departments: Mapping[str, str],
    seen: dict[str, int],
    actor: Actor,
) -> Row:
    code = given.pop("code", "")
    item, stock = items.get(code), given.pop("on_hand", "")
    row = Row(line, code, given.get("name", item.name if item else ""), WRONG, item=item)
    before = as_typed(item) if item else {}
    wanted = before | _spelled(given, departments)
    row.data = {name: value for name, value in wanted.items() if value != ""}
    row.faults = list(_place_faults(given, row, departments, actor)) or list(
        _own_faults(code, seen.get(code), row.data, item)
    )
    if code:
        seen.setdefault(code, line)
    row.stock = _stock(stock, row)
    if row.faults:
        return row
    row.changes = [
        title_of(name) for name in before if before[name] != wanted[name] and not _alike(before, wanted, name)
    ]
    if row.stock is not None and (item is None or item.on_hand != row.stock):
        row.changes.append(title_of("on_hand"))
    row.state = NEW if item is None else CHANGED if row.changes else SAME
    return row


def _spelled(given: Mapping[str, str], departments: Mapping[str, str]) -> dict[str, str]:
    """The cells as a form would send them."""
    found = dict(given)
    if "kind" in found:
        found["kind"] = _KINDS.get(found["kind"], found["kind"])
    if "department" in found:
        found["department"] = departments.get(found["department"], found["department"])
    return found


def _alike(before: Mapping[str, str], wanted: Mapping[str, str], name: str) -> bool:
    """Whether two spellings mean the same: 80 and 80.00, 电工|安装 and 安装、电工."""
    one, other = (_plain(name, values[name]) for values in (before, wanted))
    return bool(one == other)


def _plain(name: str, text: str) -> Any:
    if name in {"skills", "also", "codes"}:
        return sorted(parts(text, 128))
    if name in {"list_price", "hours", "lead_days"} and text:
        return Decimal(text)
    return text


def _place_faults(given: Mapping[str, str], row: Row, departments: Mapping[str, str], actor: Actor) -> Iterator[str]:
    if given.get("department") and given["department"] not in departments:
        yield _("There is no department “%(name)s” in use.") % {"name": given["department"]}
        return
    by = REGISTRY["resources.add_item"].by
    keys = [row.item.department_id] if row.item else []
    keys += [int(row.data["department"])] if row.data.get("department") else []
    if any(actor.grant(by, key) is None for key in keys):
        yield _("It belongs to a department that isn't yours.")


def _own_faults(code: str, twice: int | None, data: Mapping[str, Any], item: Item | None) -> Iterator[str]:
    if code and twice:
        yield _("The code stands in line %(n)d already.") % {"n": twice}
    code_too = {"code": code} if item is None else {"reason": "-"}
    action = REGISTRY["resources.change_item" if item else "resources.add_item"]
    try:
        found = validated(action.input, {**data, **code_too})
        if isinstance(found, ItemInput):
            found.check(item)
    except Invalid as refused:
        for name, reasons in refused.fields.items():
            yield f"{title_of(name) if name in COLUMNS else name}：{' '.join(map(str, reasons))}"


def _stock(text: str, row: Row) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        row.faults.append(f"{title_of('on_hand')}：{_('A whole number is expected, e.g. 12.')}")
        return None
    if row.data.get("kind", "product") != Item.PRODUCT and not row.faults:
        row.faults.append(_("A service has no stock; leave that cell empty."))
    return int(text)
