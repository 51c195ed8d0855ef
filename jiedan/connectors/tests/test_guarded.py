"""Posting to addresses that others named: never into our own network, to whom it was looked at, and not for ever (R19)."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jiedan.connectors import guarded

HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "0x7f.1", "0x7f000001", "2130706433", "017700000001",
    "0177.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "10.0.0.1", "10.255.255.255", "172.16.0.1",
    "172.31.255.255", "192.168.0.1", "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:8.8.8.8]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::]", "[fe80::1]", "[fc00::1]",
    "[fd12:3456:789a::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "user@127.0.0.1", "user:pw@127.0.0.1", "1.1.1.1@127.0.0.1",
    "example.com@127.0.0.1:80", "127.0.0.1:22", "127.0.0.1:6379", "[::1]:5432",
)  # fmt: skip
OTHERS = (
    "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:70/", "javascript:1", "//127.0.0.1/", "127.0.0.1", "",
    "http://", "http:///x", "https://[::1", "http://127.0.0.1\t/", "http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/",
)  # fmt: skip


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where connections were opened to; none goes through."""
    found: list[Any] = []

    def create_connection(address: Any, *_unused: Any, **_more: Any) -> socket.socket:
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    return found


@pytest.mark.parametrize("address", [*(f"http://{host}/hook" for host in HOSTS), *OTHERS])
def test_no_connection_is_opened_into_our_own_network(address: str, dialled: list[Any]) -> None:
    assert guarded.post(address, b"{}", {}).status is None
    assert dialled == []


def test_a_public_address_is_dialled_so_that_the_others_mean_something(dialled: list[Any]) -> None:
    assert guarded.post("http://1.1.1.1/hook", b"{}", {}).error == "ConnectError"
    assert dialled == [("1.1.1.1", 80)]


def test_a_name_that_changes_its_address_is_asked_once_and_that_answer_counts(
    dialled: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["1.1.1.1", "127.0.0.1"])

    def getaddrinfo(_host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    guarded.post("http://rebinding.example/hook", b"{}", {})
    assert dialled == [("1.1.1.1", 80)]


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    dialled: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80)) for host in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_unused, **_more: rows)
    assert guarded.post("http://both.example/", b"{}", {}).error == "NotPublic"
    assert dialled == []


@pytest.fixture
def local(settings: Any) -> None:
    settings.PRIVATE_RECEIVERS = True


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(secured: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        server.socket = secured(server.socket)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.usefixtures("local")
def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with served() as port:
        answer = guarded.post(f"http://127.0.0.1:{port}/moved", b"{}", {})
    assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.1:1/")


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate for "localhost" that this machine trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "localhost.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    guarded._trust.cache_clear()
    yield path
    guarded._trust.cache_clear()


@pytest.mark.usefixtures("local")
def test_over_tls_the_name_is_asked_for_and_held_against_the_certificate(certificate: Path) -> None:
    named: list[str | None] = []

    def secured(plain: socket.socket) -> socket.socket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _line, name, _context: named.append(name)
        return context.wrap_socket(plain, server_side=True)

    with served(secured) as port:
        well = guarded.post(f"https://localhost:{port}/hook", b"{}", {})
        # The certificate says localhost and nothing of an address.
        other = guarded.post(f"https://127.0.0.1:{port}/hook", b"{}", {})
    assert (well.status, well.body, named[0]) == (200, f"localhost:{port}".encode(), "localhost")
    assert (other.status, other.error) == (None, "ConnectError")


@contextmanager
def dripping(first: bytes) -> Iterator[int]:
    """Answers byte by byte, as long as anybody listens."""

    def drip(listening: socket.socket) -> None:
        line, _address = listening.accept()
        with line:
            line.recv(65536)
            try:
                line.sendall(first)
                while True:
                    line.sendall(b"x")
                    time.sleep(0.02)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"])
def test_an_answer_that_drips_is_ended_as_a_whole(first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "PATIENCE", 0.4)
    with dripping(first) as port:
        began = time.monotonic()
        answer = guarded.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert (answer.status, time.monotonic() - began < 3) == (None, True)


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"not http\r\n\r\n"]
)
def test_an_answer_that_is_cut_is_none(said: bytes) -> None:
    def answer_once(listening: socket.socket) -> None:
        line, _address = listening.accept()
        with line:
            line.recv(65536)
            line.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer_once, args=(listening,), daemon=True).start()
        answer = guarded.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    assert answer.status is None


@pytest.mark.usefixtures("local")
def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (guarded.LARGEST + 1)) as port:
        assert guarded.post(f"http://127.0.0.1:{port}/", b"{}", {}).error == "AnswerTooLong"


def test_there_are_sixty_tricky_addresses_and_more() -> None:
    assert len(HOSTS) + len(OTHERS) >= 60
    assert all(not ip_address(host).is_global for host in ("10.0.0.1", "169.254.169.254"))
