"""Whoever floods us with what nobody can verify is counted to the last message and keeps the crew from nothing (2.1.2)."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError

from jiedan.connectors import crew, flood, quarantine
from jiedan.connectors.flood import Kind
from jiedan.connectors.models import Quarantined
from jiedan.connectors.pushed import Answer, Push
from jiedan.connectors.webhook.views import push
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick")]
STRANGER = Kind(None, "webhook", "account_unknown")


@pytest.fixture
def quick(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    monkeypatch.setattr(flood, "EVERY", 0.01)
    monkeypatch.setattr(flood, "MANY", 10)
    yield cast
    crew.dismiss()


def stranger(number: int) -> Push:
    headers = {"webhook-id": f"m{number}", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    return Push("POST", headers, "", f'{{"n": {number}}}'.encode())


async def pushed(numbers: range) -> list[Answer]:
    return await asyncio.gather(*(crew.at_the_door(push, stranger(number), "nobody") for number in numbers))


async def all_put_down() -> None:
    for _ in range(500):
        if flood._putting_down is None or flood._putting_down.done():
            return
        await asyncio.sleep(0.01)


def came() -> int:
    return sum(Quarantined.objects.values_list("times", flat=True))


def test_every_message_of_a_flood_is_answered_alike_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    real = quarantine.set_aside
    monkeypatch.setattr(quarantine, "set_aside", lambda **given: (looked.append(1), real(**given)))

    async def story() -> list[Answer]:
        answers = [*await pushed(range(20)), *await pushed(range(20, 200))]
        await all_put_down()
        return answers

    answers = asyncio.run(story())
    assert {(answer.status, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert (len(looked), Quarantined.objects.count(), came()) == (10, 10, 200)


def test_what_quarantine_keeps_no_more_of_is_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST", 3)

    async def story() -> None:
        for number in range(8):
            await pushed(range(number, number + 1))
        await all_put_down()

    asyncio.run(story())
    assert (Quarantined.objects.count(), came()) == (3, 8)


def test_a_few_are_looked_at_one_by_one() -> None:
    asyncio.run(pushed(range(10)))
    assert (Quarantined.objects.count(), came()) == (10, 10)


def test_counts_that_could_not_be_put_down_are_put_down_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    real, failed = quarantine._count, []

    def broken_at_first(found: Any) -> None:
        if not failed:
            failed.append(found)
            raise OperationalError("gone")
        real(found)

    monkeypatch.setattr(quarantine, "_count", broken_at_first)

    async def story() -> None:
        for part in (range(15), range(15, 20)):
            await pushed(part)
            await all_put_down()

    asyncio.run(story())
    assert failed
    assert came() == 20


def test_away_from_the_door_nothing_is_only_counted() -> None:
    flood.goes_on(STRANGER)
    assert not flood.counted(STRANGER, lambda _found: None)
