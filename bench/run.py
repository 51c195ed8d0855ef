"""Run the benchmarks: one JSON line for each figure, all of them in bench/results/latest.json.

Each module of this folder with a function `figures` runs in a process of its own, one after the other.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results" / "latest.json"
NOT_BENCHMARKS = {
    "__init__",
    "run",
    "measure",
    "installation",
    "company",
    "bulk",
    "listing_bulk",
    "load",
    "pushes",
    "reference",
    "intake",
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, or all; exit code 1 when one failed, 2 when there is none of that name."""
    if arguments[:1] == ["--here"]:
        for found in import_module(f"bench.{arguments[1]}").figures(*arguments[2:]):
            print(json.dumps(found, ensure_ascii=False), flush=True)
        return 0
    known = benchmarks()
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        print(f"No benchmark named {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    figures: list[dict[str, Any]] = []
    failed = []
    for name in arguments or known:
        code = run_one(name, figures)
        if code:
            failed.append(name)
    _keep(figures)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def benchmarks() -> list[str]:
    """The names of the modules that measure something."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def run_one(name: str, figures: list[dict[str, Any]]) -> int:
    """Run one benchmark in a process of its own, print and collect its figures; returns its exit code."""
    command = [sys.executable, "-m", "bench.run", "--here", name]
    with subprocess.Popen(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True) as process:
        for figure in _lines(process):
            figures.append(figure)
            print(json.dumps(figure, ensure_ascii=False), flush=True)
        return process.wait()


def _lines(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    for line in process.stdout or ():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            sys.stderr.write(line)


def _keep(figures: list[dict[str, Any]]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    kept = _earlier()
    kept |= {figure["name"]: figure for figure in figures}
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    content = {"on": machine, "figures": [kept[name] for name in sorted(kept)]}
    RESULTS.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _earlier() -> dict[str, dict[str, Any]]:
    # A single benchmark renews its own figures and leaves those of the others.
    if not RESULTS.exists():
        return {}
    return {figure["name"]: figure for figure in json.loads(RESULTS.read_text(encoding="utf-8"))["figures"]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
