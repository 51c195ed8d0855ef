"""Items, fields and payments of a term sheet in words."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from jiedan.core.contract_need import Reason
from jiedan.core.terms import Instalment, Terms, When

_ITEMS: dict[str, Callable[[], str]] = {
    "requirements": lambda: _("Requirements"),
    "delivery": lambda: _("Delivery time"),
    "price": lambda: _("Price"),
    "payment": lambda: _("Payment"),
}
_STATES: dict[str, Callable[[], str]] = {
    "draft": lambda: _("Draft"),
    "offered": lambda: _("With the customer"),
    "withdrawn": lambda: _("Taken back"),
    "agreed": lambda: _("Agreed"),
}
_WHEN: dict[When, Callable[[], str]] = {
    When.PREPAID: lambda: _("paid on the platform"),
    When.ON_ORDER: lambda: _("with the order"),
    When.ON_SIGNING: lambda: _("on signing"),
    When.BEFORE_DELIVERY: lambda: _("before delivery"),
    When.ON_DELIVERY: lambda: _("on delivery"),
    When.ON_ACCEPTANCE: lambda: _("on acceptance"),
    When.AFTER_ACCEPTANCE: lambda: _("after acceptance"),
}
_REASONS: dict[Reason, Callable[[], str]] = {
    Reason.WANTED: lambda: _("the customer wants one"),
    Reason.AMOUNT: lambda: _("the amount is large"),
    Reason.SERVICE: lambda: _("a service has to be described"),
    Reason.NEW_CUSTOMER: lambda: _("it is our first business with the customer"),
}
_HOW: dict[str, Callable[[], str]] = {
    "portal": lambda: _("on the portal"),
    "phone": lambda: _("by telephone"),
    "mail": lambda: _("by mail"),
    "visit": lambda: _("in person"),
    "platform": lambda: _("on the platform"),
}


def item(name: str) -> str:
    """What one of the four key terms is called."""
    return _ITEMS[name]()


def state(name: str) -> str:
    """What a state of a term sheet is called."""
    return _STATES[name]()


def when(name: str) -> str:
    """When an instalment is due."""
    return _WHEN[When(name)]()


def how(name: str) -> str:
    """How the customer confirmed."""
    return _HOW[name]() if name in _HOW else ""


def reason(name: str) -> str:
    """Why a contract is needed."""
    return _REASONS[Reason(name)]()


def yuan(amount: Decimal) -> str:
    """An amount as people read it."""
    return f"¥{amount:,.2f}"


def instalment(part: Instalment) -> str:
    """A payment in a line."""
    time = _("%(n)d days after acceptance") % {"n": part.days} if part.days else when(part.when)
    return f"{time} {yuan(part.amount)}" + (f"（{part.note}）" if part.note else "")


def payment(terms: Terms) -> str:
    """All payments in a line, as the order keeps them."""
    return "；".join([*(instalment(part) for part in terms.payment), *filter(None, [terms.payment_note])])


def rows(terms: Terms) -> dict[str, list[tuple[str, str]]]:
    """The sheet item by item as name and text: what staff and customers read alike."""
    lines = [
        (f"{line.number}. {line.name}", f"{yuan(line.unit_price)} × {line.quantity}"
         + (f" − {yuan(line.discount)}" if line.discount else "") + f" = {yuan(line.amount)}")
        for line in terms.lines
    ]  # fmt: skip
    extra = [(_("Freight"), terms.freight), (_("Tax"), terms.tax), (_("Discount"), -terms.discount)]
    return {
        "requirements": [(_("What is wanted"), terms.requirements), (_("Accepted by"), terms.acceptance)],
        "delivery": [
            (_("Day of delivery"), "" if terms.deliver_on is None else terms.deliver_on.isoformat()),
            (_("How and where"), terms.delivery),
        ],
        "price": [
            *lines,
            *((name, yuan(amount)) for name, amount in extra if amount),
            (_("Total"), yuan(terms.total)),
        ],
        "payment": [
            *((_("Payment %(n)d") % {"n": number}, instalment(part)) for number, part in enumerate(terms.payment, 1)),
            *([(_("Note"), terms.payment_note)] if terms.payment_note else []),
        ],
    }
