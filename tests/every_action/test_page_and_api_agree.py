"""A refusal has the same status and the same sentence on the page and through the API, and changes nothing on either."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from jiedan.api.endpoints import folder_of
from jiedan.core.roles import GRANTABLE
from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.models import Record
from jiedan.orders.access import COMPANY_WIDE
from jiedan.people.models import Staff
from jiedan.people.subject import Subject
from tests.cast import Cast, logged_in
from tests.every_action.examples import EXAMPLES, holder, stages, subject_at, with_papers

BY_PEOPLE = [action for action in REGISTRY if action.by_people]
ON_SUBJECTS = [action for action in BY_PEOPLE if not action.births]
DEPARTMENTAL = [action for action in ON_SUBJECTS if action.on.KIND not in COMPANY_WIDE]
WITH_WRONG_STAGES = [action for action in ON_SUBJECTS if set(stages(action.on.KIND)) - action.when]
WITH_REQUIRED_INPUT = [a for a in BY_PEOPLE if any(info.is_required() for info in a.input.model_fields.values())]

Answers = tuple[int, int]


def _both(
    cast: Cast, staff: Staff, action: Action, subject: Subject | None, data: Mapping[str, Any], **more: str
) -> Answers:
    """The status of the page and of the API for the same request; asserts that the sentence is the same."""
    before = Record.objects.count()
    version = more.get("version")
    page = logged_in(staff).post(_page(action, subject), {**_flat(data), **more})
    headers = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(staff)}", "HTTP_ACCEPT_LANGUAGE": "zh-hans"}
    if version:
        headers["HTTP_IF_MATCH"] = f'"{version}"'
    api = Client().post(_endpoint(action, subject), json.dumps(data), content_type="application/json", **headers)  # type: ignore[arg-type]
    if api.status_code != 422:
        assert _spoken(api.json()["detail"]) in page.content.decode()
    for reasons in api.json().get("errors", {}).values():
        assert all(_spoken(reason) in page.content.decode() for reason in reasons)
    assert Record.objects.count() == before
    return page.status_code, api.status_code


def _spoken(sentence: str) -> str:
    return sentence.replace("&", "&amp;").replace("'", "&#x27;").replace('"', "&quot;")


def _page(action: Action, subject: Subject | None) -> str:
    folder = action.on.FOLDER
    return f"/{folder}/new/{action.code}/" if subject is None else f"/{folder}/{subject.ref}/do/{action.code}/"


def _endpoint(action: Action, subject: Subject | None) -> str:
    where = f"/api/v1/{folder_of(action.on)}"
    return f"{where}/actions/{action.code}" if subject is None else f"{where}/{subject.ref}/actions/{action.code}"


def _flat(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields as a browser sends them."""
    found: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, list):
            found |= {f"{name}.{n}.{key}": str(item) for n, row in enumerate(value) for key, item in row.items()}
        elif isinstance(value, dict):
            found |= {f"{name}.{key}": str(item) for key, item in value.items()}
        else:
            found[name] = str(value)
    return found


def _subject(action: Action, cast: Cast) -> Subject | None:
    if action.births:
        return None
    return with_papers(action, subject_at(action.on.KIND, sorted(action.when)[0], cast), cast)


def _own(action: Action, cast: Cast, subject: Subject | None) -> Staff:
    return holder(sorted(action.by & GRANTABLE, reverse=True)[0], cast, subject)


@pytest.mark.parametrize("action", ON_SUBJECTS, ids=lambda action: action.code)
def test_somebody_who_sees_it_but_has_no_right_gets_403_on_both(action: Action, cast: Cast) -> None:
    subject = _subject(action, cast)
    assert _both(cast, cast.supervisor, action, subject, EXAMPLES[action.code](cast)) == (403, 403)


@pytest.mark.parametrize("action", [a for a in BY_PEOPLE if a.births], ids=lambda action: action.code)
def test_somebody_who_may_bring_nothing_new_gets_403_on_both(action: Action, cast: Cast) -> None:
    data = EXAMPLES[action.code](cast)
    page = logged_in(cast.supervisor).post(_page(action, None), _flat(data))
    headers = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(cast.supervisor)}"}
    api = Client().post(_endpoint(action, None), json.dumps(data), content_type="application/json", **headers)  # type: ignore[arg-type]
    assert (page.status_code, api.status_code, Record.objects.count()) == (403, 403, 0)


@pytest.mark.parametrize("action", WITH_WRONG_STAGES, ids=lambda action: action.code)
def test_the_wrong_stage_gives_409_on_both(action: Action, cast: Cast) -> None:
    wrong = next(stage for stage in stages(action.on.KIND) if stage not in action.when)
    subject = subject_at(action.on.KIND, wrong, cast)
    staff = _own(action, cast, subject)
    assert _both(cast, staff, action, subject, EXAMPLES[action.code](cast)) == (409, 409)


@pytest.mark.parametrize("action", WITH_REQUIRED_INPUT, ids=lambda action: action.code)
def test_missing_input_gives_422_on_both_with_the_same_reasons(action: Action, cast: Cast) -> None:
    subject = _subject(action, cast)
    assert _both(cast, _own(action, cast, subject), action, subject, {}) == (422, 422)


@pytest.mark.parametrize("action", ON_SUBJECTS, ids=lambda action: action.code)
def test_an_outdated_version_gives_412_on_both(action: Action, cast: Cast) -> None:
    subject = _subject(action, cast)
    staff, data = _own(action, cast, subject), EXAMPLES[action.code](cast)
    assert _both(cast, staff, action, subject, data, version="99") == (412, 412)


@pytest.mark.parametrize("action", DEPARTMENTAL, ids=lambda action: action.code)
def test_what_one_may_not_see_is_404_on_both(action: Action, cast: Cast) -> None:
    subject = _subject(action, cast)
    assert subject is not None
    stranger = cast.audit_admin if subject.KIND != "staff" else cast.outsider
    page = logged_in(stranger).post(_page(action, subject), {})
    headers = {"HTTP_AUTHORIZATION": f"Bearer {cast.token(stranger)}"}
    api = Client().post(_endpoint(action, subject), "{}", content_type="application/json", **headers)  # type: ignore[arg-type]
    assert (page.status_code, api.status_code) == (404, 404)
