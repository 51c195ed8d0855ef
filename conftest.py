"""What all tests share: quick passwords, plain static files, a database that can be emptied, and the named cast.

The database is the one that JIEDAN_DATABASE_URL names, else the one that `--db sqlite|postgres` chooses. On SQLite it
is a file, as in production: a thread of a test gets a connection of its own and sees what others have committed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from jiedan.acquisition import routing_rules
from jiedan.connectors import accounts, flood
from jiedan.core import clock
from jiedan.kernel import rules, triggers
from tests.cast import FRIDAY, Cast
from tools.postgres import clusters, environment_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgres"), default="sqlite", help="the database of the tests")


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """With `--db postgres`, start again with a throw-away cluster: Django has read its settings before we can choose."""
    if config.getoption("db") == "sqlite" or os.environ.get("JIEDAN_DATABASE_URL"):
        return None
    with clusters(config.getoption("numprocesses", None) or 1) as urls:
        command = [sys.executable, "-m", "pytest", *config.invocation_params.args]
        return subprocess.run(command, check=False, env={**os.environ, **environment_of(urls)}).returncode


def pytest_configure(config: pytest.Config) -> None:
    folder = Path(tempfile.mkdtemp(prefix="jiedan-test-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    settings.KEYS_DIR = folder / "keys"
    settings.KEYS_DIR.mkdir(mode=0o700)
    settings.DOCUMENTS_DIR = folder / "documents"
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = str(folder / "jiedan.sqlite3")
    urls, worker = os.environ.get("JIEDAN_TEST_DATABASES", "").split(), getattr(config, "workerinput", None)
    if urls and worker:
        # In place: Django's connection may have been made already, though not opened.
        settings.DATABASES["default"]["PORT"] = urlsplit(urls[int(worker["workerid"][2:]) % len(urls)]).port
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]


_flush = TransactionTestCase._fixture_teardown


def _empty(self: Any) -> None:
    # Records can't be deleted; only here, where a test database is emptied, the triggers step aside for a moment.
    triggers.remove(connection)
    _flush(self)
    from importlib import import_module

    import_module("jiedan.kernel.migrations.0002_rules_and_triggers").first_versions(apps, None)
    triggers.install(connection)


TransactionTestCase._fixture_teardown = _empty


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    rules.forget()
    routing_rules.forget()
    accounts.forget()
    flood.forget()
    cache.clear()
    # A request leaves its language behind in the thread; the next test begins with the company's.
    translation.deactivate()


@pytest.fixture
def friday() -> Iterator[datetime]:
    """Friday 18 September 2026, 17:30 in Shanghai; the Sunday after it is a make-up working day."""
    with clock.at(FRIDAY):
        yield FRIDAY


@pytest.fixture
def at() -> Callable[[datetime], Any]:
    return clock.at


@pytest.fixture
def cast(db: None, friday: datetime) -> Cast:
    """The people of the demo procedure, on Friday afternoon."""
    return Cast.enter()
