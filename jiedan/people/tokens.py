"""Bearer tokens for programs: shown once, stored only as a hash, with scopes and an end (S-33)."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from jiedan.people.models import ApiToken, Staff

SCOPES = (ApiToken.READ, ApiToken.ACT)
LONGEST = timedelta(days=366)


def issue(staff: Staff, name: str, scopes: Iterable[str], now: datetime, days: int) -> tuple[ApiToken, str]:
    """A new token; the text is returned once and can't be had again."""
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    text = f"jd_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        staff=staff,
        name=name,
        prefix=text[:10],
        digest=_digest(text),
        scopes=" ".join(wanted),
        expires_at=now + min(timedelta(days=days), LONGEST),
    )
    return token, text


def holder(text: str, now: datetime) -> ApiToken | None:
    """The token behind TEXT if it is in force and its owner is; notes the use at most once a minute."""
    token = ApiToken.objects.select_related("staff").filter(digest=_digest(text), revoked_at=None).first()
    if token is None or token.expires_at <= now or not token.staff.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
