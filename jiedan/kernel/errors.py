"""How a step can be refused. Each carries the sentence that the person reads and leaves everything unchanged."""

from collections.abc import Mapping

from django.utils.functional import Promise

Sentence = str | Promise


class StepRefused(Exception):
    """A step was not taken; nothing has changed. `code` is stable, `status` is the HTTP status."""

    status = 409
    code = "refused"

    def __init__(self, sentence: Sentence, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or type(self).code


class Forbidden(StepRefused):
    """The person has no right to this step (here)."""

    status = 403
    code = "not_yours"


class Refused(StepRefused):
    """The step can't be taken now: wrong stage, or a guard says why not."""


class Stale(StepRefused):
    """Somebody else was faster: the version the caller saw is no longer the current one."""

    status = 412
    code = "stale_version"

    def __init__(self, sentence: Sentence, current: int) -> None:
        super().__init__(sentence)
        self.current = current


class Invalid(StepRefused):
    """The input is wrong: for each field, what is wrong with it and what would be right."""

    status = 422
    code = "invalid_input"

    def __init__(self, fields: Mapping[str, list[str]], sentence: Sentence) -> None:
        super().__init__(sentence)
        self.fields = {name: list(reasons) for name, reasons in fields.items()}
