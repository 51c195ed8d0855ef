"""Personal data at rest: sealed with a key per customer, which is itself sealed with a master key outside the database.

AES-256-GCM (NIST SP 800-38D) through `cryptography`. Destroying a customer's key makes everything sealed with it
unreadable, in the database and in every backup (clauses 6.2.1, 6.2.4; P-03, P-07, S-64).
"""

import hashlib
import hmac
import json
import secrets
from functools import lru_cache
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from jiedan.config import key_file

FORMAT = b"\x01"
_NONCE = 12
MASTER = "data-1"
"""Name of the master key that new customer keys are sealed with; stored beside each of them."""


class Unreadable(ValueError):
    """The sealed text can't be opened: wrong or destroyed key, or altered text."""


def new_key() -> bytes:
    """A fresh 256-bit key for one customer."""
    return AESGCM.generate_key(bit_length=256)


def wrap(key: bytes, master: str = MASTER) -> bytes:
    """Seal a customer's key with the master key of that name."""
    return _encrypt(_master(master), key, master.encode())


def unwrap(wrapped: bytes, master: str) -> bytes:
    """Open a customer's key. Raises Unreadable."""
    return _decrypt(_master(master), wrapped, master.encode())


def seal(key: bytes, data: dict[str, str], purpose: str) -> bytes:
    """Seal DATA with a customer's key; PURPOSE binds the text to where it belongs."""
    return _encrypt(key, _text(data), purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> dict[str, str]:
    """Open what `seal` sealed for the same PURPOSE. Raises Unreadable."""
    data: dict[str, str] = json.loads(_decrypt(key, sealed, purpose.encode()))
    return data


def seal_bytes(key: bytes, data: bytes, purpose: str) -> bytes:
    """Seal a file's bytes with a customer's key; PURPOSE binds them to where they belong."""
    return _encrypt(key, data, purpose.encode())


def unseal_bytes(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Open what `seal_bytes` sealed for the same PURPOSE. Raises Unreadable."""
    return _decrypt(key, sealed, purpose.encode())


def blind_index(kind: str, value: str) -> str:
    """A keyed fingerprint to look a value up by without storing it: HMAC-SHA-256, 128 bits, hex."""
    key = _index_key()
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()[:32]


def commitment(salt: bytes, data: dict[str, str]) -> str:
    """A salted SHA-256 over DATA: the ledger can prove what was known without holding it."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(salt + text).hexdigest()


def _text(data: dict[str, str]) -> bytes:
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError:
        # Half a character (a lone surrogate) has no UTF-8; JSON writes it as an escape.
        return json.dumps(data).encode()


def _encrypt(key: bytes, data: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, data, bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    sealed = bytes(sealed)
    if sealed[:1] != FORMAT:
        raise Unreadable("The sealed text has an unknown format.")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound_to)
    except InvalidTag as error:
        raise Unreadable("The sealed text doesn't fit its key: it was altered, or the key is another one.") from error


@lru_cache(maxsize=8)
def _master(name: str) -> bytes:
    return bytes.fromhex(key_file(Path(settings.KEYS_DIR), name, lambda: secrets.token_hex(32)))


@lru_cache(maxsize=1)
def _index_key() -> bytes:
    return bytes.fromhex(key_file(Path(settings.KEYS_DIR), "index", lambda: secrets.token_hex(32)))
