"""The integrators' document: its example is taken, its tables name what there is."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jiedan.acquisition.events import EVENTS
from jiedan.connectors import accounts
from jiedan.connectors.webhook.messages import STATEMENT, STATUSES, TEST
from jiedan.core import clock
from jiedan.orders.models import Order
from tests.cast import Cast

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "webhooks.md").read_text(encoding="utf-8")
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


@pytest.mark.parametrize("name", [*STATUSES, STATEMENT, TEST, *EVENTS.values()])
def test_every_type_of_message_stands_in_the_document(name: str) -> None:
    assert f"`{name}`" in TEXT
