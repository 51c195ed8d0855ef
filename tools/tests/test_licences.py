"""The licence check: finds what it must, lets pass what it may, and holds for everything in the lock file."""

from email.message import Message

import pytest

from tools import licences
from tools.licences import Dependency


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "GNU Affero General Public License v3",
    ],
)
def test_copyleft_that_reaches_the_whole_product_is_refused(licence: str) -> None:
    assert Dependency("some", "1.0", licence, "a test").forbidden


@pytest.mark.parametrize(
    "licence",
    ["MIT", "LGPL-3.0-only", "GNU Lesser General Public License v3 (LGPLv3)", "Apache-2.0 OR BSD-3-Clause", "MPL-2.0"],
)
def test_what_may_be_used_passes(licence: str) -> None:
    assert not Dependency("some", "1.0", licence, "a test").forbidden


def test_a_whole_licence_text_in_the_short_field_gives_way_to_the_classifiers() -> None:
    package = Message()
    package["License"] = "Redistribution and use in source and binary forms, with or without modification"
    package["Classifier"] = "License :: OSI Approved :: BSD License"
    assert licences.licence(package) == "BSD License"


def test_everything_in_the_lock_file_states_a_licence_that_can_be_used() -> None:
    found = list(licences.python_packages(licences.LOCK.read_text(encoding="utf-8")))
    assert len(found) > 20
    assert [each.name for each in found if each.forbidden or not each.licence] == []
