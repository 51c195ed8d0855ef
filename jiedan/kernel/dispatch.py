"""Taking a step: one transaction from the lock to the record, the same for page, API, connector and timer.

In this order: the subject is locked; right to act (403); version (412); stage and guards (409); input (422); body;
stage; record; deadlines; reactions into the outbox. Either all of it happens or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel

from jiedan.core import courtesy
from jiedan.core.deadlines import Effects, Terms
from jiedan.core.worktime import WorkDays, WorkHours
from jiedan.documents import proofs
from jiedan.kernel import attempts, bulk, clocks, ledger, reactions, rules
from jiedan.kernel.action import REGISTRY, Action, Due, Guard
from jiedan.kernel.births import Newborn
from jiedan.kernel.errors import Forbidden, Refused, Sentence, Stale
from jiedan.kernel.inputs import validated
from jiedan.kernel.models import Record
from jiedan.kernel.naming import department_name, role_names, stage_title
from jiedan.kernel.rules import Rules
from jiedan.people.actor import Actor, Grant
from jiedan.people.subject import Subject

S = TypeVar("S", bound=Subject)
Answers = dict[tuple[Guard, Grant], Sentence | None]
"""What guards said to somebody acting with a grant."""


@dataclass(slots=True)
class Context:
    """What a step may know and say besides its input."""

    action: Action
    actor: Actor
    grant: Grant
    now: datetime
    rules: Rules
    channel: str
    happened_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    rebase: tuple[int, int] | None = None
    born: Subject | None = None
    terms: dict[str, Terms] = field(default_factory=dict)

    def require_department(self, department: int) -> None:
        """The step brings something into this department; act with a role that reaches it. Raises Forbidden."""
        grant = self.actor.grant(self.action.by, department)
        if grant is None:
            raise Forbidden(why_not_yours(self.action, department))
        self.grant = grant

    def note(self, **facts: Any) -> None:
        """Put facts into the record (JSON values; money as strings), beside the input."""
        self.facts.update(facts)

    def birth(self, subject: S) -> S:
        """Save a new subject in the stage the declaration says; its first record follows."""
        subject.stage = _target(self.action, subject)
        subject.version = 1
        subject.save(force_insert=True)
        self.born = subject
        return subject


@dataclass(frozen=True, slots=True)
class Done:
    """A step was taken."""

    subject: Subject
    record: Record
    reply: dict[str, Any] | None


def dispatch(
    code: str,
    actor: Actor,
    data: Mapping[str, Any] | BaseModel | None = None,
    *,
    subject: Subject | None = None,
    version: int | None = None,
    channel: str = "page",
) -> Done:
    """Take the step CODE on SUBJECT (None for a step that brings one into being).

    VERSION is what the caller saw, if it cares. Raises Forbidden, Stale, Refused or Invalid; nothing has then changed.
    """
    action = REGISTRY[code]
    try:
        with attempts.known(code, actor, subject, channel, action.on.KIND):
            if action.many:
                with transaction.atomic():
                    (done,) = dispatch_many(code, actor, [data], channel=channel)
                return done
            return _dispatched(action, actor, data, subject, version, channel)
    except IntegrityError as error:
        if not action.births:
            raise
        # Nothing is locked when a subject is born: who loses the race for a number is told so.
        sentence = _(
            "Somebody entered the same at this moment. Look at it, then repeat the step if it is still needed."
        )
        raise Refused(sentence, "entered_meanwhile") from error


def dispatch_many(
    code: str, actor: Actor, data: Sequence[Mapping[str, Any] | BaseModel | None], *, channel: str = "page"
) -> list[Done]:
    """Take a step that brings a subject into being for each of DATA, all in one transaction and a dozen statements.

    Each gets the record, clocks and reactions that it would get alone. Raises what `dispatch` raises, or
    IntegrityError when somebody brought the same meanwhile; the transaction it was called in can't go on then.
    """
    action = REGISTRY[code]
    with transaction.atomic(savepoint=False):
        _row, now, current = _locked(None)
        ctx = Context(action, actor, authorised(action, None, actor), now, current, channel)
        given = [validated(action.input, item) for item in data]
        born: list[Newborn] = action.run(given, ctx)
        return _bring_in(ctx, born, given)


def _bring_in(ctx: Context, born: Sequence[Newborn], given: Sequence[BaseModel]) -> list[Done]:
    drafts = []
    for newborn, item in courtesy.each(zip(born, given, strict=True)):
        subject = newborn.subject
        subject.stage = _target(ctx.action, subject)
        subject.version = 1
        drafts.append(_draft(ctx, subject, "", item, newborn.facts))
    records = ledger.write(drafts)
    clocks.project([(draft.subject, draft.effects) for draft in drafts], {})
    bulk.insert([newborn.subject for newborn in born])
    bulk.insert_all([row for newborn in born for row in newborn.rows])
    reactions.put_in_outbox(records)
    return [Done(newborn.subject, record, None) for newborn, record in zip(born, records, strict=True)]


def _dispatched(
    action: Action,
    actor: Actor,
    data: Mapping[str, Any] | BaseModel | None,
    subject: Subject | None,
    version: int | None,
    channel: str,
) -> Done:
    with transaction.atomic():
        target, now, current = _locked(subject)
        grant = authorised(action, target, actor)
        ctx = Context(action, actor, grant, now, current, channel)
        if target is not None:
            _check_version(target, version)
            reason = obstacle(action, target, ctx)
            if reason is not None:
                raise Refused(reason)
        given = validated(action.input, data)
        return _carry_out(ctx, target, given)


def _locked(subject: Subject | None) -> tuple[Subject | None, datetime, Rules]:
    """The locked row (None when a subject is born), the database's time and the rules in force."""
    row = None if subject is None else type(subject).for_change(subject.pk)
    return row, *rules.present()


def authorised(action: Action, subject: Subject | None, actor: Actor) -> Grant:
    """The grant to act with. Raises Forbidden with the roles that could."""
    department = None if subject is None else subject.scope_department_id
    grant = action.grant(actor, department)
    if grant is None and subject is None:
        # A new subject: its department isn't known yet; the body checks it against the actor's reach.
        grant = next((found for found in actor.grants if found.role in action.by), None)
    if grant is None:
        raise Forbidden(why_not_yours(action, department))
    return grant


def why_not_yours(action: Action, department: int | None) -> str:
    """The sentence for somebody without the right."""
    roles = role_names(action.by)
    if department is None:
        return _("“%(step)s” is a step for: %(roles)s.") % {"step": action.title, "roles": roles}
    return _("“%(step)s” is a step for: %(roles)s of %(department)s.") % {
        "step": action.title,
        "roles": roles,
        "department": department_name(department),
    }


def obstacle(action: Action, subject: Subject, ctx: Context, asked: Answers | None = None) -> Sentence | None:
    """Why the step can't be taken on the subject as it stands; None when nothing is in the way.

    ASKED keeps what guards said, for whoever goes through all steps of a subject: several steps share a guard.
    """
    if subject.stage not in action.when:
        return _("%(ref)s is in stage “%(stage)s”; “%(step)s” is possible in: %(stages)s.") % {
            "ref": subject.ref,
            "stage": stage_title(subject.KIND, subject.stage),
            "step": action.title,
            "stages": "、".join(stage_title(subject.KIND, stage) for stage in sorted(action.when)),
        }
    lacking = _lacking(action, subject)
    if lacking:
        return _(
            "“%(step)s” needs to be on file first: %(papers)s. Attach it under “Documents”, then repeat the step."
        ) % {
            "step": action.title,
            "papers": "、".join(lacking),
        }
    asked = {} if asked is None else asked
    return next((reason for guard in action.guards if (reason := _said(guard, subject, ctx, asked)) is not None), None)


def _said(guard: Guard, subject: Subject, ctx: Context, asked: Answers) -> Sentence | None:
    key = guard, ctx.grant
    if key not in asked:
        asked[key] = guard(subject, ctx)
    return asked[key]


def _lacking(action: Action, subject: Subject) -> list[str]:
    if not action.needs:
        return []
    there = proofs.held(subject, [proof.kind for proof in action.needs])
    return [str(proof.called) for proof in action.needs if proof.kind not in there]


def _check_version(subject: Subject, version: int | None) -> None:
    if version is not None and version != subject.version:
        raise Stale(
            _(
                "%(ref)s was changed by somebody else since you opened it (version %(seen)d, now %(now)d). Look at it again, then repeat the step."
            )
            % {"ref": subject.ref, "seen": version, "now": subject.version},
            subject.version,
        )


def _carry_out(ctx: Context, subject: Subject | None, given: BaseModel) -> Done:
    action = ctx.action
    before = "" if subject is None else subject.stage
    if subject is None:
        reply = action.run(given, ctx)
        subject = ctx.born
        if subject is None:
            raise TypeError(f"{action.code} brought no subject into being (ctx.birth was not called)")
    else:
        reply = action.run(subject, given, ctx)
        subject.stage = _target(action, subject)
        if not action.quiet:
            subject.version += 1
    record = _put_down(ctx, subject, before, given)
    return Done(subject, record, reply if isinstance(reply, dict) else None)


def _put_down(ctx: Context, subject: Subject, before: str, given: BaseModel) -> Record:
    draft = _draft(ctx, subject, before, given, ctx.facts)
    (record,) = ledger.write([draft])
    rows = {} if ctx.born else clocks.load(subject.KIND, [subject.pk])
    clocks.project([(subject, draft.effects)], rows)
    subject.save()
    reactions.put_in_outbox([record])
    return record


def _draft(ctx: Context, subject: Subject, before: str, given: BaseModel, facts: dict[str, Any]) -> ledger.Draft:
    action = ctx.action
    said: dict[str, Any] = {}
    if not action.private >= type(given).model_fields.keys():
        said = given.model_dump(mode="json", exclude=set(action.private), exclude_none=True)
    return ledger.Draft(
        subject=subject,
        action=action.code,
        clause=action.clause,
        actor=ctx.actor,
        grant=ctx.grant,
        stage_before=before,
        at=ctx.happened_at or ctx.now,
        entered_at=ctx.now,
        channel=ctx.channel,
        versions=ctx.rules.versions,
        effects=_effects(ctx, subject),
        facts=said | facts,
    )


def _effects(ctx: Context, subject: Subject) -> Effects:
    action = ctx.action
    starts = tuple(_terms(due, ctx, subject) for due in action.starts if due.only is None or due.only(subject))
    return Effects(
        seq=subject.seq + 1,
        at=ctx.now,
        department=subject.scope_department_id,
        starts=starts,
        rebase=ctx.rebase,
        **(action.ends if action.ends_if is None or action.ends_if(subject) else {}),
    )


def _terms(due: Due, ctx: Context, subject: Subject) -> Terms:
    found = ctx.terms.get(due.name)
    if found is None:
        found = ctx.terms[due.name] = _read(due, ctx.rules)
    return found if due.since is None else replace(found, since=due.since(subject))


def _read(due: Due, current: Rules) -> Terms:
    values = current.procedure
    amount = values.amount(due.hours or due.workdays or "")
    warning = None if due.warning is None else values.amount(due.warning)
    if not isinstance(amount, WorkHours | WorkDays) or not isinstance(warning, WorkHours | None):
        raise TypeError(f"{due.name}: its limit has to be working hours or working days, its warning working hours")
    return Terms(due.name, due.clause, amount, warning, *current.versions)


def _target(action: Action, subject: Subject) -> str:
    if action.to is None:
        return subject.stage
    return action.to if isinstance(action.to, str) else action.to(subject)
