import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificates
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from jiedan.config import WrongSetting
from jiedan.documents import certificates, signing
from jiedan.documents.tests.papers import AT, contract, pdf
from tests.cast import Cast

needs_pdfsig = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(cast: Cast) -> bytes:
    return signing.sign(contract(), "双方签署", AT, "李建国")


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_what_was_signed_here_is_valid_trusted_and_says_when_and_by_whom(signed: bytes) -> None:
    verdict = signing.verify(signed)
    assert (verdict.state, verdict.signatures, verdict.covers_whole, verdict.altered) == ("valid", 1, True, False)
    assert verdict.signed_at == AT.isoformat()
    assert verdict.signer == certificates.identity().name


@pytest.mark.parametrize("part", [0.05, 0.4, 0.8, 0.999])
def test_one_flipped_byte_makes_it_altered(signed: bytes, part: float) -> None:
    covered = signed.index(b"/Contents <") if part < 0.9 else len(signed)
    found = signing.verify(_flipped(signed, int(covered * part)))
    assert found.state in ("altered", "none")
    assert not found.valid


def test_something_added_behind_the_signature_makes_it_altered(signed: bytes) -> None:
    assert signing.verify(signed + b"\n% more\n").state == "altered"
    assert signing.verify(signed + b"\n% more\n%%EOF\n").state == "altered"


def test_a_second_signature_leaves_the_first_valid(signed: bytes) -> None:
    twice = signing.sign(signed, "复核", AT + timedelta(hours=1), "王思远")
    assert (signing.verify(twice).state, signing.verify(twice).signatures) == ("valid", 2)


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\n/ByteRange", pdf()])
def test_what_carries_no_signature_has_none(cast: Cast, data: bytes) -> None:
    assert signing.verify(data) == signing.Verdict()


def test_what_is_no_pdf_cant_be_signed(cast: Cast) -> None:
    with pytest.raises(signing.NotSignable):
        signing.sign(b"not a pdf", "x", AT, "y")


def test_the_keys_are_readable_for_their_owner_alone(signed: bytes, settings: object) -> None:
    folder = Path(settings.KEYS_DIR)  # type: ignore[attr-defined]
    assert {oct((folder / name).stat().st_mode & 0o777) for name in ("signing.key", "signing-ca.key")} == {"0o600"}
    assert b"PRIVATE" not in certificates.root_pem()


@needs_pdfsig
def test_debians_pdfsig_calls_it_valid_and_one_flipped_byte_invalid(signed: bytes, tmp_path: Path) -> None:
    path, flipped = tmp_path / "signed.pdf", tmp_path / "flipped.pdf"
    path.write_bytes(signed)
    flipped.write_bytes(_flipped(signed, 3000))
    assert "Signature is Valid." in _pdfsig(path)
    assert "Total document signed" in _pdfsig(path)
    assert "Digest Mismatch." in _pdfsig(flipped)


@needs_pdfsig
@pytest.mark.skipif(shutil.which("certutil") is None, reason="libnss3-tools is not installed")
def test_pdfsig_trusts_it_once_it_knows_our_root(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    (tmp_path / "ca.pem").write_bytes(certificates.root_pem())
    database = f"sql:{tmp_path}"
    _run("certutil", "-N", "-d", database, "--empty-password")
    _run("certutil", "-A", "-d", database, "-n", "jiedan", "-t", "CT,C,C", "-i", str(tmp_path / "ca.pem"))
    assert "Certificate is Trusted." in _pdfsig(tmp_path / "signed.pdf", "-nssdir", database)


def _pdfsig(path: Path, *options: str) -> str:
    return subprocess.run(["pdfsig", *options, str(path)], capture_output=True, text=True, check=False).stdout


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


# A company that has its own certificate ----------------------------------------------------------------------------


def _own(folder: Path, password: str) -> Path:
    text = (folder / "signing.key").read_bytes()
    own, *others = load_pem_x509_certificates(text)
    key = serialization.load_pem_private_key(text, None)
    sealed = serialization.BestAvailableEncryption(password.encode())
    path = folder / "company.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"jiedan", key, own, others, sealed))  # type: ignore[arg-type]
    return path


def test_the_companys_own_pkcs12_signs_instead(signed: bytes, settings: object) -> None:
    settings.SIGNING_PKCS12 = _own(Path(settings.KEYS_DIR), "geheim")  # type: ignore[attr-defined]
    settings.SIGNING_PASSWORD = "geheim"  # type: ignore[attr-defined]
    assert signing.verify(signing.sign(contract(), "双方签署", AT, "李建国")).state == "valid"


def test_a_wrong_password_of_the_pkcs12_is_named(signed: bytes, settings: object) -> None:
    settings.SIGNING_PKCS12 = _own(Path(settings.KEYS_DIR), "geheim")  # type: ignore[attr-defined]
    settings.SIGNING_PASSWORD = "wrong"  # type: ignore[attr-defined]
    with pytest.raises(WrongSetting, match="JIEDAN_SIGNING_PASSWORD opens"):
        signing.sign(contract(), "x", AT, "y")


# A time-stamp authority --------------------------------------------------------------------------------------------


class _Authority(BaseHTTPRequestHandler):
    """Answers RFC 3161 requests with pyHanko's own stamper, signing with our certificate."""

    def do_POST(self) -> None:
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        us = certificates.identity()
        body = (
            DummyTimeStamper(us.certificate, us.key, certs_to_embed=None, fixed_dt=AT)
            .request_tsa_response(asked)
            .dump()
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: object) -> None:
        """Quiet."""


@pytest.fixture
def authority() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Authority) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_an_authority_confirms_the_time(signed: bytes, authority: str, settings: object) -> None:
    settings.TIMESTAMP_URL = authority  # type: ignore[attr-defined]
    assert signing.verify(signing.sign(contract(), "双方签署", AT, "李建国")).timestamped_at == AT.isoformat()


def test_an_authority_that_doesnt_answer_doesnt_hold_up_the_signature(signed: bytes, settings: object) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"  # type: ignore[attr-defined]
    verdict = signing.verify(signing.sign(contract(), "双方签署", AT, "李建国"))
    assert (verdict.state, verdict.timestamped_at) == ("valid", "")
