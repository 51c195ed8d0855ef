"""Parameters, signature and clock of the Yanxuan channel."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiedan.connectors import china_time
from jiedan.connectors.yanxuan import protocol
from jiedan.connectors.yanxuan.protocol import Refusal
from tests.cast import FRIDAY

VECTORS = json.loads((Path(__file__).parents[2] / "kaola/tests/data/netease_vectors.json").read_text())[
    "yanxuan_channel"
]
SECRET = "demo-secret"


def signed(**business: str) -> dict[str, str]:
    return protocol.signed(protocol.GET, business, "demo-key", SECRET, FRIDAY)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_signatures_of_other_peoples_clients_are_the_same(vector: dict[str, Any]) -> None:
    given = {**VECTORS["common"], **vector["params"]}
    assert protocol.sign(given, VECTORS["secret"]) == vector["sign"]
    assert protocol.verified({**given, "sign": vector["sign"]}, [VECTORS["secret"]])


def test_a_changed_parameter_or_another_secret_breaks_the_signature() -> None:
    given = signed(orderId="A1")
    assert protocol.verified(given, [SECRET])
    assert not protocol.verified({**given, "orderId": "A2"}, [SECRET])
    assert not protocol.verified({**given, "extra": ""}, [SECRET])
    assert not protocol.verified(given, ["another"])


def test_after_a_rotation_the_earlier_secret_counts_as_long_as_it_is_listed() -> None:
    given = signed(orderId="A1")
    assert protocol.verified(given, ["new-secret", SECRET])
    assert not protocol.verified(given, ["new-secret"])


def test_an_account_without_secret_verifies_nothing() -> None:
    given = signed(orderId="A1")
    forged = {**given, "sign": protocol.sign(given, "")}
    assert not protocol.verified(forged, [""])
    assert not protocol.verified(forged, [])


@pytest.mark.parametrize("off", [timedelta(0), protocol.WINDOW, -protocol.WINDOW])
def test_a_timestamp_within_ten_minutes_counts(off: timedelta) -> None:
    protocol.check(signed(), "demo-key", [SECRET], FRIDAY + off)


@pytest.mark.parametrize("off", [protocol.WINDOW + timedelta(seconds=1), -protocol.WINDOW - timedelta(seconds=1)])
def test_a_timestamp_further_off_is_refused_with_the_servers_time(off: timedelta) -> None:
    with pytest.raises(Refusal) as refused:
        protocol.check(signed(), "demo-key", [SECRET], FRIDAY + off)
    assert (refused.value.code, refused.value.cause) == (401, "timestamp_stale")
    assert "2026-09-18 17:" in refused.value.zh


@pytest.mark.parametrize(
    ("change", "code", "cause"),
    [
        ({"sign": ""}, 400, "parameter_missing"),
        ({"appKey": ""}, 400, "parameter_missing"),
        ({"sign": "0" * 32}, 401, "sign_wrong"),
        ({"sign": "签名"}, 401, "sign_wrong"),
        ({"orderId": "B"}, 401, "sign_wrong"),
    ],
)
def test_what_was_not_signed_by_the_account_is_refused(change: dict[str, str], code: int, cause: str) -> None:
    with pytest.raises(Refusal) as refused:
        protocol.check({**signed(orderId="A"), **change}, "demo-key", [SECRET], FRIDAY)
    assert (refused.value.code, refused.value.cause) == (code, cause)


def test_a_signature_of_another_app_key_does_not_count() -> None:
    with pytest.raises(Refusal, match="appKey or sign is wrong"):
        protocol.check(signed(), "another-key", [SECRET], FRIDAY)


@pytest.mark.parametrize("timestamp", ["", "now", "2026-09-18T17:30:00", "1789723800", "2026-13-18 17:30:00"])
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(Refusal) as refused:
        protocol.check_clock(timestamp, FRIDAY)
    assert refused.value.cause == "timestamp_unreadable"


def test_query_and_form_are_read_alike_and_together() -> None:
    assert protocol.parameters_of(b"a=1&b=%E4%B8%AD+%2B", b"") == {"a": "1", "b": "中 +"}
    assert protocol.parameters_of(b"", b"a=1&b=%E4%B8%AD+%2B") == {"a": "1", "b": "中 +"}
    assert protocol.parameters_of(b"a=1", b"a=1&empty=") == {"a": "1", "empty": ""}


@pytest.mark.parametrize(
    "body",
    [b"a=1&a=2", b"a=%zz", b"a=%", b"a=\xff", b"a=%ED%A0%80", "&".join(f"p{n}=1" for n in range(60)).encode()],
    ids=["twice", "percent", "cut", "bytes", "surrogate", "many"],
)
def test_parameters_that_leave_a_doubt_are_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        protocol.parameters_of(b"", body)
    assert refused.value.envelope()["code"] == 400
    assert refused.value.envelope()["subErrCode"] == "parameters_unreadable"


PIECES = st.sampled_from(
    [
        "%E4%BD%A0", "%e5", "%A5%BD", "%25", "%2B", "%5C", "+", "&", "=", "a", "你", "é", "\xff", " ", "%00", "%zz", "%", "%4",
        "\\", "\\x41", "\\n", "\\u4f60", "\\N{BULLET}", "x", "\n",
    ]
)  # fmt: skip
MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")


def _urllibs(text: str) -> object:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=protocol.MOST_PARAMETERS)
    except ValueError as error:
        return type(error)


def _ours(text: str) -> object:
    try:
        return protocol._pairs(text)
    except ValueError as error:
        return type(error)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_form_is_read_as_urllib_reads_it_but_for_percent_signs_that_stand_for_nothing(text: str) -> None:
    if MALFORMED.search(text):
        # Where a character is cut short as well, either reason will do.
        assert _ours(text) in (ValueError, UnicodeDecodeError)
    else:
        assert _ours(text) == _urllibs(text)


@given(st.dictionaries(st.text(), st.text(), max_size=5))
def test_what_was_encoded_as_a_form_is_read_back(pairs: dict[str, str]) -> None:
    assert protocol._pairs(urlencode(pairs)) == list(pairs.items())


@pytest.mark.parametrize("count", [50, 51])
def test_as_many_parameters_are_read_as_urllib_would(count: int) -> None:
    text = "&".join(["a=1"] * count)
    assert _ours(text) == _urllibs(text)


@given(st.datetimes())
def test_a_moment_is_read_alike_in_full_and_carelessly(moment: datetime) -> None:
    full = moment.isoformat(" ", "seconds")
    careless = f"{moment.year:04}-{moment.month}-{moment.day} {moment.hour}:{moment.minute}:{moment.second}"
    assert (
        china_time.moment(full) == china_time.moment(careless) == moment.replace(microsecond=0, tzinfo=china_time.CHINA)
    )
