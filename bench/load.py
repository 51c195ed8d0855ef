"""A load generator in a process of its own: many keep-alive connections, each with one request under way.

`run` starts it, `python -m bench.load` is it: a plan as JSON comes in, a report goes out. Requests are rendered and
signed before the first is sent. Latency is from the first byte sent to the last byte of the answer. With a rate,
requests keep to a timetable and what waits for a free connection counts as latency too.
"""

import json
import select
import socket
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from bench.measure import share
from bench.pushes import Target, accepted, request

LAST_CHUNK = b"0\r\n\r\n"
PATIENCE = 60.0
"""Seconds without any answer after which the generator gives up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: requests FIRST to FIRST + COUNT, over so many connections; RATE 0 is as fast as answers come."""

    target: Target
    first: int
    count: int
    connections: int = 128
    size: int = 1
    rate: float = 0.0
    seed: str = "P"
    until_closed: bool = False
    """Stop early when standard input is closed."""


@dataclass(slots=True)
class Report:
    """What came of it; times are in milliseconds, `rate` is orders acknowledged in a second."""

    seconds: float
    rate: float
    p50: float
    p99: float
    worst: float
    by_status: dict[str, int]
    dropped: int
    acknowledged: list[int]
    refusals: list[str] = field(default_factory=list)


def run(plan: Plan) -> Report:
    """Carry the plan out in another process and wait for it."""
    return finished(start(plan))


def start(plan: Plan) -> "subprocess.Popen[str]":
    """Begin in another process; `finished` gives its report."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if process.stdin is not None:
        process.stdin.write(json.dumps(asdict(plan)) + "\n")
        process.stdin.flush()
    return process


def finished(process: "subprocess.Popen[str]", stop: bool = False) -> Report:
    """The report; with STOP the plan ends with what is under way. Raises SystemExit when the generator failed."""
    with process:
        if stop and process.stdin is not None:
            process.stdin.close()
        out = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit("the load generator failed")
    return Report(**json.loads(out))


class _Connection:
    """One socket with the request under way on it."""

    __slots__ = ("began", "got", "need", "number", "socket", "to_send")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.number, self.got, self.need, self.to_send, self.began = -1, b"", 0, b"", 0.0

    def begin(self, number: int, data: bytes, began: float) -> None:
        """Send a request; what doesn't fit into the buffer now follows."""
        self.number, self.got, self.need, self.began = number, b"", 0, began
        self.to_send = data
        self.push()

    def push(self) -> None:
        """Send more of the request."""
        if self.to_send:
            try:
                self.to_send = self.to_send[self.socket.send(self.to_send) :]
            except BlockingIOError:
                return

    def pull(self) -> bool | None:
        """Read; True when the answer is complete, None when the other side has closed."""
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            return None
        if not data:
            return None
        self.got += data
        if not self.need:
            head = self.got.find(b"\r\n\r\n")
            if head < 0:
                return False
            length = _length(self.got[:head])
            self.need = 0 if length is None else head + 4 + length
        return len(self.got) >= self.need and (self.need > 0 or self.got.endswith(LAST_CHUNK))


def _length(head: bytes) -> int | None:
    """The body's length in bytes; None when it comes in chunks and ends with an empty one."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return None


def _unchunked(body: bytes) -> bytes:
    plain = b""
    while body:
        size, _end, rest = body.partition(b"\r\n")
        plain, body = plain + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return plain


class Generator:
    """Sends the requests over its connections until all are answered."""

    def __init__(self, plan: Plan, requests: list[bytes], closed: Callable[[], bool] = lambda: False) -> None:
        self._plan = plan
        self._requests = requests
        self._closed = closed
        self._poll = select.epoll()
        self._by_fd: dict[int, _Connection] = {}
        self._idle: deque[_Connection] = deque()
        self._next = 0
        self._open = 0
        self._timetable: list[float] = []
        self.latencies: list[float] = []
        self.by_status: Counter[str] = Counter()
        self.acknowledged: list[int] = []
        self.refusals: list[str] = []
        self.dropped = 0

    def carry_out(self) -> float:
        """Seconds from the first request to the last answer."""
        for _ in range(min(self._plan.connections, len(self._requests))):
            self._idle.append(self._connect())
        began = perf_counter()
        if self._plan.rate:
            self._timetable = [began + number / self._plan.rate for number in range(len(self._requests))]
        self._send_due()
        heard = began
        while self._open or (self._next < len(self._requests) and not self._closed()):
            for fd, event in self._poll.poll(self._pause()):
                self._happened(self._by_fd[fd], event)
                heard = perf_counter()
            self._send_due()
            if perf_counter() - heard > PATIENCE:
                raise SystemExit(f"{self._open} requests have had no answer for {PATIENCE:.0f} seconds")
        return perf_counter() - began

    def _connect(self) -> _Connection:
        made = _Connection(self._plan.target.port)
        self._by_fd[made.socket.fileno()] = made
        self._poll.register(made.socket, select.EPOLLIN)
        return made

    def _pause(self) -> float:
        if self._timetable and self._next < len(self._requests) and self._idle:
            return max(0.0, min(0.5, self._timetable[self._next] - perf_counter()))
        return 0.5

    def _send_due(self) -> None:
        while self._idle and self._next < len(self._requests) and not self._closed():
            now = perf_counter()
            due = self._timetable[self._next] if self._timetable else now
            if due > now:
                return
            connection = self._idle.popleft()
            number, self._next, self._open = self._next, self._next + 1, self._open + 1
            connection.begin(number, self._requests[number], due)
            if connection.to_send:
                self._poll.modify(connection.socket, select.EPOLLIN | select.EPOLLOUT)

    def _happened(self, connection: _Connection, event: int) -> None:
        if event & select.EPOLLOUT:
            connection.push()
            if not connection.to_send:
                self._poll.modify(connection.socket, select.EPOLLIN)
        if not event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            return
        complete = connection.pull()
        if complete is None:
            self._replace(connection)
        elif complete:
            self._answered(connection)
            self._idle.append(connection)

    def _answered(self, connection: _Connection) -> None:
        self._open -= 1
        self.latencies.append(1000 * (perf_counter() - connection.began))
        status = int(connection.got[9:12])
        self.by_status[str(status)] += 1
        body = connection.got[connection.got.find(b"\r\n\r\n") + 4 :]
        if not connection.need:
            body = _unchunked(body)
        if accepted(self._plan.target.channel, status, body):
            self.acknowledged.append(self._plan.first + connection.number)
        elif len(self.refusals) < 5:
            self.refusals.append(f"{status} {body[:500].decode(errors='replace')}")

    def _replace(self, connection: _Connection) -> None:
        # Closed by the other side: an answer that is owed is lost, an idle connection is only opened again.
        del self._by_fd[connection.socket.fileno()]
        self._poll.unregister(connection.socket)
        connection.socket.close()
        if connection in self._idle:
            self._idle.remove(connection)
        else:
            self._open -= 1
            self.dropped += 1
        self._idle.append(self._connect())

    def report(self, seconds: float) -> Report:
        """Everything counted."""
        return Report(
            seconds, len(self.acknowledged) * self._plan.size / seconds, share(self.latencies, 0.5),
            share(self.latencies, 0.99), max(self.latencies), dict(self.by_status), self.dropped,
            sorted(self.acknowledged), self.refusals,
        )  # fmt: skip


def _input_closed() -> bool:
    readable, _w, _x = select.select([sys.stdin], [], [], 0)
    return bool(readable)


def main() -> None:
    """Read a plan from standard input, carry it out, print the report."""
    given: dict[str, Any] = json.loads(sys.stdin.readline())
    plan = Plan(**{**given, "target": Target(**given["target"])})
    now = datetime.now(UTC)
    numbers = range(plan.first, plan.first + plan.count)
    requests = [request(plan.target, number, now, plan.seed, plan.size) for number in numbers]
    generator = Generator(plan, requests, _input_closed if plan.until_closed else lambda: False)
    seconds = generator.carry_out()
    print(json.dumps(asdict(generator.report(seconds))))


if __name__ == "__main__":
    main()
