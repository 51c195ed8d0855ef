"""How something wrong is told."""

import pytest

from jiedan.core.faults import Fault, WrongInput

FAULT = Fault(
    "total", "too_fine", "小数过多", "too many decimals", "请精确到分", "end it with the fen", place_zh="总额"
)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "total: too many decimals; end it with the fen"),
        ("en-gb", "total: too many decimals; end it with the fen"),
        ("zh-hans", "总额：小数过多；请精确到分"),
    ],
)
def test_a_fault_is_told_in_the_readers_language(language: str, sentence: str) -> None:
    assert FAULT.sentence(language) == sentence


def test_the_place_is_the_field_where_it_has_no_chinese_name() -> None:
    assert Fault("week[0]", "x", "重叠", "overlap", "请分开", "separate them").sentence("zh") == "week[0]：重叠；请分开"


def test_several_faults_are_told_one_a_line() -> None:
    wrong = WrongInput([FAULT, FAULT])
    assert str(wrong).splitlines() == ["total: too many decimals; end it with the fen"] * 2
    assert wrong.sentences("zh") == ["总额：小数过多；请精确到分"] * 2
    assert isinstance(wrong, ValueError)
