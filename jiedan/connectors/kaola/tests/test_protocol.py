"""Signatures against vectors that third-party clients made."""

import json
from pathlib import Path

from jiedan.connectors.kaola import protocol

VECTORS = json.loads((Path(__file__).parent / "data" / "netease_vectors.json").read_text())["kaola"]


def test_every_published_vector_is_signed_the_same() -> None:
    base = VECTORS["vectors"][0]["params"]
    for vector in VECTORS["vectors"]:
        parameters = vector.get("params") or {**base, **vector["extra"]}
        assert protocol.sign(parameters, vector.get("secret", VECTORS["secret"])) == vector["sign"], vector["id"]


def test_a_secret_sent_along_is_left_out_of_the_verification() -> None:
    vector = VECTORS["vectors"][0]
    sent = {**vector["params"], "sign": vector["sign"], "secret": VECTORS["secret"]}
    assert protocol.verified(sent, VECTORS["secret"])


def test_one_changed_character_is_refused() -> None:
    vector = VECTORS["vectors"][0]
    sent = {**vector["params"], "page_no": "2", "sign": vector["sign"]}
    assert not protocol.verified(sent, VECTORS["secret"])


def test_chinese_text_is_signed_as_utf_8_and_empty_values_count_as_they_arrive() -> None:
    sent = {"method": "m", "remark": "请尽快发货", "empty": ""}
    assert protocol.verified({**sent, "sign": protocol.sign(sent, "s")}, "s")
