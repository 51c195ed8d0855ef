"""The licence check: finds what it must, lets pass what it may."""

from email.message import Message

import pytest

from tools import licences


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "GNU Affero General Public License v3",
        "GPL-2.0 OR AGPL-3.0",
    ],
)
def test_copyleft_that_reaches_the_whole_product_is_refused(licence: str) -> None:
    assert licences.problem_with(licence) == f"{licence} can't be used at run time"


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "LGPL-3.0-only",
        "GNU Lesser General Public License v3 (LGPLv3)",
        "Apache-2.0 OR BSD-3-Clause",
        "MIT OR GPL-3.0",
        "MPL-2.0",
    ],
)
def test_what_may_be_used_passes(licence: str) -> None:
    assert licences.problem_with(licence) == ""


def test_a_package_without_a_licence_is_refused() -> None:
    assert licences.problem_with(licences.licence_of(Message())) == "declares no licence"


def test_a_whole_licence_text_in_the_short_field_gives_way_to_the_classifiers() -> None:
    package = Message()
    package["License"] = "Redistribution and use in source and binary forms, with or without modification"
    package["Classifier"] = "License :: OSI Approved :: BSD License"
    assert licences.licence_of(package) == "BSD License"


def test_lines_for_other_platforms_are_not_wanted() -> None:
    lock = 'click==8.5.1 \\\n    --hash=sha256:00\ncolorama==0.4.6 ; sys_platform == "plan9" \\\n    --hash=sha256:00\n'
    assert licences.wanted(lock) == ["click"]


def test_everything_in_the_lock_file_can_be_used() -> None:
    problems = [
        f"{name}: {problem}" for name, _licence, problem in licences.judged(licences.LOCK.read_text()) if problem
    ]
    assert problems == []
