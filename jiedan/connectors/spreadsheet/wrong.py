"""What can be wrong with a file, as a sentence for whoever uploaded it."""


class Unreadable(ValueError):
    """The file as a whole can't be used; says why and what would help."""


class WrongCell(ValueError):
    """A cell isn't what its column asks for; says why and what would be right, without personal data."""
