"""At the door pushes wait while a page is being made, not for ever (performance, P5 under load)."""

import asyncio

import pytest

from jiedan.connectors.front import _Turn
from jiedan.core import courtesy


def test_a_push_waits_for_the_page() -> None:
    async def story() -> list[str]:
        turn, told = _Turn(), []

        async def push() -> None:
            await turn.of_push()
            told.append("push")

        with turn.of_page():
            waiting = asyncio.create_task(push())
            for _ in range(10):
                await asyncio.sleep(0)
            told.append("page")
        await waiting
        return told

    assert asyncio.run(story()) == ["page", "push"]


def test_without_a_page_nobody_waits() -> None:
    async def story() -> None:
        turn = _Turn()
        with turn.of_page():
            pass
        await asyncio.wait_for(turn.of_push(), 5)

    asyncio.run(story())


def test_a_long_page_holds_no_push_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONG", 0.01)

    async def story() -> None:
        turn = _Turn()
        with turn.of_page():
            await asyncio.wait_for(turn.of_push(), 5)

    asyncio.run(story())


def test_a_short_page_beside_a_long_one_holds_no_push_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONG", 0.01)

    async def story() -> None:
        turn = _Turn()
        with turn.of_page():
            await asyncio.wait_for(turn.of_push(), 5)
            with turn.of_page():
                pass
            await asyncio.wait_for(turn.of_push(), 5)

    asyncio.run(story())


def test_one_page_after_the_other_holds_no_push_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONG", 0.05)

    async def story() -> None:
        turn = _Turn()

        async def visitor() -> None:
            while True:
                with turn.of_page():
                    await asyncio.sleep(0.004)

        # Their pages overlap, so that there always is one.
        visitors = [asyncio.create_task(visitor())]
        await asyncio.sleep(0.002)
        visitors.append(asyncio.create_task(visitor()))
        await asyncio.sleep(0.006)
        for _ in range(3):
            await asyncio.wait_for(turn.of_push(), 5)
        for one in visitors:
            one.cancel()

    asyncio.run(story())


def test_a_page_that_fails_lets_pushes_through() -> None:
    async def story() -> None:
        turn = _Turn()
        with pytest.raises(ValueError, match="broken"), turn.of_page():
            raise ValueError("broken")
        await asyncio.wait_for(turn.of_push(), 5)

    asyncio.run(story())
