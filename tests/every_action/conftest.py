"""The written-down company, for every test of who may what."""

import pytest

from tests.cast import Cast
from tests.every_action.world import World, enter


@pytest.fixture
def world(cast: Cast) -> World:
    return enter(cast)
