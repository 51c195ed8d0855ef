"""Whatever a step puts into the ledger has a name and words that people read, in both languages."""

from typing import Literal, get_args, get_origin

import pytest
from django.utils import translation

from jiedan.kernel.action import REGISTRY, Action
from jiedan.screens import reading
from jiedan.screens.fields import called, without_none

STEPS = pytest.mark.parametrize("step", list(REGISTRY), ids=lambda step: step.code)


@STEPS
def test_what_a_step_asked_for_has_a_title_in_its_record(step: Action) -> None:
    kept = [name for name in step.input.model_fields if name not in step.private and reading.is_shown(name)]
    with translation.override("zh-hans"):
        titles = {name: reading.fact_title(name, step.code) for name in kept}
    assert {name: title for name, title in titles.items() if title.isascii()} == {}


@STEPS
def test_what_can_be_chosen_has_words_in_its_record(step: Action) -> None:
    untold = set()
    for name, info in step.input.model_fields.items():
        kind = without_none(info.annotation)[0]
        if name not in step.private and name not in reading.SAID and get_origin(kind) is Literal:
            with translation.override("zh-hans"):
                untold |= {word for word in get_args(kind) if called(word) == word}
    assert untold == set()
