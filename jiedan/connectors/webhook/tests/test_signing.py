"""Signatures: the specification's vector, two independent implementations, and whatever else a header may hold."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from jiedan.connectors.webhook.signing import BadSecret, Headers, Unverified, check, headers, key_of, sign

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = datetime(2026, 9, 18, 9, 30, tzinfo=UTC)
BODY = '{"type":"order.paid","data":{"name":"欧阳青"}}'.encode()
ROOT = Path(__file__).resolve().parents[4]


def signed(message_id: str = "m1", at: datetime = NOW, *secrets: str, body: bytes = BODY) -> Headers:
    found = [headers(secret, message_id, at, body) for secret in secrets or (SECRET,)]
    signature = " ".join(one["webhook-signature"] for one in found)
    return Headers(message_id, found[0]["webhook-timestamp"], signature)


def cause(secrets: tuple[str, ...], given: Headers, body: bytes = BODY, now: datetime = NOW) -> str:
    with pytest.raises(Unverified) as refused:
        check(secrets, given, body, now)
    assert refused.value.zh
    assert refused.value.en
    return refused.value.cause


def test_the_specifications_vector_comes_out() -> None:
    assert sign(SECRET, "m1", 1674087231, b"{}") == "v1,wgLG/TdXj1DZN2S5hbAbIJwyadlDLWVV79cM3jxKrAw="
    assert sign(f"whsec_{SECRET}", "m1", 1674087231, b"{}") == sign(SECRET, "m1", 1674087231, b"{}")


def test_what_the_python_package_signs_verifies_here_and_the_other_way_round() -> None:
    peer, now = Webhook(SECRET), datetime.now(UTC)
    theirs = peer.sign("m1", now, BODY.decode())
    assert check((SECRET,), Headers("m1", str(int(now.timestamp())), theirs), BODY, now) == "m1"
    ours = headers(SECRET, "m2", now, BODY)
    assert peer.verify(BODY, ours) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        peer.verify(BODY + b" ", ours)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js isn't on the PATH")
@pytest.mark.skipif(not (ROOT / "node_modules/standardwebhooks").exists(), reason="npm's packages aren't installed")
def test_what_the_node_package_signs_verifies_here_and_the_other_way_round() -> None:
    now = datetime.now(UTC)
    script = """
    const { Webhook } = require("standardwebhooks");
    const [secret, body, seconds, headers] = JSON.parse(require("fs").readFileSync(0, "utf-8"));
    const peer = new Webhook(secret);
    let altered = "verified";
    try { peer.verify(body + " ", headers); } catch { altered = "refused"; }
    console.log(JSON.stringify({
      signature: peer.sign("m1", new Date(seconds * 1000), body), ours: peer.verify(body, headers), altered,
    }));
    """
    given = json.dumps([SECRET, BODY.decode(), int(now.timestamp()), headers(SECRET, "m2", now, BODY)])
    done = subprocess.run(["node", "-e", script], input=given, capture_output=True, text=True, cwd=ROOT, check=True)
    found = json.loads(done.stdout)
    assert (found["ours"], found["altered"]) == (json.loads(BODY), "refused")
    assert check((SECRET,), Headers("m1", str(int(now.timestamp())), found["signature"]), BODY, now) == "m1"


def test_while_secrets_change_either_sides_old_one_still_counts() -> None:
    assert check((OTHER, SECRET), signed(), BODY, NOW) == "m1"
    assert check((SECRET,), signed("m1", NOW, OTHER, SECRET), BODY, NOW) == "m1"
    assert cause((OTHER,), signed()) == "bad_signature"


@pytest.mark.parametrize("seconds", [0, 299, 300, -299, -300])
def test_five_minutes_off_is_still_taken(seconds: int) -> None:
    assert check((SECRET,), signed("m1", NOW - timedelta(seconds=seconds)), BODY, NOW) == "m1"


@pytest.mark.parametrize("seconds", [301, -301, 86_400])
def test_more_than_five_minutes_off_is_refused(seconds: int) -> None:
    assert cause((SECRET,), signed("m1", NOW - timedelta(seconds=seconds))) == "stale_clock"


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("message_id", "", "bad_message_id"),
        ("message_id", "m" * 129, "bad_message_id"),
        ("message_id", "m 1", "bad_message_id"),
        ("message_id", "订单", "bad_message_id"),
        ("message_id", "m2", "bad_signature"),
        ("timestamp", "", "bad_timestamp"),
        ("timestamp", "yesterday", "bad_timestamp"),
        ("timestamp", "１６７４", "bad_timestamp"),
        ("timestamp", "-1", "bad_timestamp"),
        ("timestamp", "1" * 40, "bad_timestamp"),
        ("timestamp", "1674087231", "stale_clock"),
        ("signature", "", "no_signature"),
        ("signature", "v1", "no_signature"),
        ("signature", "v1,not base64!", "no_signature"),
        ("signature", "v1,订单", "no_signature"),
        ("signature", "v1a,AAAA", "no_signature"),
        ("signature", "v1,AAAA", "bad_signature"),
        ("signature", "v1," * 5000, "no_signature"),
    ],
)
def test_every_malformed_header_is_named(header: str, value: str, expected: str) -> None:
    given = signed()
    wrong = Headers(**{name: value if name == header else getattr(given, name) for name in Headers.__slots__})
    assert cause((SECRET,), wrong) == expected


def test_an_altered_body_or_no_secret_never_verifies() -> None:
    assert cause((SECRET,), signed(), BODY + b" ") == "bad_signature"
    assert cause((), signed()) == "bad_signature"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "not base64!", "whsec_" + "A" * 400])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(BadSecret):
        key_of(secret)
