"""What is wrong with something given: where, why, and what would be right, in Chinese and English."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. FIELD is its place (PLACE_ZH in Chinese, if it differs), CODE is stable."""

    field: str
    code: str
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str
    place_zh: str = ""

    def sentence(self, language: str = "en") -> str:
        """Place, reason and remedy in one line; LANGUAGE "en…" or anything Chinese."""
        if language.startswith("en"):
            return f"{self.field}: {self.reason_en}; {self.remedy_en}"
        return f"{self.place_zh or self.field}：{self.reason_zh}；{self.remedy_zh}"


class WrongInput(ValueError):
    """Something given is wrong; `faults` names every place with reason and remedy. Nothing was changed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.sentence() for fault in self.faults))

    def sentences(self, language: str = "en") -> list[str]:
        """One line for each fault, as a person reads it."""
        return [fault.sentence(language) for fault in self.faults]
