"""Screening an order's words and categories against what the law prohibits and a platform's rules forbid (1.3.1)."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Ban(StrEnum):
    """Why something is on the list."""

    PROHIBITED = "prohibited"
    PLATFORM = "platform"


class Place(StrEnum):
    """Where the listed words are looked for."""

    WORD = "word"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: words (or categories with those below them), and the note that a reader sees."""

    ban: Ban
    place: Place
    words: tuple[str, ...]
    note: str = ""

    def kept(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {"ban": self.ban.value, "place": self.place.value, "words": list(self.words), "note": self.note}

    @classmethod
    def read(cls, kept: Any) -> Self:
        """Read an entry back."""
        return cls(Ban(kept["ban"]), Place(kept["place"]), tuple(kept["words"]), kept["note"])


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of an order: where it stands, what it says, and whether it is a category."""

    where: str
    text: str
    category: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed word that an order holds: which, why it is listed, and where it stands."""

    ban: Ban
    word: str
    note: str
    where: str
    excerpt: str


def screen(texts: Iterable[Text], entries: Sequence[Entry]) -> list[Hit]:
    """Every listed word that stands somewhere, each once for each place, in the order of the texts.

    Width, case and blanks make no difference: "Ａ K 47" is "ak47".
    """
    return [hit for text in texts for entry in entries for hit in _hits(text, entry)]


def _hits(text: Text, entry: Entry) -> Iterable[Hit]:
    if text.category is not (entry.place is Place.CATEGORY):
        return
    said = plain(text.text)
    for word in entry.words:
        sought = plain(word)
        if said == sought or (said.startswith(f"{sought}/") if text.category else sought in said):
            yield Hit(entry.ban, word, entry.note, text.where, _excerpt(text.text, word))


def _excerpt(text: str, word: str) -> str:
    found = text.lower().find(word.lower())
    start = max(0, found - 10)
    return text[start : start + len(word) + 20].strip()


def plain(text: str) -> str:
    """The text without what only looks different."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def remedy(hit: Hit) -> tuple[str, str]:
    """What keeps words that a hit is about out of terms and contracts, and what to do; in Chinese and English."""
    note_zh, note_en = (f"（{hit.note}）" if hit.note else ""), (f" ({hit.note})" if hit.note else "")
    if hit.ban is Ban.PROHIBITED:
        return (
            f"“{hit.word}”在筛查清单中属于禁止经营{note_zh}，请删除；不得与客户约定。",
            f"“{hit.word}” is listed as prohibited{note_en}; take it out. It can't be agreed on.",
        )
    return (
        f"“{hit.word}”在筛查清单中违反平台规则{note_zh}，请删除，或请决策人说明理由后放行。",
        f"“{hit.word}” is listed as against a platform's rules{note_en}; take it out, or have a decision maker allow it with a reason.",
    )


STANDARD: tuple[Entry, ...] = (
    Entry(Ban.PROHIBITED, Place.WORD, ("枪支", "弹药", "仿真枪", "管制刀具", "爆炸物"), "枪支弹药、管制器具不得经营"),
    Entry(Ban.PROHIBITED, Place.WORD, ("毒品", "罂粟", "笑气"), "毒品及制毒物品不得经营"),
    Entry(Ban.PROHIBITED, Place.WORD, ("象牙", "犀牛角", "虎骨", "穿山甲"), "国家重点保护野生动植物及制品不得经营"),
    Entry(Ban.PROHIBITED, Place.WORD, ("假币", "发票代开", "代开发票", "公章刻制"), "票证、印章类违法物品与服务"),
    Entry(Ban.PROHIBITED, Place.CATEGORY, ("烟草", "成人/处方药"), "须专营许可，本公司不具备"),
    Entry(Ban.PLATFORM, Place.WORD, ("高仿", "复刻", "原单尾货", "刷单", "好评返现"), "平台规则禁止售假与虚假交易"),
    Entry(Ban.PLATFORM, Place.WORD, ("微信转账", "线下交易", "私下付款"), "平台规则禁止脱离平台交易"),
)
"""What is screened against until the company sets a list of its own."""
