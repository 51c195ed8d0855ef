"""The licences of everything that is needed at run time; fails on the GPL, the AGPL, or a licence nobody names.

What is needed is what requirements/base.lock says; the licences are those that the installed packages declare.
"""

import re
import sys
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "base.lock"
_REFUSED = re.compile(r"(?<!L)A?GPL|(?<!Lesser )General Public|Affero|SSPL|Commons Clause", re.I)
_SHORT = 40
"""Longer texts in the field License are whole licences; the classifiers then say which."""


def main() -> int:
    """Print every package with its licence; 1 when one can't be used."""
    problems = []
    for name, licence, problem in judged(LOCK.read_text(encoding="utf-8")):
        sys.stdout.write(f"{name}: {licence}\n")
        if problem:
            problems.append(f"{name}: {problem}")
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def judged(lock: str) -> Iterator[tuple[str, str, str]]:
    """Each package that the lock file wants on this platform: name, licence, what is wrong with it or nothing."""
    for name in wanted(lock):
        try:
            licence = licence_of(cast(Message, metadata(name)))
        except PackageNotFoundError:
            yield name, "?", "is in the lock file but not installed; run `make test` or `python3 tools/dev.py setup`"
            continue
        yield name, licence, problem_with(licence)


def wanted(lock: str) -> list[str]:
    """The names in a lock file whose marker fits this platform."""
    lines = (line.removesuffix("\\").strip() for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line))
    found = [Requirement(line) for line in lines]
    return [one.name for one in found if one.marker is None or one.marker.evaluate()]


def licence_of(package: Message) -> str:
    """What a package declares: the SPDX expression, else the short name, else its classifiers."""
    expression, plain = package.get("License-Expression"), (package.get("License") or "").strip()
    if expression:
        return str(expression)
    named = [
        line.rpartition(" :: ")[2] for line in package.get_all("Classifier") or () if line.startswith("License ::")
    ]
    parts = [plain] if 0 < len(plain) <= _SHORT and "\n" not in plain else []
    return "; ".join(dict.fromkeys([*parts, *named]))


def problem_with(licence: str) -> str:
    """Why software under this licence can't be part of the product; empty when it can."""
    if not licence:
        return "declares no licence"
    alternatives = re.split(r"\bOR\b", licence)
    if all(_REFUSED.search(one) for one in alternatives):
        return f"{licence} can't be used at run time"
    return ""


if __name__ == "__main__":
    sys.exit(main())
