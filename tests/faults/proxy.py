"""A hostile network between two programs: a TCP proxy that loses, cuts, doubles and delays what it carries.

It reads one request at a time, so that each fault happens where it hurts: after the other side has done the work and
before it could say so, or in the middle of what it is told.
"""

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Sequence

FAULTS = (
    "answer_lost", "reset", "reset_early", "truncated", "request_cut", "duplicated", "slow", "black_hole",
)  # fmt: skip
_RESET = struct.pack("ii", 1, 0)


class FaultProxy:
    """Listens on `port` and carries to UPSTREAM; SHARE of the requests meet a fault. `faulted` counts them."""

    def __init__(self, upstream: int, seed: int, share: float = 0.7, faults: Sequence[str] = FAULTS) -> None:
        self._upstream = upstream
        self._dice = random.Random(seed)
        self._share = share
        self._faults = faults
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self.faulted: Counter[str] = Counter()
        self.passed = 0
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._ending.set()
        # Closing alone doesn't wake who accepts.
        with socket.create_connection(("127.0.0.1", self.port), timeout=5):
            pass
        self._thread.join(5)
        self._listening.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            link, _address = self._listening.accept()
            threading.Thread(target=self._carry, args=(link,), daemon=True).start()

    def _carry(self, link: socket.socket) -> None:
        with link:
            link.settimeout(30)
            try:
                while not self._ending.is_set() and (request := _whole(link)):
                    if not self._pass_on(link, request):
                        return
            except OSError:
                return

    def _pass_on(self, link: socket.socket, request: bytes) -> bool:
        """Carry one request; whether the connection goes on."""
        fault = self._chosen()
        if fault is None:
            answer = _asked(self._upstream, request)
            link.sendall(answer)
            return bool(answer)
        act = getattr(self, f"_{fault}")
        act(link, request)
        return False

    def _chosen(self) -> str | None:
        with self._lock:
            if self._dice.random() >= self._share:
                self.passed += 1
                return None
            # A black hole costs the sender a whole time-out, so there are fewer of them.
            fault = self._dice.choice(self._faults)
            if fault in ("black_hole", "slow") and len(self._faults) > 1 and self._dice.random() < 0.8:
                fault = self._faults[0]
            self.faulted[fault] += 1
            return fault

    def _answer_lost(self, _link: socket.socket, request: bytes) -> None:
        _asked(self._upstream, request)

    def _reset(self, link: socket.socket, request: bytes) -> None:
        _asked(self._upstream, request)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _reset_early(self, link: socket.socket, _request: bytes) -> None:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _truncated(self, link: socket.socket, request: bytes) -> None:
        answer = _asked(self._upstream, request)
        link.sendall(answer[: self._part(answer)])

    def _request_cut(self, _link: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._upstream), timeout=10) as onward:
            onward.sendall(request[: self._part(request)])

    def _duplicated(self, link: socket.socket, request: bytes) -> None:
        second = threading.Thread(target=_quietly_asked, args=(self._upstream, request), daemon=True)
        second.start()
        answer = _asked(self._upstream, request)
        second.join(30)
        link.sendall(answer)

    def _slow(self, link: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._upstream), timeout=10) as onward:
            step = max(1, len(request) // 10)
            for start in range(0, len(request), step):
                onward.sendall(request[start : start + step])
                time.sleep(0.02)
            answer = _whole(onward)
        for start in range(0, len(answer), 40):
            link.sendall(answer[start : start + 40])
            time.sleep(0.005)

    def _black_hole(self, link: socket.socket, _request: bytes) -> None:
        # Until the sender gives up.
        link.recv(1)

    def _part(self, data: bytes) -> int:
        with self._lock:
            return self._dice.randrange(1, max(2, len(data)))


def _asked(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as onward:
        onward.sendall(request)
        return _whole(onward)


def _quietly_asked(port: int, request: bytes) -> None:
    try:
        _asked(port, request)
    except OSError:
        return


def _whole(link: socket.socket) -> bytes:
    """One whole request or answer; less when the other side closes."""
    data = b""
    while not _complete(data):
        more = link.recv(65536)
        if not more:
            return data
        data += more
    return data


def _complete(data: bytes) -> bool:
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap:
        return False
    fields = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in fields:
        return body.endswith(b"0\r\n\r\n")
    length = next((int(line[15:]) for line in fields if line.startswith(b"content-length:")), 0)
    return len(body) >= length
