"""What nobody sees makes no number another one, and stays where it joins letters or pictures."""

import pytest

from jiedan.core import invisible


@pytest.mark.parametrize(
    "text", ["A-1001", " A-1001 ", "A-1001\u200b", "\ufeffA-1001", "A-\u200b1001", "\u202dA-1001\u202c", " \u200b A-1001 \u2060\u3000"]
)  # fmt: skip
def test_a_number_is_the_same_with_and_without(text: str) -> None:
    assert invisible.removed(text) == "A-1001"


def test_nothing_but_invisible_is_nothing() -> None:
    assert invisible.removed("\u200b \ufeff") == invisible.removed_at_ends("\u200b \ufeff") == ""


def test_inside_a_text_it_stays() -> None:
    family = "👨\u200d👩\u200d👧"
    assert invisible.removed_at_ends(f"\u200b{family} 一家 \u200b ") == f"{family} 一家"
