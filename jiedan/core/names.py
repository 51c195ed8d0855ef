"""A person's name, told alike however it is written: with blanks or full-width letters, with or without the dots of 买买提·艾力."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\s·•‧・.．-]")


def told_alike(name: str) -> str:
    """What two ways of writing a name have in common; "" when part of it is hidden, or nothing is left."""
    plain = _BETWEEN.sub("", name if name.isalpha() and name.isascii() else unicodedata.normalize("NFKC", name))
    return "" if "*" in plain else plain.casefold()
