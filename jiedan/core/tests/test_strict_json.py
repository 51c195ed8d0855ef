"""JSON from outside: what is taken, and what is refused with which code."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiedan.core.strict_json import JsonRefused, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"{}", {}),
        (b" [1, -2, 0] \n", [1, -2, 0]),
        (b'"\xe8\xae\xa2\xe5\x8d\x95"', "订单"),
        (b"null", None),
        (b"true", True),
        (b"12.50", Decimal("12.50")),
        (b"1e3", Decimal("1E+3")),
        (b"9007199254740992", 2**53),
        (b"-9007199254740992", -(2**53)),
        (b'"\\u8ba2\\ud83d\\ude00"', "订😀"),
        (b'{"a":{"a":1}}', {"a": {"a": 1}}),
        ('{"编号":"1"}', {"编号": "1"}),
        (bytearray(b"[]"), []),
    ],
)
def test_plain_json_is_read(text: bytes | str, value: object) -> None:
    found = loads(text)
    assert found == value
    assert type(found) is type(value)


def test_fractions_keep_their_digits() -> None:
    assert str(loads(b"12.50")) == "12.50"
    assert loads(b"0.1") == Decimal("0.1")


REFUSED = [
    (b"", "malformed_json"),
    (b"nul", "malformed_json"),
    (b"{'a':1}", "malformed_json"),
    (b"[1,]", "malformed_json"),
    (b'{"a":1} x', "malformed_json"),
    (b"[1", "malformed_json"),
    (b"]", "malformed_json"),
    (b"01", "malformed_json"),
    (b"+1", "malformed_json"),
    (b".5", "malformed_json"),
    (b'"\x01"', "malformed_json"),
    (b'"\\x"', "malformed_json"),
    (b'"\\u12"', "malformed_json"),
    (b'{"a":1,"a":2}', "duplicate_name"),
    (b'[{"b":{"a":1,"c":0,"a":1}}]', "duplicate_name"),
    (b'{"a":1,"\\u0061":2}', "duplicate_name"),
    (b"NaN", "not_a_number"),
    (b"[Infinity]", "not_a_number"),
    (b"-Infinity", "not_a_number"),
    (b"9007199254740993", "number_out_of_range"),
    (b"-9007199254740993", "number_out_of_range"),
    (b"1" * 5000, "number_out_of_range"),
    (b"1e400", "number_out_of_range"),
    (b"-1e400", "number_out_of_range"),
    (b"1e-400", "number_out_of_range"),
    (b"1e99999999999", "number_out_of_range"),
    (b"0." + b"1" * 100, "number_out_of_range"),
    (b'"\\ud800"', "bad_character"),
    (b'"\\udc00\\ud800"', "bad_character"),
    (b'{"\\udfff":1}', "bad_character"),
    (b'["a\\u0000b"]', "bad_character"),
    (b'"a\x00b"', "bad_character"),
    (b"\x00", "bad_character"),
    ('"\ud800"', "bad_character"),
    (b'"\xff"', "not_utf8"),
    (b'"\xed\xa0\x80"', "not_utf8"),
    (b'"\xc0\xaf"', "not_utf8"),
    ('{"a":1}'.encode("utf-16"), "not_utf8"),
    ('"订单"'.encode("gbk"), "not_utf8"),
    (b"\xef\xbb\xbf{}", "byte_order_mark"),
    ("\ufeff{}", "byte_order_mark"),
    (b"[" * 33 + b"]" * 33, "too_deep"),
    (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"),
    (b"[" * 100_000, "too_deep"),
    (b'{"a":' * 100_000, "too_deep"),
    (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=lambda part: str(part)[:24])
def test_what_is_ambiguous_endless_or_no_text_is_refused_with_a_code(text: bytes | str, code: str) -> None:
    with pytest.raises(JsonRefused) as refused:
        loads(text)
    assert refused.value.code == code
    assert refused.value.reason.endswith(".")
    assert refused.value.reason.encode()


@pytest.mark.parametrize(
    ("text", "at"), [(b'{"a" 1}', 5), (b"[1,]", 3), (b'"\xff"', 1), (b'"a\x00"', 2), ('"a\ud800"', 2)]
)
def test_a_refusal_says_where_if_that_is_known(text: bytes | str, at: int) -> None:
    with pytest.raises(JsonRefused) as refused:
        loads(text)
    assert refused.value.at == at


@pytest.mark.parametrize("depth", [1, 2, 31, 32])
def test_nesting_up_to_the_limit_is_read(depth: int) -> None:
    value: object = "innermost"
    for _ in range(depth):
        value = [value, {}] if isinstance(value, str) else [value]
    text = json.dumps(value).replace("{}", "0")
    assert loads(text) == json.loads(text)


def test_brackets_and_quotes_in_texts_are_not_nesting() -> None:
    tricky = ["[" * 50, '\\"[{' * 50, "\\\\", '"', "}" * 50, {"{" * 40: "]\\"}]
    assert loads(json.dumps(tricky)) == tricky


def test_the_limit_can_be_narrowed() -> None:
    assert loads(b"[[1]]", max_depth=2) == [[1]]
    with pytest.raises(JsonRefused, match="deeper than 2 levels"):
        loads(b"[[[1]]]", max_depth=2)


def test_a_name_doubled_among_many_is_named() -> None:
    text = "{" + ",".join(f'"k{n}":1' for n in range(20_000)) + ',"k7":2}'
    with pytest.raises(JsonRefused, match="“k7” stands twice"):
        loads(text)


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=60,
)


@settings(max_examples=200, deadline=None)
@given(documents, st.booleans())
def test_every_proper_document_is_read_as_the_standard_library_reads_it(document: object, plain: bool) -> None:
    text = json.dumps(document, ensure_ascii=plain)
    assert loads(text, max_depth=100) == document
    assert loads(text.encode(), max_depth=100) == document


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text('[]{}",:\\u0dD8 1eE+-.naN', max_size=40))
def test_whatever_comes_is_either_read_or_refused_never_a_crash(data: bytes | str) -> None:
    assert _outcome(data) in CODES


CODES = {"read", *(code for _, code in REFUSED)}


def _outcome(data: bytes | str) -> str:
    try:
        loads(data)
    except JsonRefused as refused:
        return refused.code
    return "read"
