import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from jiedan.cli import main
from jiedan.documents import filing
from jiedan.documents.tests.papers import pdf
from jiedan.documents.uploads import check
from tests.cast import FRIDAY, Cast, received


@pytest.fixture
def path(cast: Cast, tmp_path: Path, settings: object) -> Path:
    settings.DOCUMENTS_DIR = tmp_path / "documents"  # type: ignore[attr-defined]
    filed = filing.take_in(received(), "other", check("other", "a.pdf", pdf()), cast.taker.pk, FRIDAY)
    return next(Path(settings.DOCUMENTS_DIR).glob(f"*/{filed.blob}"))  # type: ignore[attr-defined]


def test_a_whole_store_is_said_to_be_so(path: Path) -> None:
    done = CliRunner().invoke(main, ["documents", "verify"])
    assert (done.exit_code, done.output) == (0, "checked: 1, wrong: 0\n")


def test_a_missing_file_is_named_and_the_command_ends_with_1(path: Path) -> None:
    path.unlink()
    done = CliRunner().invoke(main, ["documents", "verify", "--json"])
    said = json.loads(done.output)
    assert (done.exit_code, said["ok"], said["checked"]) == (1, False, 1)
    assert [found["what"] for found in said["found"]] == ["missing"]
