"""Many people pressing a button in the same moment: threads with connections of their own, let go together."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import copy_context

from django.db import connection

Press = Callable[[], object]


def together(presses: Sequence[Press]) -> Counter[str]:
    """Let all presses go at once; how often each outcome came: what was returned, or the name of the refusal."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(presses))

    def run(press: Press) -> None:
        try:
            connection.ensure_connection()
            gate.wait(30)
            outcome = str(press())
        except Exception as error:
            outcome = type(error).__name__
        finally:
            connection.close()
        outcomes.append(outcome)

    threads = [threading.Thread(target=copy_context().run, args=(run, press)) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == len(presses), "somebody waits for ever"
    return Counter(outcomes)
