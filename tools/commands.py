"""The commands of `tools/dev.py`; each returns its exit code."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import launch
from tools.console import BIN, PYTHON, ROOT, call, environment, say
from tools.install import install

TOTALS = re.compile(rb"^=*\s*((?:no tests ran|(?:\d+ \w+(?:, )?)+) in [\d.]+s.*?)\s*=*$", re.MULTILINE)
COMPILE = (
    "--quiet", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--universal",
    "--python-version", "3.11",
)  # fmt: skip
WORKERS = str(min(4, os.cpu_count() or 2))
PARALLEL = ("-n", WORKERS, "--dist", "loadgroup")
ONCE = (
    "--ignore=jiedan/core", "--ignore=tools", "--ignore=bench", "--ignore-glob=tests/every_action/test_access_*",
)  # fmt: skip
"""Tests that are run on SQLite alone: those that touch no database, and who may what (thirteen people ask for everything,
a third of all time). Rights are worked out in Python; that their queries hold on PostgreSQL is shown by the others."""


def main(arguments: list[str]) -> int:
    """Run the command named first; returns its exit code (2 for wrong use)."""
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(128 + signal.SIGTERM))
    name, *rest = arguments or ["help"]
    if name not in COMMANDS or (rest and name in {"run", "setup", "lint", "lock"}):
        usage([])
        return 2
    os.chdir(ROOT)
    try:
        return COMMANDS[name](rest)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def usage(_rest: list[str]) -> int:
    """Say what there is."""
    say(
        "make run              the system with its demo company (PORT=8000; DEMO=0 starts empty)\n"
        "make test             all tests that need nothing but this machine, on SQLite and on PostgreSQL\n"
        "make bench            the benchmarks (B=name for one)\n"
        "make lint             rules of style, types, layers, templates, migrations, messages, licences\n"
        "\n"
        "Without make: python3 tools/dev.py run | test | bench | lint, and besides\n"
        "  setup                         only install and build\n"
        "  test FILE … [pytest options]  some tests, on both databases\n"
        "  faults | browser              tests that kill processes | that drive Chromium\n"
        "  messages [--check|--missing]  compile the translations; check them; print what lacks Chinese\n"
        "  lock                          renew the lock files from pyproject.toml"
    )
    return 0


def run(_rest: list[str]) -> int:
    """The whole system."""
    return launch.run()


def setup(_rest: list[str]) -> int:
    """Install and build, with the developers' tools."""
    install(developer=True)
    return 0


# Tests -----------------------------------------------------------------------------------------------------------


def test(rest: list[str]) -> int:
    """The tests on SQLite, then on PostgreSQL."""
    return _on_both([*PARALLEL, *rest], [] if rest else ONCE)


def faults(rest: list[str]) -> int:
    """The tests that kill processes and cut connections.

    They bring installations on both databases themselves; only the random walk uses the one that it is given.
    """
    install(developer=True)
    pytest = [PYTHON, "-m", "pytest", "-m", "faults and not drill"]
    with _test_environment() as env:
        results = [_pytest("Faults", [*pytest, *rest], env)]
        if not rest:
            walk = [PYTHON, "-m", "tools.postgres", "--", *pytest, "tests/faults/test_lifecycle_machine.py"]
            results.append(_pytest("Faults on PostgreSQL", walk, env))
        return _report(results)


def browser(rest: list[str]) -> int:
    """The tests in a real browser."""
    install(developer=True)
    with _test_environment() as env:
        return _report([_pytest("Browser", [PYTHON, "-m", "pytest", "-m", "browser", *rest], env)])


def _on_both(arguments: list[str], once: Sequence[str]) -> int:
    install(developer=True)
    pytest = [PYTHON, "-m", "pytest", *arguments]
    with _test_environment() as env:
        return _report(
            [
                _pytest("SQLite", pytest, env),
                _pytest(
                    "PostgreSQL", [PYTHON, "-m", "tools.postgres", "--clusters", WORKERS, "--", *pytest, *once], env
                ),
            ]
        )


@contextmanager
def _test_environment() -> Iterator[dict[str, str]]:
    """Without the settings of an installation; with keys of its own, so that nobody's are used or made."""
    with TemporaryDirectory(prefix="jiedan-test-") as folder:
        env = {name: value for name, value in environment().items() if not name.startswith("JIEDAN_")}
        yield env | {
            "JIEDAN_KEYS_DIR": str(Path(folder, "keys")),
            "JIEDAN_DOCUMENTS_DIR": str(Path(folder, "documents")),
        }


def _pytest(title: str, command: list[str], env: Mapping[str, str]) -> tuple[str, int, str]:
    say(f"· {title}")
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    output = b""
    read_end, write_end = os.pipe()
    with (
        subprocess.Popen([*command, *colour], env=env, stdout=write_end) as child,
        os.fdopen(read_end, "rb", 0) as pipe,
    ):
        os.close(write_end)
        try:
            while chunk := pipe.read(1 << 16):
                sys.stdout.buffer.write(chunk)
                sys.stdout.flush()
                output = output[-10_000:] + chunk
        except SystemExit:
            # As Ctrl+C would: pytest ends what it has started.
            child.send_signal(signal.SIGINT)
            raise
    found = TOTALS.findall(re.sub(rb"\x1b\[[\d;]*m", b"", output))
    return title, child.returncode, found[-1].decode() if found else "no totals"


def _report(results: list[tuple[str, int, str]]) -> int:
    for title, code, totals in results:
        say(f"{title}: {totals}{'' if code == 0 else f' — FAILED (exit code {code})'}")
    return max(code for _title, code, _totals in results)


def bench(rest: list[str]) -> int:
    """The benchmarks."""
    install(developer=True)
    names = [name for name in (os.environ.get("B", ""), *rest) if name]
    return subprocess.run([PYTHON, "-m", "bench.run", *names], check=False, env=environment()).returncode


# Code ------------------------------------------------------------------------------------------------------------


def lint(_rest: list[str]) -> int:
    """Everything that can be said about the code without running it; all checks run, the worst result counts."""
    install(developer=True)
    checks = (
        (str(BIN / "ruff"), "check", "."),
        (str(BIN / "ruff"), "format", "--check", "."),
        (str(BIN / "mypy"),),
        (str(BIN / "lint-imports"), "--no-cache"),
        (PYTHON, "-m", "tools.checks"),
        (PYTHON, "-m", "tools.templates"),
        (PYTHON, "-m", "tools.messages", "check"),
        (PYTHON, "-m", "tools.licences"),
        (PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run", "--verbosity=1"),
        (PYTHON, "-m", "django", "check", "--fail-level", "WARNING"),
    )
    failed = []
    for command in checks:
        title = " ".join([Path(command[0]).name, *command[1:]])
        say(f"· {title}")
        if subprocess.run(command, check=False, env=environment()).returncode:
            failed.append(title)
    say("\n".join(f"FAILED: {title}" for title in failed) or "All checks passed.")
    return 1 if failed else 0


def messages(rest: list[str]) -> int:
    """Compile the translations, check them, or print what is missing."""
    word = rest[0].lstrip("-") if rest else "compile"
    return subprocess.run([PYTHON, "-m", "tools.messages", word], check=False, env=environment()).returncode


def lock(_rest: list[str]) -> int:
    """Renew the lock files from pyproject.toml, with hashes and without addresses."""
    build, developers = ("--group", "pyproject.toml:build"), ("--group", "pyproject.toml:dev")
    sources = {
        "base": ("pyproject.toml", *build),
        "dev": ("pyproject.toml", *build, *developers),
        "uv": ("--group", "pyproject.toml:installer"),
        "node": ("--group", "pyproject.toml:node"),
    }
    for name, words in sources.items():
        call(PYTHON, "-m", "uv", "pip", "compile", *COMPILE, *words, "-o", f"requirements/{name}.lock")
    call(PYTHON, "-m", "tools.licences", "--write")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run, "setup": setup, "test": test, "faults": faults, "browser": browser, "bench": bench, "lint": lint,
    "messages": messages, "lock": lock, "help": usage,
}  # fmt: skip
