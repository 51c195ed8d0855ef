"""Signatures of the Standard Webhooks specification 1.0, symmetric scheme `v1`: made and checked.

`webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature`: one or more `v1,<base64>` apart by blanks, each
HMAC-SHA256 over `id.timestamp.body`. Several signatures let the sender change secrets, several secrets let us.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PREFIX = "whsec_"
SCHEME = "v1,"
TOLERANCE = timedelta(minutes=5)
_LONGEST_ID = 128
_MOST_SIGNATURES = 20


class BadSecret(ValueError):
    """A secret isn't base64 of 24 to 64 bytes, with or without `whsec_` before it."""


@dataclass(frozen=True)
class Unverified(Exception):
    """A message can't be trusted; `cause` is stable, `zh` and `en` say why and what would be right."""

    cause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Headers:
    """The three headers as they came; "" when one is missing."""

    message_id: str
    timestamp: str
    signature: str


def key_of(secret: str) -> bytes:
    """The key behind a secret. Raises BadSecret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecret("a webhook secret is base64, usually after whsec_") from error
    if not 16 <= len(key) <= 64:
        raise BadSecret("a webhook secret holds 24 to 64 bytes")
    return key


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of BODY under this number and moment, as it stands in the header."""
    return SCHEME + base64.b64encode(_digest(key_of(secret), message_id, timestamp, body)).decode()


def headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message that we send."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
    }


def check(secrets: Sequence[str], given: Headers, body: bytes, now: datetime) -> str:
    """The message's number when one of the secrets signed it just now. Raises Unverified.

    Without any secret nothing verifies. The comparison takes the same time wherever the difference lies.
    """
    timestamp = _timestamp(given, now)
    offered = _offered(given.signature)
    expected = [_digest(key_of(secret), given.message_id, timestamp, body) for secret in secrets]
    # Every pair is compared, so that the time doesn't tell which of them fitted.
    fits = [hmac.compare_digest(one, other) for one in expected for other in offered]
    if not any(fits):
        raise Unverified(
            "bad_signature", "签名不正确，请检查密钥和签名内容", "the signature is wrong; check secret and signed text"
        )
    return given.message_id


def _timestamp(given: Headers, now: datetime) -> int:
    if not 1 <= len(given.message_id) <= _LONGEST_ID or not _is_plain(given.message_id):
        raise Unverified(
            "bad_message_id",
            "缺少 webhook-id，或超过 128 个可见字符",
            "webhook-id is missing or not 1 to 128 plain characters",
        )
    digits = given.timestamp
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise Unverified(
            "bad_timestamp", "webhook-timestamp 应为 Unix 秒数", "webhook-timestamp has to be Unix seconds"
        )
    if abs(int(digits) - now.timestamp()) > TOLERANCE.total_seconds():
        raise Unverified(
            "stale_clock", "消息时间与服务器时间相差超过 5 分钟，请校准时钟后重新发送",
            "the message's time is more than 5 minutes off; set the clock and send it again",
        )  # fmt: skip
    return int(digits)


def _offered(header: str) -> list[bytes]:
    found = []
    for part in header.split(" ")[:_MOST_SIGNATURES]:
        if part.startswith(SCHEME):
            try:
                found.append(base64.b64decode(part.removeprefix(SCHEME), validate=True))
            except (binascii.Error, ValueError):
                continue
    if not found:
        raise Unverified(
            "no_signature", "缺少可用的 webhook-signature（v1,…）", "webhook-signature holds no usable v1 signature"
        )
    return found


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _digest(key: bytes, message_id: str, timestamp: int, body: bytes) -> bytes:
    return hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
