"""R13 for files: hostile lists of orders by the hundred, uploaded through the API: an answer each, never a failure."""

import base64
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.pushes import Target, compact
from tests.faults import hostile, hostile_files
from tests.faults.hostile import Bad
from tests.faults.rig import Installation, free_port, token_of
from tests.faults.test_bad_input import tried, well_answered

pytestmark = pytest.mark.faults
FILES = int(os.environ.get("JIEDAN_BAD_FILES", "2400"))
WHERE = {"platform": "taobao", "shop": "hangzhou"}


def door(found: Installation) -> Target:
    found.port = found.port or free_port()
    return Target(
        "upload", found.port, "/api/v1/imports/actions/spreadsheet.start_import", token=token_of(found, "1001")
    )


def inputs() -> Iterator[Bad]:
    """Hostile files in a right request, and after each a hostile request with a right file."""
    yield from ((f"not JSON {number}", data) for number, data in enumerate(hostile.NOT_JSON))
    requests = itertools.cycle(hostile.orders(upload("a.csv", hostile_files.table())))
    for name, called, content in hostile_files.files():
        yield name, compact(upload(called, content))
        yield next(requests)


def upload(name: str, content: bytes) -> dict[str, object]:
    return {**WHERE, "file_name": name, "content": base64.b64encode(content).decode()}


def test_bad_files_are_all_answered_and_none_fails(tmp_path: Path) -> None:
    tried(tmp_path, door, inputs(), FILES, well_answered)


def test_the_files_find_a_reader_that_trusts_what_is_packed(tmp_path: Path) -> None:
    """The positive control: a reader that opens an archive as if all were well."""
    planted = (
        "import io, zipfile\n"
        "from jiedan.connectors.spreadsheet import reading\n"
        "honest = reading._zipped\n"
        "def trusting(content):\n"
        "    zipfile.ZipFile(io.BytesIO(content)).testzip()\n"
        "    return honest(content)\n"
        "reading._zipped = trusting\n"
    )
    with pytest.raises(AssertionError):
        tried(tmp_path, door, inputs(), 500, well_answered, planted)
