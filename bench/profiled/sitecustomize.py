"""Samples the stacks of every thread of a process, when JIEDAN_BENCH_PROFILE names a folder (see bench/intake.py).

Python imports this module at the start of every process whose PYTHONPATH names this folder. A thread that waits for
a lock, a socket or the database is left out, so what is counted is work that holds the interpreter, or waits for it.
"""

import atexit
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY = 0.005
"""Seconds between two samples."""
WAITING = {
    "wait",
    "acquire",
    "select",
    "poll",
    "accept",
    "get",
    "_wait_for_tstate_lock",
    "serve",
    "_serve",
    "_main_loop",
}
_stacks: Counter[str] = Counter()


def _stack(frame: FrameType | None) -> str:
    names = []
    while frame is not None:
        names.append(
            f"{Path(frame.f_code.co_filename).parent.name}/{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}"
        )
        frame = frame.f_back
    return ";".join(reversed(names))


def _sample() -> None:
    me, since = threading.get_ident(), time.monotonic()
    while True:
        time.sleep(EVERY)
        for thread, frame in sys._current_frames().items():
            if thread != me and frame.f_code.co_name not in WAITING:
                _stacks[_stack(frame)] += 1
        if time.monotonic() - since > 1:
            since = time.monotonic()
            _write()


def _write() -> None:
    folder = Path(os.environ["JIEDAN_BENCH_PROFILE"])
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{stack} {count}\n" for stack, count in list(_stacks.items())]
    (folder / f"{os.getpid()}.stacks").write_text("".join(lines))


def _begin() -> None:
    _stacks.clear()
    threading.Thread(target=_sample, daemon=True, name="profile").start()


if os.environ.get("JIEDAN_BENCH_PROFILE"):
    os.register_at_fork(after_in_child=_begin)
    atexit.register(_write)
    _begin()
