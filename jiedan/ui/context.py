"""What every page needs: the navigation that this person may see."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The entries of the sidebar."""
    return {"actor": getattr(request, "actor", None)}
