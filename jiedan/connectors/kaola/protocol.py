"""Kaola's open platform (网易考拉 POP) on the wire: parameters, signature, envelopes.

Known from public clients of 2015 to 2020, not from a live server: GET or POST, parameters in the query or in a form
body; sign = upper-case MD5 over secret + every parameter sent but `sign`, sorted, name and value joined + secret.
Times are China time. An answer is wrapped in `<method with underscores>_response`, a refusal in `error_response`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from jiedan.connectors.china_time import moment as moment
from jiedan.connectors.china_time import stamp as stamp

LARGEST_PAGE = 100

PAID, SHIPPED, SIGNED, CANCEL_ASKED, CANCELLED, SHIPPING = 1, 2, 3, 5, 6, 8
"""order_status; asking for 1 also returns 8."""
BY_PAYMENT, BY_CANCEL = 1, 1005
"""date_type: which moment a window of time is about."""


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """The signature over PARAMETERS (all that are sent, without `sign`). UTF-8, whatever the clients' language."""
    joined = "".join(f"{name}{parameters[name]}" for name in sorted(parameters) if name != "sign")
    # MD5 is what the platform prescribes; it protects nothing of ours.
    return hashlib.md5(f"{secret}{joined}{secret}".encode(), usedforsecurity=False).hexdigest().upper()


def verified(parameters: Mapping[str, str], secret: str) -> bool:
    """Whether the parameters as they arrived carry the right signature; compared in constant time.

    One client also sends its secret along after signing: `secret` is left out.
    """
    signed = {name: value for name, value in parameters.items() if name not in ("sign", "secret")}
    return hmac.compare_digest(sign(signed, secret).encode(), parameters.get("sign", "").encode())


def wrapper(method: str) -> str:
    """The name an answer to METHOD is wrapped in."""
    return f"{method.replace('.', '_')}_response"


def refusal(code: str, message: str, details: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """A refusal as the platform wraps it."""
    return {"error_response": {"msg": message, "code": code, "subErrors": details}}
