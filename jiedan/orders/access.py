"""Who may see what: the only place that says so, for lists, details, counts, exports, search and API alike (6.2.3).

Reading follows the roles held: a business role sees its departments and those below; a supervisor sees everything.
Who is asked about a subject that their roles don't reach (people.ReadingRight) reads that one, while they are asked.
The three administrators see no orders or listings; each sees what their post is about.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, TypeVar

from django.db.models import Q, QuerySet

from jiedan.core.roles import ADMINS, BUSINESS, Role
from jiedan.people.actor import Actor
from jiedan.people.subject import NoSuchSubject, Subject

S = TypeVar("S", bound=Subject)

WORK: Final = BUSINESS | {Role.SUPERVISOR}
RULES: Final = WORK | ADMINS

READERS: Final[dict[str, frozenset[Role]]] = {
    "order": WORK,
    "listing": WORK,
    "staff": frozenset({Role.SUPERVISOR, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER}) | ADMINS,
    "connection": frozenset({Role.SUPERVISOR, Role.DECISION_MAKER, Role.SYSTEM_ADMIN}),
    "message": frozenset(
        {Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SUPERVISOR, Role.SYSTEM_ADMIN}
    ),
    "reconciliation": frozenset({Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SUPERVISOR}),
    "import": frozenset({Role.ORDER_TAKER, Role.DEPARTMENT_HEAD, Role.DECISION_MAKER, Role.SUPERVISOR}),
    "item": WORK,
    "equipment": WORK,
    "calendar": RULES,
    "procedure": RULES,
}
"""Which roles may read subjects of a kind at all; a kind that isn't here can't be read."""

COMPANY_WIDE: Final = frozenset({"calendar", "procedure", "connection", "message", "item"})
"""Kinds that are the whole company's affair (the catalogue too, whichever department answers for an item): whoever holds a reading role anywhere may read them."""


def may_read(actor: Actor, kind: str) -> bool:
    """Whether the person may read anything of this kind."""
    return actor.is_system or bool(actor.roles & READERS.get(kind, frozenset()))


def visible(actor: Actor, model: type[S], *, asked_too: bool = True) -> QuerySet[S]:
    """The subjects of this kind that the person may see; compiled into the query, never filtered afterwards.

    Without ASKED_TOO only those that their roles reach.
    """
    rows = model._default_manager.all()
    if actor.is_system:
        return rows
    readers = READERS.get(model.KIND, frozenset())
    if not actor.roles & readers:
        return rows.none()
    if model.KIND in COMPANY_WIDE:
        return rows
    departments = actor.reach(readers)
    if departments is None:
        return rows
    asked = [key for kind, key in actor.asked if asked_too and kind == model.KIND]
    mine = Q(department__in=sorted(departments))
    # Said only for those who are asked about something, so that everybody else's lists keep their index.
    return rows.filter(mine | Q(pk__in=asked) if asked else mine)


def departments(actor: Actor, kind: str) -> frozenset[int]:
    """The departments whose subjects of this kind the person's roles let them see."""
    readers = READERS.get(kind, frozenset())
    return frozenset().union(*(grant.departments for grant in actor.grants if grant.role in readers))


def get(actor: Actor, model: type[S], ref: str, **along: Any) -> S:
    """The subject with this reference, if the person may see it. Raises NoSuchSubject otherwise, either way alike.

    ALONG are expressions that the query is annotated with.
    """
    rows = visible(actor, model).filter(pk=model.pk_of(ref)).annotate(**along)
    found: S | None = (rows.select_related(*model.WITH) if model.WITH else rows).first()
    if found is None or not found.matches(ref):
        raise NoSuchSubject(ref)
    return found


def numbered(model: type[S], channel: str, shop: str, numbers: Collection[str]) -> QuerySet[S]:
    """The subjects that have these numbers in a shop of a platform, whoever may see them: for the machine itself.

    That there is a number at all is asked, too: SQLite takes the index of those that have one only when it is.
    """
    rows = model._default_manager.filter(channel=channel, shop=shop, external_id__in=numbers)
    return rows.exclude(external_id="")


def several(actor: Actor, model: type[S], refs: Iterable[str]) -> QuerySet[S]:
    """Those of the subjects with these references that the person may see; others are left out, either way alike."""
    keys = set()
    for ref in refs:
        try:
            keys.add(model.pk_of(ref))
        except NoSuchSubject:
            continue
    return visible(actor, model).filter(pk__in=keys)
