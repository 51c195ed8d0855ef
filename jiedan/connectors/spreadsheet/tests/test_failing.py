"""A formula that failed is named in its cell, whatever the form of the file; it is never taken for an empty cell (2.1.2)."""

from typing import Any

import pytest

from jiedan.connectors.spreadsheet import columns, looking, reading
from jiedan.connectors.spreadsheet.failing import failed
from jiedan.connectors.spreadsheet.tests.files import row
from jiedan.connectors.spreadsheet.tests.old_files import cells, failure, gap, line, ods, text, xls
from jiedan.connectors.spreadsheet.wrong import Unreadable


def read(content: bytes, name: str) -> list[list[Any]]:
    """The rows below the headers."""
    found = looking.looked(content, name, columns.ORDERS)
    return list(reading.rows_of(content, found.form, found.sheet, found.first_row)[1])


@pytest.mark.parametrize("small", [False, True])
def test_an_xls_names_failures_of_both_kinds_in_their_cells(small: bool) -> None:
    rows = [row("T-1"), row("T-2", 金额="#REF!"), row("T-3", 实付金额="#DIV/0!")]
    content = xls(cells(*rows), small=small)
    found = read(content, "orders.xls")
    assert [(line[0], line[7], line[8]) for line in found] == [
        ("T-1", 398, 398),
        ("T-2", "#REF!", 398),
        ("T-3", 398, "#DIV/0!"),
    ]
    assert failed(content, 0) == {}


def test_an_ods_names_failures_by_mark_or_by_what_is_shown_and_counts_what_is_repeated() -> None:
    first = line(text("T-1"), gap(6), failure("#DIV/0!"), text("398"))
    second = line(text("T-2"), gap(6), text("398"), failure("Err:502", marked=False), times=2)
    third = line(text("T-3"), gap(6), failure("错误:504"), text("#N/A"))
    found = read(ods(first, second, third), "orders.ods")
    assert [(line[0], line[7], line[8]) for line in found] == [
        ("T-1", "#DIV/0!", "398"),
        ("T-2", "398", "Err:502"),
        ("T-2", "398", "Err:502"),
        ("T-3", "错误:504", "#N/A"),
    ]


def test_an_ods_without_failures_is_read_without_a_second_look() -> None:
    content = ods(line(text("T-1"), gap(6), text("398"), text("398")))
    assert (failed(content, 1), read(content, "orders.ods")[0][8]) == ({}, "398")


@pytest.mark.parametrize("cut", [700, 1300, 2600])
def test_an_xls_that_ends_in_the_middle_is_said_to_be_unreadable_or_read(cut: int) -> None:
    content = xls(cells(row("T-1")))[:cut]
    with pytest.raises(Unreadable):
        read(content, "orders.xls")


def test_a_chain_that_bites_its_tail_ends() -> None:
    content = bytearray(xls(cells(row("T-1"))))
    content[512 + 4 * 3 : 512 + 4 * 4] = (2).to_bytes(4, "little")
    assert failed(bytes(content), 1) == {}
