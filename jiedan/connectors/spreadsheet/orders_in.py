"""Orders out of a file, by the one intake (clause 2.1.2)."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jiedan.acquisition import identity, intake
from jiedan.acquisition.incoming import IncomingOrder
from jiedan.acquisition.intake import Outcome, Taken
from jiedan.connectors.spreadsheet.columns import ORDERS, Table
from jiedan.connectors.spreadsheet.models import Import
from jiedan.connectors.spreadsheet.order_rows import Reader
from jiedan.orders import access
from jiedan.orders.models import Order
from jiedan.people.actor import Actor
from jiedan.people.subject import Subject
from jiedan.screens.changes import Row, rows_between


class OrdersIn:
    """What an import has to know of orders."""

    table: Table = ORDERS
    model: type[Subject] = Order
    at_once = 500
    changing: tuple[Outcome, ...] = (Outcome.CHANGED, Outcome.NOTED)
    of_others: str | Promise = _("This order is with another department, which alone changes it; take its rows out.")

    def within_reach(self, person: Actor) -> QuerySet[Order]:
        """Those that this person's files may change."""
        return access.visible(person, Order, asked_too=False)

    def reader(self, row: Import) -> Reader:
        """What reads the rows of this file."""
        return Reader(row.mapping, row.platform, row.shop)

    def load(self, text: str) -> IncomingOrder:
        """The order that a chunk keeps."""
        return IncomingOrder.model_validate_json(text)

    def foresee(self, _row: Import, given: Sequence[IncomingOrder]) -> list[tuple[Outcome, Order | None]]:
        """What taking each in would come to, and the order that there is already."""
        return intake.foresee(given)

    def hold(self, _row: Import, given: Sequence[IncomingOrder]) -> None:
        """Wait until nobody else brings one of these, and keep others waiting until the transaction ends."""
        identity.hold(intake.names_of(given))

    def take_in(self, row: Import, given: Sequence[IncomingOrder]) -> list[Taken]:
        """Take them in; they are held."""
        return intake.take_in_many(given, f"import {row.ref}", held=True)

    def differences(self, subject: Subject, given: IncomingOrder) -> list[Row]:
        """What the file says otherwise than the order. Raises vault.Unreadable."""
        return rows_between(subject, given) if isinstance(subject, Order) else []
