"""Characters that nobody sees and that make one number another: they come along when it is copied from a page or a chat."""

ZERO_WIDTH = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
    # Marks of writing direction, which telephones put around the numbers of their contacts.
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_NOTHING = dict.fromkeys(map(ord, ZERO_WIDTH))


def removed(text: str) -> str:
    """TEXT without characters of no width, and without blanks at its ends."""
    # Hardly any text has some, and whatever has isn't printable.
    return text.strip() if text.isprintable() else text.translate(_NOTHING).strip()


def removed_at_ends(text: str) -> str:
    """TEXT without blanks and characters of no width at its ends; inside, they may join letters or pictures."""
    found = text.strip()
    while found.strip(ZERO_WIDTH) != found:
        found = found.strip(ZERO_WIDTH).strip()
    return found
