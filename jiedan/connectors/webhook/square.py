"""A simulated square: believable listings in our own contract, and the ways in which a feed of them goes wrong (2.1.1).

The same for the same seed; nobody in them exists.
"""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from jiedan.acquisition.listing_feed import POSTED, WITHDRAWN
from jiedan.connectors.webhook.misbehaviour import SKEW, Step, fault

Listing = dict[str, Any]

WANTED = (
    ("家居/灯具", "会议室吊灯 {n} 套", "含安装，通电验收；要求国标认证", 240),
    ("家居/灯具", "酒店大堂落地灯 {n} 盏", "暖光 3000K，可调光", 320),
    ("家居/家具", "办公桌椅 {n} 套", "需现场组装，旧桌椅回收", 860),
    ("服务/安装", "门店灯箱安装 {n} 处", "需持证电工，夜间施工", 450),
    ("服务/设计", "样板间软装设计 {n} 间", "提交效果图和清单", 5200),
    ("食品/茶叶", "企业团购龙井 {n} 盒", "礼盒包装，附质检报告", 180),
    ("数码/配件", "定制充电宝 {n} 个", "印制公司标识，3C 认证", 59),
    ("纺织/家纺", "员工宿舍四件套 {n} 套", "纯棉，尺码见附表", 128),
)
REGIONS = ("浙江省杭州市", "浙江省宁波市", "上海市", "江苏省苏州市", "广东省深圳市", "四川省成都市", "")


def make_listings(count: int, seed: int, until: datetime) -> list[Listing]:
    """COUNT listings posted in the hours before UNTIL, oldest first."""
    dice = random.Random(seed)  # noqa: S311 - a simulation
    return [_listing(dice, seed, number, until - timedelta(minutes=7 * (count - number))) for number in range(count)]


def _listing(dice: random.Random, seed: int, number: int, posted: datetime) -> Listing:
    category, summary, details, price = dice.choice(WANTED)
    pieces = dice.choice((5, 12, 30, 80, 200))
    found: Listing = {
        "external_id": f"Q{seed:03d}{number:06d}",
        "summary": summary.format(n=pieces),
        "details": details,
        "category": category,
        "region": dice.choice(REGIONS),
        "posted_at": posted.isoformat(),
    }
    if dice.random() < 0.85:
        found["budget"] = f"{price * pieces * dice.choice((8, 10, 11)) / 10:.2f}"
    if dice.random() < 0.8:
        found["needed_on"] = (posted + timedelta(days=dice.randrange(5, 45))).date().isoformat()
    if number % 3 == 0:
        found["valid_until"] = (posted + timedelta(days=2 + number % 5)).isoformat()
    return found


def message(listing: Listing, kind: str = POSTED) -> bytes:
    """The message about a listing."""
    data = listing if kind == POSTED else {"external_id": listing["external_id"]}
    content = {"type": kind, "timestamp": listing["posted_at"], "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def posted(listing: Listing, way: str = "", off: timedelta = timedelta(0)) -> Step:
    """The listing was posted."""
    return Step(message(listing), way, off)


def edited(listing: Listing) -> Listing:
    """The listing as whoever posted it changed it a minute later."""
    later = datetime.fromisoformat(listing["posted_at"]) + timedelta(minutes=1)
    return {**listing, "summary": f"{listing['summary']}（加急）", "updated_at": later.isoformat()}


PLANS: dict[str, Callable[[Listing], list[Step]]] = {
    "duplicate": lambda one: [posted(one), posted(one, "again"), posted(one)],
    "reordered": lambda one: [posted(edited(one)), posted(one)],
    "edit": lambda one: [posted(one), posted(edited(one)), posted(one)],
    "taken_down": lambda one: [posted(one), Step(message(one, WITHDRAWN)), posted(one)],
    "bad_signature": lambda one: [posted(one, "bad_signature"), posted(one)],
    "slow_clock": lambda one: [posted(one, off=-SKEW), posted(one)],
    "cut": lambda one: [posted(one, "cut"), posted(one)],
    "lost": lambda one: [posted(one, "lost"), posted(one)],
    "malformed": lambda one: [Step(message(one)[:-20]), posted(one)],
    "null": lambda one: [Step(b"null"), posted(one)],
    "missing": lambda one: [posted({key: one[key] for key in one if key != "summary"}), posted(one)],
    "negative": lambda one: [posted({**one, "budget": "-1.00"}), posted(one)],
    "number_for_moment": lambda one: [posted({**one, "posted_at": 1789696800}), posted(one)],
    "unknown_fields": lambda one: [posted({**one, "isVip": True}), posted(one)],
}
"""What is sent, in this order, for each way of going wrong; every listing ends with a good message."""

REFUSED = {
    "bad_signature": "bad_signature", "slow_clock": "stale_clock", "malformed": "malformed_json", "null": "not_a_message",
    "missing": "invalid", "negative": "invalid", "number_for_moment": "invalid", "unknown_fields": "invalid",
}  # fmt: skip
"""The cause for which the first message of such a listing has to be refused (and set aside)."""


def plan(listing: Listing, number: int, faults: bool, dice: random.Random) -> tuple[str, list[Step]]:
    """What is sent about the NUMBER-th listing: the name of its fault or "", and the messages."""
    name = fault(list(PLANS), number, dice) if faults else ""
    return (name, PLANS[name](listing)) if name else ("", [posted(listing)])
