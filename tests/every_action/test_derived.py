"""What is derived from the declarations stands in docs/derived as it is now, so that a change is seen in the diff."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from jiedan.core.lifecycle import LIFECYCLES
from jiedan.kernel.action import REGISTRY
from tests.cast import Cast, logged_in
from tools import derive

NAMES = [
    "clause-coverage.md",
    *(f"lifecycle-{kind}.mmd" for kind in LIFECYCLES),
    "openapi.json",
    "permission-matrix.md",
]


@pytest.fixture(scope="module")
def wanted() -> dict[str, str]:
    return derive.documents()


@pytest.mark.parametrize("name", NAMES)
def test_a_derived_document_is_fresh(name: str, wanted: dict[str, str]) -> None:
    stands = (derive.FOLDER / name).read_text(encoding="utf-8")
    assert stands == wanted[name], f"{name} is out of date: python -m tools.derive, and look at the difference"


def test_there_are_these_documents_and_no_others(wanted: dict[str, str]) -> None:
    assert sorted(wanted) == sorted(NAMES)
    assert derive.stale(derive.FOLDER) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_documents_are_the_same_in_every_language(language: str, wanted: dict[str, str]) -> None:
    with translation.override(language):
        assert derive.documents() == wanted


def test_a_document_that_was_changed_by_hand_is_named(tmp_path: Path) -> None:
    derive.write(tmp_path)
    assert derive.stale(tmp_path) == []
    matrix = tmp_path / "permission-matrix.md"
    matrix.write_text(matrix.read_text(encoding="utf-8").replace("●", " ", 1), encoding="utf-8")
    (tmp_path / "left-over.md").write_text("", encoding="utf-8")
    (tmp_path / "openapi.json").unlink()
    assert derive.stale(tmp_path) == ["left-over.md", "openapi.json", "permission-matrix.md"]
    derive.write(tmp_path)
    assert derive.stale(tmp_path) == []


def test_the_command_knows_only_one_option() -> None:
    command = [sys.executable, "-m", "tools.derive", "--chekc"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=derive.ROOT, env=os.environ)
    assert (done.returncode, done.stdout) == (2, "")


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(value)


def test_every_reference_inside_the_openapi_document_leads_somewhere(wanted: dict[str, str]) -> None:
    document = json.loads(wanted["openapi.json"])
    for reference in _references(document):
        node = document
        for part in (escaped.replace("~1", "/") for escaped in reference.removeprefix("#/").split("/")):
            assert part in node, f"{reference} leads nowhere"
            node = node[part]


def test_the_openapi_document_has_each_step_of_people_once_and_none_of_the_machine(wanted: dict[str, str]) -> None:
    paths = json.loads(wanted["openapi.json"])["paths"]
    posts = [operation["post"]["operationId"] for operation in paths.values() if "post" in operation]
    steps = [action.code.replace(".", "_") for action in REGISTRY if action.by_people]
    assert sorted(posts) == sorted([*steps, "order_attach", "orders_bulk", "push_message", "templates_try"])


def test_the_served_schema_is_the_one_on_file_and_only_for_people_who_are_logged_in(
    cast: Cast, wanted: dict[str, str]
) -> None:
    assert Client().get("/api/v1/openapi.json").status_code == 302
    served = logged_in(cast.taker).get("/api/v1/openapi.json", headers={"Accept-Language": "en"})
    assert served.json() == json.loads(wanted["openapi.json"])
