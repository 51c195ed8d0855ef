"""A distributor of a Yanxuan channel played over real HTTP: pushes orders to us, and is called back."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jiedan.connectors.yanxuan import protocol
from jiedan.connectors.yanxuan.distributor import APP_KEY, SECRET, Distributor
from jiedan.connectors.yanxuan.generator import make_orders
from jiedan.connectors.yanxuan.protocol import Refusal

__all__ = ["APP_KEY", "SECRET", "Distributor", "running", "serve"]

LARGEST_REQUEST = 1 << 20


class _Handler(BaseHTTPRequestHandler):
    """Callbacks: each is verified like the platform's clients do, kept, and answered with an envelope."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    distributor: Distributor

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_REQUEST:
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        with self.distributor.lock:
            fault = self.distributor.callback_faults.pop(0) if self.distributor.callback_faults else ""
        if fault == "cut":
            self.close_connection = True
            return
        if fault == "error_500":
            self._send(500, b"<html>busy</html>")
            return
        self._send(200, json.dumps(self._taken(body, fault)).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _taken(self, body: bytes, fault: str) -> dict[str, Any]:
        distributor = self.distributor
        try:
            given = protocol.parameters_of(urlsplit(self.path).query.encode(), body)
            protocol.check(given, distributor.app_key, [distributor.secret], distributor.now())
        except Refusal as refused:
            return refused.envelope()
        if fault == "refuse":
            return Refusal(500, "busy", "系统繁忙", "busy").envelope()
        with distributor.lock:
            distributor.callbacks.append(given)
        return protocol.success(None)

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet about clients that hang up; everything else is told as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


@contextmanager
def running(distributor: Distributor, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """The distributor listens for callbacks on a free port: their address."""
    server = _Server((host, port), type("Handler", (_Handler,), {"distributor": distributor}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}/callback"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
        distributor.close()


def serve(
    distributor: Distributor, port: int, orders: int, threads: int = 8, once: bool = False, log: Path | None = None
) -> bool:
    """Register for callbacks, push ORDERS (several at once), then wait for callbacks until stopped; ONCE ends after the orders.

    Writes into LOG what was done about each order, a JSON object a line. Returns whether all were acknowledged.
    """
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_unused: stopped.set())
    with running(distributor, port) as address:
        _say(f"Yanxuan simulator: callbacks to {address}")
        distributor.call(protocol.REGISTER, methods=json.dumps([protocol.CANCEL_DECIDED]))
        distributor.push(make_orders(orders, distributor.seed, distributor.now()), threads)
        found = distributor.account()
        _say(json.dumps(found, ensure_ascii=False))
        if log is not None:
            log.write_text("".join(f"{line}\n" for line in distributor.lines()), encoding="utf-8")
        try:
            while not once and not stopped.wait(1):
                pass
        except KeyboardInterrupt:
            pass
    return bool(found["orders"] == found["acknowledged"])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
