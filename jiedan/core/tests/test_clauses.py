"""The catalogue of clauses is complete and every entry can be shown to a reader of either language."""

import re

import pytest

from jiedan.core.procedure import CHAPTERS, CLAUSES, VALUES, Clause, ClauseKind

IDS = """
1.2 1.3.1 1.3.2 1.3.3 1.3.4
2.1.1 2.1.2 2.2.1 2.2.2 2.2.3 2.3.1 2.3.2 2.3.3
3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.3.1 3.3.2 3.3.3 3.4.1 3.4.2 3.4.3
4.1.1 4.1.2 4.2.1 4.2.2 4.2.3 4.2.4 4.2.5 4.3.1 4.3.2 4.3.3
5.1.1 5.1.2 5.2.1 5.2.2 5.3.1 5.3.2 5.3.3 5.3.4 5.4.1 5.4.2
6.1.1 6.1.2 6.2.1 6.2.2 6.2.3 6.2.4 6.3.1 6.3.2
7.1.1 7.1.2 7.1.3 7.2.1 7.2.2 7.2.3 7.3.1
"""
HAN = re.compile("[\u4e00-\u9fff]")


def test_every_clause_of_the_procedure_is_there_in_its_order() -> None:
    assert list(CLAUSES) == IDS.split()


def test_a_clause_is_found_by_its_id_and_knows_its_chapter_and_values() -> None:
    accept = CLAUSES["2.1.2"]
    assert (accept.id, accept.chapter, accept.title_zh, accept.title_en) == (
        "2.1.2",
        2,
        "客户下单",
        "Customer-placed order",
    )
    assert accept.kinds == {ClauseKind.CLOCK, ClauseKind.RECORD}
    assert accept.values == (
        "accept_hours", "accept_warning_hours", "triage_hours", "triage_warning_hours",
        "quarantine_alarm_per_hour", "change_hours", "change_warning_hours",
    )  # fmt: skip


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=lambda clause: clause.id)
def test_a_clause_reads_as_a_sentence_in_both_languages(clause: Clause) -> None:
    assert HAN.search(clause.title_zh)
    assert not HAN.search(clause.title_en + clause.sentence_en)
    assert clause.sentence_zh.endswith("。")
    assert clause.sentence_en.endswith(".")
    assert len(clause.sentence_zh) >= 12
    assert clause.title_en[0].isupper()
    assert clause.kinds


def test_titles_and_sentences_are_each_their_own() -> None:
    for name in ("title_zh", "title_en", "sentence_zh", "sentence_en"):
        assert len({getattr(clause, name) for clause in CLAUSES.values()}) == len(CLAUSES)


def test_every_clause_belongs_to_a_chapter_with_a_title() -> None:
    assert {clause.chapter for clause in CLAUSES.values()} == set(CHAPTERS) == set(range(1, 8))
    assert [(chapter.title_zh, chapter.title_en) for chapter in CHAPTERS.values()][1] == ("接单流程", "Taking orders")


def test_every_value_belongs_to_a_clause_that_lists_it() -> None:
    listed = {key: clause.id for clause in CLAUSES.values() for key in clause.values}
    assert listed == {value.key: value.clause for value in VALUES.values()}


def test_the_catalogue_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        CLAUSES["9.9"] = CLAUSES["1.2"]  # type: ignore[index]
