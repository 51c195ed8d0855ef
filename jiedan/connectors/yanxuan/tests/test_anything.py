"""Whatever a distributor sends, it is an order of ours or a refusal with reasons; never an error of ours."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiedan.acquisition.incoming import IncomingOrder
from jiedan.connectors.models import Quarantined
from jiedan.connectors.yanxuan import protocol
from jiedan.connectors.yanxuan.parse import UnreadableOrder, order_in, parse_order
from jiedan.connectors.yanxuan.tests.conftest import Distributor
from jiedan.connectors.yanxuan.tests.test_parse import order
from jiedan.core.faults import Fault
from jiedan.orders.models import Order

ODD: list[Any] = [
    None, True, -1, 0, 2**53, "null", "", " ", "0x10", "１２", "1_000", "1e3", "Infinity", "-0", "٣", "\u202e408", "\x7f",
    "a" * 5000, [], {}, [[]], [None], {"a": {"b": []}}, "2026-02-30 00:00:00", "9999-12-31 23:59:59", "😀" * 70, "' OR 1=1 --",
    "<script>", "=HYPERLINK(1)", 0.1, 1e300, "99999999999.999",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [*order(), "invoiceTitle", "invoiceAmount"]
LINE_FIELDS = [*order()["orderSkus"][0], "couponTotalAmount", "activityTotalAmount"]


@settings(max_examples=400, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4), line=st.dictionaries(st.sampled_from(LINE_FIELDS), JSON, max_size=3))  # fmt: skip
def test_an_order_with_anything_in_its_fields_is_read_or_refused_by_name(
    changes: dict[str, Any], line: dict[str, Any]
) -> None:
    raw = {**order(orderSkus=[{**order()["orderSkus"][0], **line}]), **changes}
    found: IncomingOrder | list[Fault] = []
    try:
        found = parse_order(order_in(json.dumps(raw)), "hangzhou")
    except UnreadableOrder as wrong:
        found = list(wrong.faults)
    if not isinstance(found, IncomingOrder):
        assert found
        assert all(fault.field and fault.reason_zh and fault.reason_en for fault in found)


@settings(max_examples=200, deadline=None)
@given(text=st.text() | st.binary().map(lambda data: data.decode("utf-8", "ignore")) | JSON.map(json.dumps))
def test_any_text_as_an_order_is_refused(text: str) -> None:
    with pytest.raises(UnreadableOrder):
        parse_order(order_in(text), "hangzhou")


@settings(max_examples=300, deadline=None)
@given(query=st.binary(max_size=60), body=st.binary(max_size=60))
def test_any_bytes_are_parameters_or_a_refusal(query: bytes, body: bytes) -> None:
    cause = ""
    try:
        protocol.parameters_of(query, body)
    except protocol.Refusal as refused:
        cause = refused.cause
    assert cause in ("", "parameters_unreadable")


def test_odd_values_correctly_signed_get_an_envelope_and_never_an_error_of_ours(distributor: Distributor) -> None:
    dice = random.Random(11)
    taken = 0
    for number in range(150):
        raw = order(orderId=f"YX-{number}")
        place = raw if dice.random() < 0.6 else raw["orderSkus"][0]
        place[dice.choice(list(place))] = dice.choice(ODD)
        answer = distributor.create(raw)
        assert answer["code"] in (200, 400), (raw, answer)
        taken += answer["code"] == 200
    assert taken == Order.objects.count()
    assert sum(row.times for row in Quarantined.objects.all()) == 150 - taken
