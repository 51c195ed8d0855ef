"""A wrong value as a reason may quote it: reasons go on record, so what could be personal is only hinted at (P-01)."""

import re

_PLAIN = re.compile(r"[-+\d.,:/ TZe¥￥]+", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{7}")


def hinted(text: str) -> str:
    """TEXT when it is short and looks like a number or a time; of all else the first character."""
    plain = len(text) <= 30 and _PLAIN.fullmatch(text) and not _LONG_NUMBER.search(text)
    return text if plain or len(text) < 2 else f"{text[0]}***"
