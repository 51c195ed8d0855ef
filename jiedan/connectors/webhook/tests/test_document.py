"""The integrators' document: its example is taken, its tables name what there is."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pydantic import ValidationError

from jiedan.acquisition.events import EVENTS
from jiedan.acquisition.listing_feed import MESSAGES
from jiedan.acquisition.models import Listing
from jiedan.api.endpoints import api
from jiedan.api.pushes import PATH
from jiedan.connectors import accounts
from jiedan.connectors.webhook.messages import STATEMENT, STATUSES, TEST
from jiedan.connectors.webhook.tests.test_push import SECRET, post
from jiedan.core import clock
from jiedan.orders.models import Order
from tests.cast import Cast

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "webhooks.md").read_text(encoding="utf-8")
LISTINGS = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_is_taken_as_it_stands_there(cast: Cast) -> None:
    found: dict[str, Any] = {}
    exec(EXAMPLE, found)
    accounts.connect("webhook", "own", "自营网店", "", {"secret": found["secret"]}, clock.now(), code="own")
    with clock.at(datetime.fromtimestamp(int(found["timestamp"]), UTC)):
        answer = Client().post(
            "/connect/webhook/own", found["body"], content_type="application/json",
            headers={name: value for name, value in found["headers"].items() if name != "content-type"},
        )  # fmt: skip
    order = Order.objects.get()
    assert answer.json() == {"outcome": "created", "number": order.ref}
    assert (order.external_id, str(order.total)) == ("A-1001", "398.00")


def published() -> dict[str, dict[str, Any]]:
    """The published schema of each message about a listing, by its type."""
    operation = api.get_openapi_schema(path_prefix="/api/v1/")["paths"][PATH]["post"]
    found = operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    return {one["properties"]["type"]["const"]: one for one in found if "const" in one["properties"]["type"]}


def test_the_examples_of_listings_are_as_the_published_schema_says_and_name_every_field() -> None:
    schemas = published()
    assert [example["type"] for example in LISTINGS] == list(schemas) == list(MESSAGES)
    for example in LISTINGS:
        schema = schemas[example["type"]]
        assert set(example) == set(schema["properties"]) >= set(schema["required"])
        data = schema["properties"]["data"]
        assert set(example["data"]) == set(data["properties"]) >= set(data["required"])
        assert data["additionalProperties"] is False
        MESSAGES[example["type"]].model_validate(example["data"])


def test_every_field_that_the_schema_limits_is_refused_beyond_it() -> None:
    data = published()["listing.posted"]["properties"]["data"]
    example = LISTINGS[0]["data"]
    limited = {name: found["maxLength"] for name, found in data["properties"].items() if "maxLength" in found}
    assert sorted(limited) == ["category", "details", "external_id", "region", "summary"]
    for name, most in limited.items():
        MESSAGES["listing.posted"].model_validate(example | {name: "长" * most})
        with pytest.raises(ValidationError):
            MESSAGES["listing.posted"].model_validate(example | {name: "长" * (most + 1)})


def test_the_examples_of_listings_are_taken_as_they_stand_there(cast: Cast) -> None:
    accounts.connect("webhook", "square", "商机广场", "", {"secret": SECRET}, clock.now(), code="own")
    answers = [post(json.dumps(example).encode(), f"m{number}") for number, example in enumerate(LISTINGS)]
    found = Listing.objects.get()
    assert [json.loads(answer.content) for answer in answers] == [
        {"outcome": "created", "number": found.ref}, {"outcome": "cancelled", "number": found.ref},
    ]  # fmt: skip
    assert (found.external_id, str(found.budget), found.stage) == ("Q-2001", "7200.00", "lapsed")


@pytest.mark.parametrize("name", [*STATUSES, *MESSAGES, STATEMENT, TEST, *EVENTS.values()])
def test_every_type_of_message_stands_in_the_document(name: str) -> None:
    assert f"`{name}`" in TEXT
