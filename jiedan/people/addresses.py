"""Where a request comes from, and whether from there it is too often (S-30, S-50)."""

from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from jiedan.core import clock


def client_address(request: HttpRequest) -> str:
    """The address of the client: the last hop's own word when a proxy of ours stands in front (S-30)."""
    if settings.BEHIND_PROXY:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if _is_address(forwarded):
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def too_often(request: HttpRequest, name: str, times: int, seconds: int) -> bool:
    """Whether this address has asked for NAME more than so many TIMES within so many SECONDS; this time counts."""
    window = int(clock.now().timestamp()) // seconds
    key = f"{name}-{client_address(request)}-{window}"
    cache.add(key, 0, 2 * seconds)
    return bool(cache.incr(key) > times)
