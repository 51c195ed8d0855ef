"""What must hold for every step, written once over the registry: rights, stages, records, clauses, deadlines, words."""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from jiedan.acquisition.guards import claimed_by_me
from jiedan.core.deadlines import ALL
from jiedan.core.lifecycle import LIFECYCLES
from jiedan.core.procedure import CLAUSES, VALUES
from jiedan.core.roles import GRANTABLE, Role
from jiedan.documents.models import Document
from jiedan.kernel import wording
from jiedan.kernel.action import REGISTRY, Action
from jiedan.kernel.clocks import computed, load
from jiedan.kernel.derived import moves
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid, Refused
from jiedan.kernel.models import Deadline, Outbox, Record
from jiedan.kernel.naming import deadline_title, kind_title, stage_title
from jiedan.kernel.offers import offers
from jiedan.kernel.reactions import REACTIONS, codes
from jiedan.kernel.timers import OVERDUE, WARN
from jiedan.kernel.verify import verify_database
from jiedan.orders.access import READERS
from jiedan.people.actor import Actor
from jiedan.people.models import Staff
from jiedan.people.subject import Subject
from tests.cast import FRIDAY, Cast, acting
from tests.every_action.examples import EXAMPLES, Case, example, holder, stages, subject_at, with_papers

BY_PEOPLE = [action for action in REGISTRY if action.by_people]
IN_ITS_STAGES = [Case(action, stage) for action in BY_PEOPLE for stage in sorted(action.when) or [""]]
STAGES = [(kind, stage) for kind in sorted({action.on.KIND for action in REGISTRY}) for stage in stages(kind)]
BIRTHS = [action for action in BY_PEOPLE if action.births]
SYSTEM_ONLY = [action for action in REGISTRY if not action.by_people]

each_case = pytest.mark.parametrize("case", IN_ITS_STAGES, ids=str)
each_action = pytest.mark.parametrize("action", list(REGISTRY), ids=lambda action: action.code)


def test_every_step_of_people_has_an_example_and_no_example_lacks_its_step() -> None:
    assert sorted(EXAMPLES) == [action.code for action in BY_PEOPLE]


def _subject(case: Case, cast: Cast) -> Subject | None:
    return with_papers(case.action, subject_at(case.action.on.KIND, case.stage, cast), cast) if case.stage else None


def _claimed_by(staff: Staff, subject: Subject | None) -> None:
    # The cast's taker claims; a step that only the claimer takes is tried by whoever holds the role, after a claim.
    if subject is not None and subject.stage == "claimed" and getattr(subject, "claimed_by_id", 0) != staff.pk:
        dispatch("acquisition.release_listing", acting(subject.claimed_by), {"reason": "换人"}, subject=subject)  # type: ignore[attr-defined]
        dispatch("acquisition.claim_listing", acting(staff), {}, subject=subject)


@each_case
def test_it_is_offered_as_it_can_be_done_and_leaves_one_record_with_its_clause_for_each_role(
    case: Case, cast: Cast
) -> None:
    subject = _subject(case, cast)
    if subject is not None:
        _is_offered_as_it_can_be_done(case, cast, subject, _actors(cast))
    for role in sorted(case.action.by - {Role.SYSTEM}):
        staff = holder(role, cast, subject)
        with transaction.atomic():
            if claimed_by_me in case.action.guards:
                _claimed_by(staff, subject)
            _runs_once(case, cast, staff, role, subject)
            transaction.set_rollback(True)


BRINGS_IN = {"connectors.replay_message", "connectors.trust_message"}
"""Steps whose message becomes an order, with the record of that."""
FOLLOWED_BY = {"acquisition.turn_into_order": ["acquisition.enter_order", "acquisition.accept_order"]}
"""Steps with which the same person takes others, on the subject that comes of it, each on record."""


def _runs_once(case: Case, cast: Cast, staff: Staff, role: Role, subject: Subject | None) -> None:
    action, data = case.action, EXAMPLES[case.action.code](cast)
    before = None if subject is None else type(subject)._default_manager.get(pk=subject.pk)
    newest = Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    done = dispatch(action.code, acting(staff), data, subject=subject)
    # What a message brings in when it is tried again is the machine's own step.
    by_people = Record.objects.filter(pk__gt=newest).exclude(actor=None).order_by("pk")
    assert list(by_people.values_list("action", flat=True)) == [*FOLLOWED_BY.get(action.code, []), action.code]
    assert Record.objects.filter(pk__gt=newest).count() == by_people.count() + (action.code in BRINGS_IN)
    record, body = done.record, json.loads(done.record.body)
    after = action.on._default_manager.get(pk=done.subject.pk)
    assert (record.action, record.clause, record.actor_id) == (action.code, action.clause, staff.pk)
    assert (body["role"], body["stage_before"], body["stage"]) == (role.value, case.stage, after.stage)
    assert (after.seq, after.head) == (record.seq, record.hash)
    assert after.version == (before.version if before else 0) + (not action.quiet)
    _leads_where_it_says(action, case.stage, after)
    assert not set(body["facts"]) & (action.private - {"lines", "total"}), "a private field stands in the record"
    assert "ref" in body["facts"]
    assert _shape(load(after.KIND, [after.pk])[after.pk]) == _shape(computed(after))
    assert verify_database().ok


def _leads_where_it_says(action: Action, before: str, after: Subject) -> None:
    if action.to is None:
        assert after.stage == before
    elif isinstance(action.to, str):
        assert after.stage == action.to
    else:
        assert after.stage in LIFECYCLES[after.KIND].titles


def _shape(rows: list[Deadline]) -> list[dict[str, Any]]:
    return [{key: value for key, value in vars(row).items() if key not in ("id", "_state")} for row in rows]


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_in_a_stage_nothing_is_changed_by_anybody_without_the_right_to_a_step(
    kind: str, stage: str, cast: Cast
) -> None:
    subject, actors = subject_at(kind, stage, cast), _actors(cast)
    for action in REGISTRY.on(kind):
        if action.by_people and stage in action.when:
            _forbidden_to_others(Case(action, stage), subject, cast, actors.values())


def _actors(cast: Cast) -> dict[str, Actor]:
    return {name: acting(staff) for name, staff in cast.people.items()}


@pytest.mark.parametrize("action", BIRTHS, ids=lambda action: action.code)
def test_nothing_new_is_brought_in_by_anybody_without_the_right(action: Action, cast: Cast) -> None:
    _forbidden_to_others(Case(action, ""), None, cast, _actors(cast).values())


def _forbidden_to_others(case: Case, subject: Subject | None, cast: Cast, actors: Collection[Actor]) -> None:
    with transaction.atomic():
        data = EXAMPLES[case.action.code](cast)
        before = _state(subject)
        others = [actor for actor in actors if not _has_the_right(case, actor, subject)]
        assert others, f"everybody may take {case}: then the test can't show anything"
        for actor in others:
            with pytest.raises(Forbidden) as refused:
                dispatch(case.action.code, actor, data, subject=subject)
            assert str(case.action.title) in str(refused.value.sentence)
        assert _state(subject) == before
        transaction.set_rollback(True)


def _has_the_right(case: Case, actor: Actor, subject: Subject | None) -> bool:
    if subject is not None:
        return case.action.grant(actor, subject.scope_department_id) is not None
    return bool(actor.roles & case.action.by)


@pytest.mark.parametrize("action", BIRTHS, ids=lambda action: action.code)
def test_a_department_that_is_not_theirs_gets_nothing_new_from_them(action: Action, cast: Cast) -> None:
    foreign = {Role.ORDER_TAKER: cast.outsider, Role.DEPARTMENT_HEAD: cast.other_head}
    stranger = next((staff for role, staff in foreign.items() if role in action.by), None)
    if stranger is None:
        assert action.by <= {Role.SYSTEM_ADMIN, Role.SYSTEM}, "a step of departments has to be tried from a foreign one"
        return
    before = _state(None)
    with pytest.raises(Forbidden, match="家居事业部"):
        dispatch(action.code, acting(stranger), EXAMPLES[action.code](cast))
    assert _state(None) == before


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_in_a_stage_nothing_is_changed_by_any_step_that_isnt_for_it(kind: str, stage: str, cast: Cast) -> None:
    subject = subject_at(kind, stage, cast)
    before = _state(subject)
    for action in REGISTRY.on(kind):
        if not action.births and stage not in action.when:
            _refused_here(action, subject, cast)
    assert _state(subject) == before


def _refused_here(action: Action, subject: Subject, cast: Cast) -> None:
    for role in sorted(action.by & GRANTABLE):
        with transaction.atomic():
            data, actor = EXAMPLES[action.code](cast), acting(holder(role, cast, subject))
            with pytest.raises(Refused) as refused:
                dispatch(action.code, actor, data, subject=subject)
            transaction.set_rollback(True)
        assert stage_title(subject.KIND, subject.stage) in str(refused.value.sentence), action.code


@pytest.mark.parametrize("action", SYSTEM_ONLY, ids=lambda action: action.code)
def test_a_step_of_the_machine_or_of_the_customer_is_taken_by_nobody_of_ours(action: Action, cast: Cast) -> None:
    subject = None if action.births else subject_at(action.on.KIND, sorted(action.when)[0], cast)
    before = _state(subject)
    for staff in cast.people.values():
        with pytest.raises(Forbidden):
            dispatch(action.code, acting(staff), {}, subject=subject)
    assert _state(subject) == before


NEEDY = [case for case in IN_ITS_STAGES if case.action.needs]


@pytest.mark.parametrize("case", NEEDY, ids=str)
def test_it_is_refused_without_each_of_the_papers_it_needs_and_changes_nothing(case: Case, cast: Cast) -> None:
    subject = _subject(case, cast)
    assert subject is not None
    staff = holder(min(case.action.by & GRANTABLE), cast, subject)
    for proof in case.action.needs:
        with transaction.atomic():
            Document.objects.filter(order=subject.pk, kind=proof.kind).update(withdrawn_at=FRIDAY)
            before = _state(subject)
            with pytest.raises(Refused) as refused:
                dispatch(case.action.code, acting(staff), EXAMPLES[case.action.code](cast), subject=subject)
            assert str(proof.called) in str(refused.value.sentence)
            assert _state(subject) == before
            transaction.set_rollback(True)


def _state(subject: Subject | None) -> tuple[Any, ...]:
    row = None if subject is None else type(subject)._default_manager.filter(pk=subject.pk).values().get()
    counts = (Record.objects.count(), Outbox.objects.count(), Staff.objects.count())
    return row, counts, list(Deadline.objects.order_by("pk").values())


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_in_a_stage_each_step_is_offered_as_it_can_be_done(kind: str, stage: str, cast: Cast) -> None:
    subject, actors = subject_at(kind, stage, cast), _actors(cast)
    for action in REGISTRY.on(kind):
        if action.by_people and not action.births:
            with suppress(*LACKS_ITS_PAPER.get(action.code, ())):
                _is_offered_as_it_can_be_done(Case(action, stage), cast, subject, actors)


LACKS_ITS_PAPER = {"terms.offer_terms": (Invalid,)}
"""Steps that can be taken but whose paper isn't written at the start of the stage: tried with it, step by step, above."""


def _is_offered_as_it_can_be_done(case: Case, cast: Cast, subject: Subject, actors: Mapping[str, Actor]) -> None:
    for name, actor in actors.items():
        shown = {offer.action.code: offer.reason for offer in offers(subject, actor, FRIDAY)}
        assert (case.action.code in shown) == _has_the_right(case, actor, subject), case
        if case.action.code in shown:
            assert _reason_of_refusal(case, cast, cast.people[name], subject) == shown[case.action.code], case


def _reason_of_refusal(case: Case, cast: Cast, staff: Staff, subject: Subject) -> object:
    try:
        with transaction.atomic():
            dispatch(case.action.code, acting(staff), example(case.action.code, cast, staff), subject=subject)
            transaction.set_rollback(True)
    except Refused as refused:
        return refused.sentence
    return None


# The declarations as a whole ------------------------------------------------------------------------------------


@each_action
def test_its_clauses_and_limits_are_those_of_the_procedure(action: Action) -> None:
    assert action.clause in CLAUSES
    for due in action.starts:
        assert due.clause in CLAUSES
        limits = [key for key in (due.hours, due.workdays) if key]
        assert [VALUES[key].clause for key in limits] == [due.clause]


@each_action
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everything_a_person_reads_of_it_has_words(action: Action, language: str) -> None:
    with translation.override(language):
        words = [str(action.title), kind_title(action.on.KIND), *(deadline_title(due.name) for due in action.starts)]
        words += [str(info.title) for info in action.input.model_fields.values() if action.by_people]
    assert all(word not in ("", "None") for word in words)
    assert action.help.endswith(".")


@each_action
def test_whoever_takes_it_can_read_its_subject(action: Action) -> None:
    assert action.by - {Role.SYSTEM, Role.CUSTOMER} <= READERS[action.on.KIND]


def _moves(kind: str) -> set[tuple[str, str]]:
    return {move for action in REGISTRY.on(kind) for move in moves(action)}


MOVING = [kind for kind in LIFECYCLES if len(LIFECYCLES[kind].titles) > 1]


@pytest.mark.parametrize("kind", MOVING)
def test_every_stage_can_be_reached(kind: str) -> None:
    known, reached = _moves(kind), {""}
    for _round in LIFECYCLES[kind].titles:
        reached |= {target for source, target in known if source in reached}
    assert reached - {""} == set(LIFECYCLES[kind].titles)


@pytest.mark.parametrize("kind", MOVING)
def test_every_stage_but_the_final_ones_can_be_left(kind: str) -> None:
    left = {source for source, target in _moves(kind) if source and source != target}
    assert left == set(LIFECYCLES[kind].titles) - LIFECYCLES[kind].final


STARTED = sorted({(action.on.KIND, due.name) for action in REGISTRY for due in action.starts})


@pytest.mark.parametrize(("kind", "name"), STARTED)
def test_every_duty_that_is_started_can_be_done(kind: str, name: str) -> None:
    stopping = [action for action in REGISTRY.on(kind) if name in action.ends["stops"]]
    assert any(action.by_people for action in stopping), f"nobody can do {name}"
    starting = [action for action in REGISTRY.on(kind) if name in {due.name for due in action.starts}]
    where = {target for action in starting for _source, target in moves(action)}
    assert where & {stage for action in stopping for stage in action.when}


@each_action
def test_a_clock_is_only_ended_or_held_that_some_step_starts(action: Action) -> None:
    named = set().union(*action.ends.values()) - {ALL}
    assert named <= {name for kind, name in STARTED if kind == action.on.KIND}


@each_action
def test_no_clock_runs_on_in_a_final_stage(action: Action) -> None:
    if action.to in LIFECYCLES[action.on.KIND].final:
        assert ALL in action.ends["voids"] | action.ends["stops"]


@pytest.mark.parametrize("kind", sorted({kind for kind, _name in STARTED}))
def test_what_is_paused_can_go_on(kind: str) -> None:
    paused = set().union(*(action.ends["pauses"] for action in REGISTRY.on(kind)))
    resumed = set().union(*(action.ends["resumes"] for action in REGISTRY.on(kind)))
    assert paused <= resumed


def test_every_reaction_has_words_and_follows_from_a_step() -> None:
    assert wording.reactions() == {reaction.name for reaction in REACTIONS}
    assert set(codes()) <= {action.code for action in REGISTRY} | {WARN, OVERDUE}
    assert {role for reaction in REACTIONS for role in reaction.roles} <= GRANTABLE


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_notice_says_what_happened_and_where_to_look(language: str) -> None:
    facts = {"ref": "JD1", "summary": "灯", "deadline": "accept_order", "due": "2026-09-20 10:30", "reason": "改期"}
    body = {"subject": "order", "actor_name": "李建国", "facts": facts}
    with translation.override(language):
        texts = [wording.notice_text(reaction.name, body) for reaction in REACTIONS]
    for text in texts:
        assert "JD1" in text.title
        assert "%(" not in text.title + text.sentence
        assert "\n" not in text.title
        assert text.path == "/orders/JD1/"
