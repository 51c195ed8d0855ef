"""What all tests share: quick passwords, plain static files, a database that can be emptied, and the named cast.

The database is the one that JIEDAN_DATABASE_URL names: SQLite in memory by default, PostgreSQL under tools.postgres.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from jiedan.core import clock
from jiedan.kernel import rules, triggers
from tests.cast import FRIDAY, Cast


def pytest_configure() -> None:
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
    cache.clear()


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
