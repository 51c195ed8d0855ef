"""The bodies of requests, read strictly: a JSON object, and the version of a paper that was seen."""

from typing import Any

from django.utils.translation import gettext as _

from jiedan.api.problems import Problem
from jiedan.core.strict_json import loads


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object that the body is. Raises Problem or JsonRefused."""
    given = loads(body)
    if not isinstance(given, dict):
        raise Problem(400, "not_an_object", _("The body has to be a JSON object."))
    return given


def parts_of(body: bytes) -> tuple[dict[str, Any], int | None]:
    """The parts of a paper that the body brings, and the `version` that was seen. Raises Problem or JsonRefused."""
    given = object_of(body or b"{}")
    seen = given.pop("version", None)
    if seen is not None and (type(seen) is not int or seen < 0):
        raise Problem(400, "bad_version", _("“version” has to be the version that you saw, a whole number."))
    return given, seen
