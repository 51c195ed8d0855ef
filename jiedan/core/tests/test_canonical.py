"""Canonical JSON: the fast way gives the reference's bytes."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from jiedan.core.canonical import canonical, digest

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_it_gives_the_reference_implementations_bytes(value: object) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\x7f", "\u2028", '"\\/', "\b\f\n\r\t", "é", "订单", "😀"])
def test_every_kind_of_character_is_written_as_the_standard_says(text: str) -> None:
    assert canonical({"a": text}).encode() == rfc8785.dumps({"a": text})


def test_what_json_cant_hold_is_refused() -> None:
    for wrong in (2**53, float("nan"), {"a": object()}):
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical(wrong)


def test_the_order_of_names_doesnt_change_the_digest() -> None:
    assert digest({"b": 1, "a": "x"}) == digest(json.loads('{"a": "x", "b": 1}'))
