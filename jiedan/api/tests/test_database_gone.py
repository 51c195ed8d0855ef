"""A database that is gone, full or locked is no failure of the request: it may be sent again."""

import json

from django.db import OperationalError

from jiedan.api.problems import as_response, problem_of


def test_a_database_that_takes_nothing_now_is_answered_with_come_again() -> None:
    response = as_response(problem_of(OperationalError("database or disk is full")))
    told = json.loads(response.content)
    assert (response.status_code, told["code"], response["Retry-After"]) == (503, "not_stored", "5")
    assert "full" not in told["detail"]
