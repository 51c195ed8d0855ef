"""`make run` finds its ports, starts its programs and takes all of them along when it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tools import launch
from tools.console import ROOT, Failed


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_that_is_taken_is_refused_with_the_remedy(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failed) as refused:
        launch.wanted_port(str(taken))
    assert refused.value.code == 2
    remedy = f"Port {taken} is taken. Stop what runs there, or choose another: PORT=8080 make run\n"
    assert capsys.readouterr().err == remedy


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "8000x", "八千", "８０００"])
def test_what_is_no_port_is_refused_with_what_is_allowed(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failed):
        launch.wanted_port(text)
    assert capsys.readouterr().err == f"PORT={text!r} is not usable. Allowed: a number from 1 to 65535.\n"


def test_the_simulator_gets_another_port_when_the_next_one_is_taken(taken: int) -> None:
    found = launch.free_port(taken)
    assert found != taken
    assert launch.free_port(found) == found
    assert 1 <= launch.free_port(65536) <= 65535


RUN = """
import sys
from tools.launch import Children
from tools.console import environment
web = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", sys.argv[2], sys.argv[1]]
other = [sys.executable, "-c", sys.argv[3]]
raise SystemExit(Children(environment()).watch(web, {"worker": other}, f"http://127.0.0.1:{sys.argv[1]}", "greeting"))
"""
SLEEP = "import subprocess; subprocess.run(['sleep', '600'])"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Start]:
    """Start a run whose second program is this Python text."""
    (tmp_path / "healthz").write_text("ok")
    started = []

    def start(other: str) -> "subprocess.Popen[str]":
        words = [sys.executable, "-c", RUN, str(launch.free_port(65536)), str(tmp_path), other]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(words, cwd=ROOT, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield start
    for child in started:
        child.kill()
        child.communicate()


def family(child: "subprocess.Popen[str]", size: int) -> list[psutil.Process]:
    deadline = time.monotonic() + 60
    while len(found := psutil.Process(child.pid).children(recursive=True)) < size:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_well_with_all_it_started(number: signal.Signals, running: Start) -> None:
    child = running(SLEEP)
    everybody = family(child, 3)
    os.kill(child.pid, number)
    out, _errors = child.communicate(timeout=30)
    assert child.returncode == 0
    assert out.endswith("greeting\n")
    assert psutil.wait_procs(everybody, timeout=5)[1] == []


def test_what_does_not_stop_in_time_is_killed_and_named(running: Start) -> None:
    child = running(STUBBORN)
    everybody = family(child, 3)
    began = time.monotonic()
    child.terminate()
    _out, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert 9 < time.monotonic() - began < 30
    assert re.search(r"SIG_IGN.* didn't stop within 10 seconds and is killed\.\n", errors)
    assert psutil.wait_procs(everybody, timeout=5)[1] == []


def test_a_program_that_ends_by_itself_ends_the_run_and_is_named(running: Start) -> None:
    child = running("raise SystemExit(3)")
    _out, errors = child.communicate(timeout=60)
    assert child.returncode == 2
    assert errors.endswith("The worker ended by itself (exit code 3); see above.\n")


def test_the_programs_end_when_the_run_itself_is_killed(running: Start) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent is gone")
    child = running("import time; time.sleep(600)")
    everybody = family(child, 2)
    child.kill()
    child.communicate()
    assert psutil.wait_procs(everybody, timeout=10)[1] == []
