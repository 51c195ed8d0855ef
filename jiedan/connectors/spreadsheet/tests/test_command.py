"""jiedan import FILE: exit code 0 when all is in, 1 when rows were wrong, 2 when it can't be used (clause 2.1.2)."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError

from jiedan import cli
from jiedan.connectors.spreadsheet.command import Command
from jiedan.connectors.spreadsheet.models import Import, Layout
from jiedan.connectors.spreadsheet.tests.files import book, row
from jiedan.orders.models import Order
from tests.cast import Cast
from tests.every_action.imported import table

pytestmark = pytest.mark.django_db


def run(path: Path, *more: str) -> Result:
    return CliRunner().invoke(cli.main, ["import", str(path), "--shop", "hangzhou", "--platform", "taobao", *more])


@pytest.fixture
def file(tmp_path: Path, cast: Cast) -> Path:
    found = tmp_path / "orders.xlsx"
    found.write_bytes(book([row("T-1"), row("T-2")]))
    return found


def test_right_rows_are_all_in_and_nothing_is_drawn_in_a_pipe(file: Path) -> None:
    done = run(file, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert (found["counts"], found["stayed_out"], found["rows"]) == ({"created": 2}, 0, 2)
    assert (Order.objects.count(), Import.objects.get().stage) == (2, "imported")
    assert json.loads(run(file, "--json").stdout)["counts"] == {"unchanged": 2}


def test_wrong_rows_give_1_and_their_reasons_and_the_others_come_in(file: Path, tmp_path: Path) -> None:
    file.write_bytes(book([row("T-1"), row("T-2", 数量=0)]))
    done = run(file, "--json", "--result", str(tmp_path / "back.xlsx"))
    found = json.loads(done.stdout)
    assert (done.exit_code, found["stayed_out"], found["wrong"][0]["rows"]) == (1, 1, "3")
    assert (Order.objects.count(), (tmp_path / "back.xlsx").read_bytes()[:2]) == (1, b"PK")


def test_a_dry_run_says_what_would_be_and_leaves_nothing(file: Path) -> None:
    done = run(file, "--dry-run", "--json")
    assert (done.exit_code, json.loads(done.stdout)["counts"]) == (0, {"created": 2})
    found = Import.objects.get()
    assert (Order.objects.count(), found.stage, found.parts.count(), found.chunks.count()) == (0, "abandoned", 0, 0)


def test_a_file_that_cannot_be_used_gives_2_and_a_sentence(file: Path) -> None:
    file.write_bytes(b"")
    done = run(file)
    assert (done.exit_code, "文件是空的" in done.stderr) == (2, True)
    assert Import.objects.count() == 0
    assert run(file.with_name("nowhere.xlsx")).exit_code == 2


def test_unknown_columns_give_2_with_the_names_to_choose_from_and_a_mapping_helps(file: Path) -> None:
    file = file.with_suffix(".csv")
    file.write_bytes(table(headers="单号,时间,谁,电话,什么,类,几件,多少钱,付了"))
    done = run(file)
    assert (done.exit_code, "多少钱" in done.stderr) == (2, True)
    assert {row.stage for row in Import.objects.all()} == {"abandoned"}
    given = {
        "external_id": "单号",
        "placed_at": "时间",
        "receiver_name": "谁",
        "name": "什么",
        "category": 5,
        "amount": "多少钱",
    }
    assert run(file, "--mapping", json.dumps(given, ensure_ascii=False)).exit_code == 0
    assert (Order.objects.get().external_id, Layout.objects.get().mapping["amount"]) == ("T-1", 7)


@pytest.mark.parametrize(
    "mapping", ["nonsense", "[1]", '{"external_id": "nowhere"}', '{"nothing": 1}', '{"amount": 99}']
)
def test_a_mapping_that_makes_no_sense_gives_2_and_changes_nothing(mapping: str, file: Path) -> None:
    assert run(file, "--mapping", mapping).exit_code == 2
    assert (Order.objects.count(), Layout.objects.count()) == (0, 0)


def test_an_installation_without_people_gives_2_and_says_how_to_begin(tmp_path: Path) -> None:
    found = tmp_path / "orders.xlsx"
    found.write_bytes(book([row("T-1")]))
    done = run(found)
    assert (done.exit_code, "jiedan create-admin" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("connection refused"), "The database doesn't answer: connection refused."),
        (OperationalError("no such table: people_department"), "run `jiedan migrate`"),
    ],
)
def test_a_database_that_is_away_or_not_migrated_gives_2_and_the_remedy(
    error: Exception, said: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_command: Command) -> dict[str, Any]:
        raise error

    monkeypatch.setattr(Command, "carry_out", away)
    done = run(file)
    assert (done.exit_code, said in done.stderr, done.stderr.count("migrated")) == (2, True, "migrate`" in said)


def test_what_is_no_file_that_can_be_read_gives_2(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is a directory" in run(file.parent).stderr
    assert run(file.parent).exit_code == 2

    def refused(*_anything: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    done = run(file)
    assert (done.exit_code, "Permission denied" in done.stderr) == (2, True)
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    "given", [("--shop", ""), ("--shop", "x" * 61), ("--platform", "Tao Bao"), ("--platform", "api")]
)
def test_a_shop_or_platform_that_cannot_be_one_gives_2_and_changes_nothing(given: tuple[str, str], file: Path) -> None:
    done = run(file, *given)
    assert (done.exit_code, given[0].strip("-") in done.stderr, Import.objects.count()) == (2, True, 0)


def test_a_place_that_no_result_can_be_written_to_is_said_before_anything_comes_in(file: Path) -> None:
    done = run(file, "--result", str(file.parent / "nowhere" / "back.xlsx"))
    assert (done.exit_code, "nowhere" in done.stderr, Order.objects.count(), Import.objects.count()) == (2, True, 0, 0)
