"""What routing looks at: the order as it came, and how things stand at this moment (clause 1.3.4).

Pure. Texts are compared without regard to case, regions without regard to spaces and to "省", "市", "自治区".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from jiedan.acquisition.incoming import IncomingOrder

_SUFFIXES = re.compile("特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市|\\s")
_CITY_PROVINCES = re.compile("^(北京|天津|上海|重庆)\\1")


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What rules ask about an order: `total` in yuan, `region` and `text` in their plain forms."""

    shop: str
    categories: tuple[str, ...] = ()
    platform: str = ""
    total: Decimal = Decimal(0)
    region: str = ""
    text: str = ""

    @classmethod
    def of(cls, incoming: IncomingOrder) -> "RoutingFacts":
        """The facts of an order as any channel brings it."""
        receiver = incoming.receiver
        return cls(
            incoming.shop,
            tuple(line.category for line in incoming.lines),
            incoming.platform,
            incoming.total,
            plain_region(receiver.province + receiver.city + receiver.district),
            plain_text(
                *(line.name for line in incoming.lines),
                incoming.requirements,
                incoming.buyer_remark,
                incoming.seller_remark,
            ),
        )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stand: departments in use, how many orders each has open, whether the company works now."""

    active: frozenset[int]
    loads: Mapping[int, int] = field(default_factory=dict)
    is_open: bool = True


@lru_cache(maxsize=4096)
def plain_region(text: str) -> str:
    """A region as it is compared: "浙江省 杭州市" is "浙江杭州"; "上海市上海市浦东新区" is "上海浦东新区"."""
    return _CITY_PROVINCES.sub(r"\1", _SUFFIXES.sub("", text))


def plain_text(*texts: str) -> str:
    """Texts as words are looked for in them."""
    return "\n".join(texts).casefold()


def within(category: str, found: str) -> bool:
    """Whether FOUND is CATEGORY or one below it: "家居/灯具" is within "家居"."""
    return found == category or found.startswith(f"{category}/")


def any_within(categories: Iterable[str], found: Iterable[str]) -> bool:
    """Whether one of those FOUND is within one of the CATEGORIES."""
    wanted = tuple(categories)
    return any(within(category, one) for one in found for category in wanted)
