"""The commands of tools/dev.py: wrong use is told, totals are found, old interpreters are turned away."""

import shutil
import subprocess
import sys

import pytest

from tools.commands import TOTALS
from tools.console import ROOT

DEV = str(ROOT / "tools" / "dev.py")


@pytest.mark.parametrize("words", [["runn"], ["lint", "--fix"], ["run", "8080"]])
def test_wrong_use_shows_the_commands_and_ends_with_2(words: list[str]) -> None:
    done = subprocess.run([sys.executable, DEV, *words], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("make run ")


def test_without_a_command_it_shows_the_commands_and_ends_well() -> None:
    done = subprocess.run([sys.executable, DEV], check=False, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("make run ")


def test_it_starts_from_any_folder_with_the_standard_library_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", DEV, "help"], check=False, capture_output=True, text=True, cwd="/"
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("old", ["3.6", "3.8", "3.9", "3.10"])
def test_an_old_python_says_what_is_needed(old: str) -> None:
    python = shutil.which(f"python{old}")
    if python is None or subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"no Python {old} on this machine")
    done = subprocess.run([python, DEV, "help"], check=False, capture_output=True, text=True, env={"PATH": "/nowhere"})
    assert done.returncode == 2
    assert done.stderr.startswith("Python 3.11 or newer is needed; this is " + old)


@pytest.mark.parametrize(
    ("output", "totals"),
    [
        (b"....\n1163 passed in 31.70s\n", b"1163 passed in 31.70s"),
        (b"=== 2 failed, 1611 passed, 4 skipped in 69.71s (0:01:09) ===\n", b"2 failed, 1611 passed, 4 skipped in 69.71s (0:01:09)"),
        (b"1 error in 10.42s\n", b"1 error in 10.42s"),
        (b"no tests ran in 0.01s\n", b"no tests ran in 0.01s"),
        (b"3 passed, 9 deselected, 1 warning in 1.00s\n", b"3 passed, 9 deselected, 1 warning in 1.00s"),
    ],
)  # fmt: skip
def test_the_totals_of_pytest_are_found(output: bytes, totals: bytes) -> None:
    assert TOTALS.findall(output) == [totals]


def test_what_looks_only_alike_is_no_total() -> None:
    assert TOTALS.findall(b"3 passed\nit took 5 tries in 1.00s of 3\n") == []
