"""P15, warm: from starting `jiedan serve` to its first complete log-in page.

The reference is what any such program pays first: a bare process that imports and sets up Django with our rooms,
measured in turn with it.
"""

import subprocess
import sys
import time
from collections.abc import Iterator

from bench.installation import ROOT, Installation, on_sqlite, serving
from bench.measure import Figure, figure, in_turn

PAGE = "/accounts/login/"


def figures() -> Iterator[Figure]:
    """Seconds from the start of the process to the last byte of the page, and to the first sign of life."""
    with on_sqlite() as installation:
        _migrate(installation)
        found = in_turn(
            {
                "page": lambda: _until(installation, PAGE),
                "alive": lambda: _until(installation, "/healthz"),
                "django": lambda: _bare(installation),
            }
        )
    yield figure("start.warm_to_login_page", found["page"], "s", found["django"])
    yield figure("start.warm_to_healthz", found["alive"], "s", found["django"])


def _until(installation: Installation, path: str) -> float:
    began = time.perf_counter()
    with serving(installation) as web:
        web.wait_for(path)
        return time.perf_counter() - began


def _bare(installation: Installation) -> float:
    began = time.perf_counter()
    _run(installation, "import django; django.setup()")
    return time.perf_counter() - began


def _migrate(installation: Installation) -> None:
    _run(
        installation,
        "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)",
    )


def _run(installation: Installation, code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, env=installation.environment, cwd=ROOT)
