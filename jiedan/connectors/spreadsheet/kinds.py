"""What a file holds: orders or listings. Everything else about an import is the same for both (clauses 2.1.1, 2.1.2).

A kind knows its columns, how rows become one of its things, what taking one in would come to, and takes them in by the
one way in that there is for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.functional import Promise

from jiedan.acquisition.intake import Outcome
from jiedan.connectors.spreadsheet.columns import Table
from jiedan.connectors.spreadsheet.drafts import Draft, Numbered
from jiedan.connectors.spreadsheet.listings_in import ListingsIn
from jiedan.connectors.spreadsheet.models import LISTINGS, ORDERS, Import
from jiedan.connectors.spreadsheet.orders_in import OrdersIn
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject
from jiedan.screens.changes import Row


class Read(Protocol):
    """Turns the rows with one number into what they say."""

    def read(self, rows: Sequence[Numbered]) -> Draft:
        """The order or listing, or why there is none."""


class TakenIn(Protocol):
    """What became of one: our number of it, and why it was refused."""

    @property
    def outcome(self) -> Outcome:
        """New, changed, …"""

    @property
    def ref(self) -> str:
        """Our number; "" when there is none."""

    @property
    def reason(self) -> str:
        """A sentence, or ""."""


class Kind(Protocol):
    """What an import has to know of what it brings."""

    table: Table
    model: type[Subject]
    at_once: int
    """So many in a chunk, which comes in in one transaction."""
    changing: tuple[Outcome, ...]
    """Outcomes of which people are shown what differs."""
    of_others: str | Promise
    """Why one that the person can't see isn't changed."""

    def within_reach(self, person: Actor) -> QuerySet[Any]:
        """Those that this person's files may change."""

    def reader(self, row: Import) -> Read:
        """What reads the rows of this file."""

    def load(self, text: str) -> Any:
        """What a chunk keeps of one."""

    def foresee(self, row: Import, given: Sequence[Any]) -> list[tuple[Outcome, Any]]:
        """What taking each in would come to, and what there is already; nothing is changed."""

    def hold(self, row: Import, given: Sequence[Any]) -> None:
        """Wait until nobody else brings one of these, and keep others waiting until the transaction ends."""

    def take_in(self, row: Import, given: Sequence[Any]) -> Sequence[TakenIn]:
        """Take them in; they are held. One that can't be fails none of its neighbours."""

    def differences(self, subject: Any, given: Any) -> list[Row]:
        """What the file says otherwise. Raises vault.Unreadable."""


KINDS: Mapping[str, Kind] = {ORDERS: OrdersIn(), LISTINGS: ListingsIn()}


def kind_of(row: Import) -> Kind:
    """What this file holds."""
    return KINDS[row.holds]
