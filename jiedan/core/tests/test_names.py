"""A customer is found by their name however it is written; what is hidden is no name."""

import pytest

from jiedan.core.names import told_alike


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("欧阳青", "欧阳 青"), ("买买提·艾力", "买买提艾力"), ("买买提•艾力", "买买提.艾力"), ("John Smith", "john  smith"),
        ("ＪＯＨＮ", "John"), (" 张三 ", "张三"), ("Jean-Luc", "jean luc"),
    ],
)  # fmt: skip
def test_one_name_in_two_ways_of_writing(written: str, asked: str) -> None:
    assert told_alike(written) == told_alike(asked) != ""


def test_two_names_stay_two() -> None:
    assert told_alike("张三") != told_alike("张三丰")


@pytest.mark.parametrize("name", ["", "  ", "张*", "**", "·"])
def test_what_is_hidden_or_nothing_is_no_name(name: str) -> None:
    assert told_alike(name) == ""
