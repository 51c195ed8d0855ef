"""Why a file isn't taken: a word that the other side turns into a sentence."""


class Refusal(Exception):
    """The file isn't what it says, or does what a paper doesn't need to do. `code` is stable, `about` is a detail."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about
