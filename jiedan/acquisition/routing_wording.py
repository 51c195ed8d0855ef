"""Routing rules and what became of them as sentences, in the reader's language (clause 1.3.4)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiedan.acquisition.routing import FULL, INACTIVE, WITHIN, Rule
from jiedan.kernel.naming import english

PLATFORMS: dict[str, Promise] = {
    "kaola": gettext_lazy("Kaola"),
    "yanxuan": gettext_lazy("Yanxuan channel"),
    "webhook": gettext_lazy("Webhook"),
    "manual": gettext_lazy("entered by hand"),
}
"""What the platforms are called that orders come from."""

_MISMATCHES: dict[str, Promise] = {
    "shop": gettext_lazy("another shop"),
    "platform": gettext_lazy("another platform"),
    "category": gettext_lazy("another category"),
    "amount": gettext_lazy("another amount"),
    "region": gettext_lazy("another region"),
    "word": gettext_lazy("none of the words"),
    "hours": gettext_lazy("another time of day"),
    INACTIVE: gettext_lazy("no department of it is in use"),
    FULL: gettext_lazy("no department of it has room"),
}


def mismatch_title(name: str) -> str:
    """Why a rule didn't fit, in a few words."""
    return str(_MISMATCHES[name])


def conditions(rule: Rule) -> dict[str, str]:
    """What the rule asks for, a phrase for each of its conditions by name; empty when it takes all orders."""
    found = {
        "shop": _("shop is %(names)s") % {"names": one_of(rule.shops)},
        "platform": _("platform is %(names)s") % {"names": one_of(map(platform_title, rule.platforms))},
        "category": _("category in %(names)s") % {"names": one_of(rule.categories)},
        "amount": _amount(rule.amount_from, rule.amount_to),
        "region": _("receiver in %(names)s") % {"names": one_of(rule.regions)},
        "word": _("the words contain %(names)s") % {"names": one_of(rule.words)},
        "hours": _("within working hours") if rule.hours == WITHIN else _("outside working hours"),
    }
    asks_for = {name for name, _check in rule.checks}
    return {name: text for name, text in found.items() if name in asks_for}


def destination(rule: Rule, names: Mapping[int, str]) -> str:
    """Where the rule sends orders; NAMES are those of the departments."""
    called = [names.get(one, f"#{one}") for one in rule.departments]
    values = {"name": called[0], "names": (", " if english() else "、").join(called), "n": rule.most_open}
    if len(called) == 1:
        text = "%(name)s" if rule.most_open is None else _("%(name)s, while it has fewer than %(n)s open orders")
    elif rule.most_open is None:
        text = _("whichever of %(names)s has the fewest open orders")
    else:
        text = _("whichever of %(names)s has the fewest open orders, and fewer than %(n)s")
    return text % values


def sentence(rule: Rule, names: Mapping[int, str]) -> str:
    """The whole rule."""
    return f"{asked(rule)} → {destination(rule, names)}"


def asked(rule: Rule) -> str:
    """Which orders the rule takes."""
    return ("; " if english() else "；").join(conditions(rule).values()) or _("all orders")


def platform_title(platform: str) -> str:
    """What a platform is called; one we have no name for by its own."""
    return str(PLATFORMS.get(platform, platform))


def one_of(names: Iterable[str]) -> str:
    """Names of which one has to fit: “a” or “b”."""
    quoted = [f"“{name}”" for name in names]
    return reduce(lambda one, other: _("%(one)s or %(other)s") % {"one": one, "other": other}, quoted) if quoted else ""


def _amount(least: Decimal | None, most: Decimal | None) -> str:
    values = {"least": _yuan(least), "most": _yuan(most)}
    if least is None:
        return _("amount up to ¥%(most)s") % values
    if most is None:
        return _("amount from ¥%(least)s") % values
    return _("amount from ¥%(least)s to ¥%(most)s") % values


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}".removesuffix(".00")
