"""A reason quotes what looks like a number and hints at what may be somebody's."""

import pytest

from jiedan.core.money import NotMoney, yuan
from jiedan.core.quoting import hinted


@pytest.mark.parametrize("text", ["1,280.50", "12.3.4", "¥ 12", "1e30", "2026-02-30 10:00", "-", "x"])
def test_what_looks_like_a_number_is_quoted(text: str) -> None:
    assert hinted(text) == text


@pytest.mark.parametrize("text", ["欧阳青 13812345678", "13812345678", "110105194912310021", "张三", "1" * 31])
def test_what_may_be_somebodys_is_hinted_at(text: str) -> None:
    assert hinted(text) == f"{text[0]}***"


@pytest.mark.parametrize(
    "value",
    ["欧阳青 13812345678", "110105194912310021", "13812345678.123", 110105194912310021, ["欧阳青"], {"name": "欧阳青"}],
)
def test_why_an_amount_is_none_tells_nothing_personal(value: object) -> None:
    with pytest.raises(NotMoney) as wrong:
        yuan(value)
    (fault,) = wrong.value.faults
    said = f"{fault.reason_zh} {fault.reason_en}"
    assert not any(part in said for part in ("欧阳青", "13812345678", "110105194912310021"))
