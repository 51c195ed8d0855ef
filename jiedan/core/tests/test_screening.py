"""Listed words are found wherever they stand, however they are spaced, and said with the place (1.3.1)."""

import pytest

from jiedan.core.screening import STANDARD, Ban, Entry, Hit, Place, Text, screen

LIST = (
    Entry(Ban.PROHIBITED, Place.WORD, ("象牙", "AK47"), "不得经营"),
    Entry(Ban.PROHIBITED, Place.CATEGORY, ("烟草",), "须许可"),
    Entry(Ban.PLATFORM, Place.WORD, ("刷单",), "平台禁止"),
)


@pytest.mark.parametrize("said", ["复古象牙摆件", "ａｋ４７ 模型", "a K 4 7"])
def test_a_word_is_found_in_any_width_case_and_spacing(said: str) -> None:
    (hit,) = screen([Text("明细第 1 行", said)], LIST)
    assert (hit.ban, hit.where, hit.note) == (Ban.PROHIBITED, "明细第 1 行", "不得经营")


@pytest.mark.parametrize(("category", "found"), [("烟草", 1), ("烟草/雪茄", 1), ("烟草用具", 0), ("家居/烟草", 0)])
def test_a_category_is_found_with_those_below_it_and_no_others(category: str, found: int) -> None:
    assert len(screen([Text("明细第 1 行", category, category=True)], LIST)) == found


def test_a_category_is_not_looked_for_in_words_nor_the_other_way_round() -> None:
    assert screen([Text("需求", "烟草"), Text("明细第 1 行", "象牙", category=True)], LIST) == []


def test_every_place_is_named_in_its_order() -> None:
    texts = [Text("明细第 1 行", "象牙筷"), Text("买家留言", "可否刷单，象牙也要")]
    assert [(hit.word, hit.where) for hit in screen(texts, LIST)] == [
        ("象牙", "明细第 1 行"), ("象牙", "买家留言"), ("刷单", "买家留言"),
    ]  # fmt: skip


def test_the_excerpt_shows_the_word_among_its_neighbours() -> None:
    (hit,) = screen([Text("需求", "前" * 30 + "象牙" + "后" * 30)], LIST)
    assert hit == Hit(Ban.PROHIBITED, "象牙", "不得经营", "需求", "前" * 10 + "象牙" + "后" * 10)


def test_an_entry_is_read_back_as_it_was_kept() -> None:
    assert [Entry.read(entry.kept()) for entry in STANDARD] == list(STANDARD)
