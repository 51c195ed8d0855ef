"""Translations: what lacks Chinese is reported, what is there compiles, and the house is complete."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from tools.messages import ROOT, check, compile_all, main, missing_entries, problems

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: zh_Hans\\n"\n\n'
STEP = '@action(_("Close gate"), clause="1.1")\ndef close_gate(gate):\n    """Close the gate\n    for the night."""\n'
PAGE = "{% load i18n %}{% blocktrans count n=days %}one day{% plural %}{{ n }} days{% endblocktrans %}"
CLOSE = 'msgid "Close gate"\nmsgstr "关门"\n\n'
HELP = 'msgid "Close the gate for the night."\nmsgstr "夜间关门。"\n\n'
DAYS = 'msgid "one day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s 天"\n'


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """A house with one room: a step in Python, a page with a plural."""
    room = tmp_path / "rooms" / "gate"
    (room / "actions").mkdir(parents=True)
    (room / "templates").mkdir()
    (room / "actions" / "close_gate.py").write_text(STEP, encoding="utf-8")
    (room / "templates" / "days.html").write_text(PAGE, encoding="utf-8")
    return tmp_path / "rooms"


def translate(rooms: Path, *entries: str) -> Path:
    """Write the room's catalogue and return its path."""
    folder = rooms / "gate" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "django.po"
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return path


def test_a_message_without_chinese_is_reported_with_its_place(rooms: Path) -> None:
    translate(rooms, HELP, DAYS)
    assert [problem.text for problem in problems(rooms)] == [
        "rooms/gate/actions/close_gate.py:1: 'Close gate' has no Chinese"
    ]
    assert check(rooms) == 1


def test_an_empty_translation_counts_as_none(rooms: Path) -> None:
    translate(rooms, CLOSE.replace("关门", ""), HELP, DAYS)
    assert [problem.text for problem in problems(rooms)] == [
        "rooms/gate/actions/close_gate.py:1: 'Close gate' has no Chinese"
    ]


def test_the_docstring_of_a_step_is_a_message_on_one_line(rooms: Path) -> None:
    translate(rooms, CLOSE, DAYS)
    assert 'msgid "Close the gate for the night."\nmsgstr ""\n' in "".join(missing_entries(rooms))


def test_a_translating_function_under_another_name_is_seen(rooms: Path) -> None:
    source = 'from django.utils.translation import gettext as _now\n\nSAYS = _now("It is shut.")\n'
    (rooms / "gate" / "guards.py").write_text(source, encoding="utf-8")
    translate(rooms, CLOSE, HELP, DAYS)
    assert [problem.text for problem in problems(rooms)] == ["rooms/gate/guards.py:3: 'It is shut.' has no Chinese"]


def test_a_plural_is_held_against_the_placeholders_of_its_english_plural(rooms: Path) -> None:
    translate(rooms, CLOSE, HELP, DAYS)
    assert list(problems(rooms)) == []
    translate(rooms, CLOSE, HELP, DAYS.replace("%(n)s 天", "%(m)s 天"))
    assert [problem.text for problem in problems(rooms)] == [
        "gate/locale/zh_Hans/LC_MESSAGES/django.po: 'one day' and its translation have different placeholders"
    ]


def test_a_catalogue_compiles_into_what_gettext_reads(rooms: Path) -> None:
    path = translate(rooms, CLOSE, HELP, DAYS)
    assert compile_all(rooms) == 0
    with path.with_suffix(".mo").open("rb") as source:
        compiled = read_mo(source)
    message = compiled.get("Close gate")
    assert message is not None
    assert message.string == "关门"


def test_every_message_of_the_house_has_its_chinese() -> None:
    assert [problem.text for problem in problems(ROOT / "jiedan") if not problem.warning] == []


def test_an_unknown_word_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["traduire"]) == 2
    assert capsys.readouterr().err == "compile, check or missing\n"
