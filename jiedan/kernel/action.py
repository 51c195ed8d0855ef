"""The step of the procedure as a declaration: `@action` on a plain function, collected in one frozen registry.

Page, API endpoint, permission matrix, lifecycle diagram, clause coverage, deadlines and the ledger entry all derive
from the declaration. A declaration that misses something stops the start.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, get_args, get_origin, get_type_hints

from django.utils.functional import Promise
from pydantic import BaseModel

from jiedan.core.lifecycle import LIFECYCLES
from jiedan.core.procedure import CLAUSES, VALUES
from jiedan.core.roles import Role
from jiedan.documents.places import TITLES
from jiedan.people.actor import Actor, Grant
from jiedan.people.subject import Subject

Guard = Callable[[Any, Any], "str | Promise | None"]
"""(subject, context) → the sentence that says why the step can't be taken now, or None."""

Body = Callable[..., Any]


class BadDeclaration(TypeError):
    """An action is declared wrongly; names the action and what is missing. Raised at import."""


class Nothing(BaseModel):
    """The input of a step that needs none."""

    model_config = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Due:
    """A clock that a step starts: the duty's name, its limit and warning as keys of the company's values.

    `since` gives the moment from which the limit counts, where that is not when the step is taken.
    """

    name: str
    clause: str
    hours: str | None = None
    workdays: str | None = None
    warning: str | None = None
    only: Callable[[Any], bool] | None = None
    since: Callable[[Any], datetime] | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that has to be on file before a step: its kind (documents/places.py) and how the refusal calls it."""

    kind: str
    called: str | Promise


@dataclass(frozen=True, slots=True)
class Action:
    """A step of the procedure, as declared."""

    code: str
    title: str | Promise
    help: str
    clause: str
    on: type[Subject]
    by: frozenset[Role]
    when: frozenset[str]
    to: str | Callable[[Any], str] | None
    input: type[BaseModel]
    run: Body
    births: bool
    many: bool
    needs: tuple[Proof, ...]
    guards: tuple[Guard, ...]
    starts: tuple[Due, ...]
    ends: Mapping[str, frozenset[str]]
    leads: frozenset[str]
    ends_if: Callable[[Any], bool] | None
    private: frozenset[str]
    quiet: bool
    wherever: bool

    @property
    def room(self) -> str:
        """The chapter's folder that the step lives in."""
        return self.code.partition(".")[0]

    @property
    def by_people(self) -> bool:
        """Whether a member of staff can take it; otherwise only the machine or the customer does."""
        return not self.by <= {Role.SYSTEM, Role.CUSTOMER}

    def grant(self, actor: Actor, department: int | None) -> Grant | None:
        """The grant with which somebody may take it on what belongs to DEPARTMENT; None when they may not."""
        held = actor.grant(self.by, department)
        if held is None and self.wherever:
            return next((grant for grant in actor.grants if grant.role in self.by), None)
        return held


class Registry:
    """Every action by its code; closed once the application is loaded."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}
        self._frozen = False

    def add(self, action: Action) -> None:
        """Take a declaration in. Raises BadDeclaration for a code that exists or a registry already closed."""
        if self._frozen:
            raise BadDeclaration(f"{action.code}: declared after the start; put it into a room's actions folder")
        if action.code in self._actions:
            raise BadDeclaration(f"{action.code}: declared twice")
        self._actions[action.code] = action

    def freeze(self) -> None:
        """No further declarations."""
        self._frozen = True

    def __getitem__(self, code: str) -> Action:
        return self._actions[code]

    def __contains__(self, code: object) -> bool:
        return code in self._actions

    def __iter__(self) -> Iterator[Action]:
        return iter(sorted(self._actions.values(), key=lambda action: action.code))

    def on(self, kind: str) -> list[Action]:
        """The actions on subjects of this kind, in the order of the procedure's clauses."""
        return [action for action in self if kind == action.on.KIND]


REGISTRY = Registry()


class _Decorator(Protocol):
    def __call__(self, function: Body) -> Body: ...


def action(
    title: str | Promise,
    *,
    clause: str,
    on: type[Subject],
    by: Iterable[Role],
    when: Iterable[str] = (),
    to: str | Callable[[Any], str] | None = None,
    leads: Iterable[str] = (),
    births: bool = False,
    many: bool = False,
    needs: Iterable[Proof] = (),
    guards: Iterable[Guard] = (),
    starts: Iterable[Due] = (),
    stops: Iterable[str] = (),
    voids: Iterable[str] = (),
    pauses: Iterable[str] = (),
    resumes: Iterable[str] = (),
    ends_if: Callable[[Any], bool] | None = None,
    private: Iterable[str] = (),
    quiet: bool = False,
    wherever: bool = False,
) -> _Decorator:
    """Declare a step. The function's module gives its code, its docstring the help text, its annotation the input.

    `when` are the stages it can be taken in, `to` the stage (or a function of the subject) it leads to, `leads` what such
    a function can answer where that isn't where the subject came from; `births` marks a step that brings a subject into
    being, with `many` hundreds written as one (kernel/births.py). `needs` are papers that have to be on file. `starts`,
    `stops`, `voids`, `pauses`, `resumes` say what happens to clocks, the latter four only where `ends_if` says so of the
    subject. Input fields in `private` never reach the ledger. A `quiet` step (reading, revealing) leaves the subject's
    version. A step taken `wherever` one holds its role is for what belongs to no department. Raises BadDeclaration.
    """

    def declare(function: Body) -> Body:
        ends = {"stops": stops, "voids": voids, "pauses": pauses, "resumes": resumes}
        declared = Action(
            code=_code(function), title=title, help=inspect.getdoc(function) or "", clause=clause, on=on, by=frozenset(by),
            when=frozenset(when), to=to, leads=frozenset(leads), input=_input(function, births, many), run=function,
            births=births, many=many, needs=tuple(needs), guards=tuple(guards), starts=tuple(starts),
            ends={name: frozenset(names) for name, names in ends.items()}, ends_if=ends_if, private=frozenset(private),
            quiet=quiet, wherever=wherever,
        )  # fmt: skip
        _check(declared)
        REGISTRY.add(declared)
        return function

    return declare


def _code(function: Body) -> str:
    match = re.fullmatch(r"jiedan\.(?:\w+\.)?(\w+)\.actions\.(\w+)", function.__module__)
    if match is None or match[2] != function.__name__:
        raise BadDeclaration(
            f"{function.__module__}.{function.__name__}: an action lives in jiedan/<room>/actions/<its name>.py"
        )
    return f"{match[1]}.{match[2]}"


def _input(function: Body, births: bool, many: bool) -> type[BaseModel]:
    parameters = list(inspect.signature(function).parameters)
    expected = ["data", "ctx"] if births else [parameters[0] if parameters else "subject", "data", "ctx"]
    hint = get_type_hints(function).get("data")
    if many and get_origin(hint) in (list, Sequence):
        (hint,) = get_args(hint)
    if parameters != expected or not (isinstance(hint, type) and issubclass(hint, BaseModel)):
        raise BadDeclaration(f"{function.__name__}: takes ({', '.join(expected)}), data annotated with its input")
    return hint


def _check(action: Action) -> None:
    stages = LIFECYCLES[action.on.KIND].titles
    problems = [
        (not action.help, "has no docstring; it is the user's help text"),
        (action.clause not in CLAUSES, f"names clause {action.clause}, which the procedure doesn't have"),
        (not action.by, "says of no role that it may take it"),
        (action.births == bool(action.when), "needs either births=True or the stages it can be taken in"),
        (action.many and not action.births, "takes many at once but brings nothing into being"),
        (action.births and bool(action.needs), "needs papers of a subject that isn't there yet"),
        (
            any(proof.kind not in TITLES for proof in action.needs),
            "needs a kind of paper that documents/places.py lacks",
        ),
        (action.births and action.to is None, "brings a subject into being but doesn't say in which stage"),
        (not action.leads <= set(stages), "can lead to a stage its subject doesn't have"),
        (not action.when <= set(stages), "names a stage its subject doesn't have"),
        (isinstance(action.to, str) and action.to not in stages, "leads to a stage its subject doesn't have"),
        (not action.private <= set(action.input.model_fields), "keeps a field private that its input doesn't have"),
        *(
            (_bad_due(due), f"starts {due.name} without exactly one known limit and a known clause")
            for due in action.starts
        ),
    ]
    for wrong, what in problems:
        if wrong:
            raise BadDeclaration(f"{action.code} {what}")


def _bad_due(due: Due) -> bool:
    limits = [key for key in (due.hours, due.workdays) if key is not None]
    keys = [*limits, *([due.warning] if due.warning else [])]
    return len(limits) != 1 or any(key not in VALUES for key in keys) or due.clause not in CLAUSES
