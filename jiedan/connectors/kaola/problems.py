"""What can go wrong when Kaola is called: what was asked, what came back, what to do, in both languages."""

from typing import Any


class KaolaError(Exception):
    """The platform couldn't be used. `sentence` is for people; neither it nor str() holds a secret."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def sentence(self, language: str) -> str:
        """In English for "en…", else in Chinese."""
        return str(self) if language.startswith("en") else self.zh


class KaolaMisconfigured(KaolaError):
    """The address can't be right: nothing was sent."""


class KaolaUnreachable(KaolaError):
    """No answer: time-out, cut connection, 5xx. Trying again later helps."""


class KaolaUnreadable(KaolaError):
    """An answer that isn't what the platform promises."""


class KaolaRefused(KaolaError):
    """The platform refused the request: its code, and its details as [(code, message)]."""

    def __init__(self, zh: str, en: str, code: str, details: list[tuple[str, str]]) -> None:
        super().__init__(zh, en)
        self.code = code
        self.details = details


class KaolaRestless(KaolaError):
    """A list of the platform never stood still while it was read; nothing is lost if the mark isn't moved."""


def refused(asked: str, error: dict[str, Any]) -> KaolaRefused:
    """The refusal behind an error envelope, however it is filled."""
    code = _plain(error.get("code"), 60) or "?"
    message = _plain(error.get("msg"), 200)
    rows = error.get("subErrors")
    details = [
        (_plain(row.get("code"), 80), _plain(row.get("msg"), 200))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    said = " · ".join([f"{code} {message}".strip(), *(f"{sub} {text}".strip() for sub, text in details[:5])])
    zh, en = _ADVICE.get(code, _ADVICE[""])
    return KaolaRefused(
        f"{asked}：平台拒绝：{said}；{zh}", f"{asked}: the platform refuses: {said}; {en}", code, details
    )


_ADVICE = {
    "missing_app_key": ("请检查店铺的 app_key 与授权", "check the shop's app_key and authorisation"),
    "illegal_param": (
        "请检查店铺密钥、授权与系统时钟",
        "check the shop's secret, its authorisation and this machine's clock",
    ),
    "Sys_error_code": ("平台内部出错，稍后会重试", "the platform has trouble of its own; it is tried again later"),
    "": ("请按平台给出的原因处理后重试", "deal with the reason it gives, then try again"),
}


def _plain(value: object, most: int) -> str:
    # What a platform says goes into pages and logs: one line, bounded.
    text = "" if value is None or isinstance(value, dict | list) else str(value)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:most]
