"""The company's signing key and certificate: its own, or made here on first use (clauses 2.3.2, 6.2.1).

Made here means: a certificate authority of our own, and a signing certificate by it. Both keys lie in the keys
folder, mode 600. Readers who want their programs to trust our signatures import the authority's certificate.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from asn1crypto import keys as asn1_keys
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from jiedan.config import WrongSetting, key_file
from jiedan.core import clock
from jiedan.people.models import Department

YEARS: Final = timedelta(days=20 * 365)
_BEFORE: Final = timedelta(days=5 * 365)
"""Papers carried over from earlier days bear their own dates."""
_BITS: Final = 3072


class Identity(NamedTuple):
    """Who signs: the key, its certificate, and the certificates above it; the last one is the root."""

    key: asn1_keys.PrivateKeyInfo
    certificate: asn1_x509.Certificate
    chain: tuple[asn1_x509.Certificate, ...]

    @property
    def name(self) -> str:
        """Whom the certificate names."""
        return str(self.certificate.subject.native.get("common_name", self.certificate.subject.human_friendly))

    @property
    def roots(self) -> list[asn1_x509.Certificate]:
        """What has to be trusted for the signature to be."""
        return [self.chain[-1] if self.chain else self.certificate]


def identity() -> Identity:
    """The company's identity; made on first use. Raises WrongSetting when its PKCS#12 file can't be opened."""
    return _identity(settings.SIGNING_PKCS12, settings.SIGNING_PASSWORD, Path(settings.KEYS_DIR))


def root_pem() -> bytes:
    """The root certificate, for readers who want to trust it."""
    armoured: bytes = pem.armor("CERTIFICATE", identity().roots[0].dump())
    return armoured


@lru_cache(maxsize=4)
def _identity(given: Path | None, password: str, keys: Path) -> Identity:
    if given is not None:
        return _opened(given, password)
    authority = key_file(keys, "signing-ca", _new_authority)
    return _from_pem(key_file(keys, "signing", lambda: _new_signer(authority)))


def _opened(path: Path, password: str) -> Identity:
    try:
        found = pkcs12.load_pkcs12(path.read_bytes(), password.encode() or None)
    except ValueError as error:
        raise WrongSetting(
            "JIEDAN_SIGNING_PKCS12", str(path), "a PKCS#12 file that JIEDAN_SIGNING_PASSWORD opens"
        ) from error
    if not isinstance(found.key, rsa.RSAPrivateKey) or found.cert is None:
        raise WrongSetting("JIEDAN_SIGNING_PKCS12", str(path), "a PKCS#12 file with an RSA key and its certificate")
    certificates = [found.cert.certificate, *(each.certificate for each in found.additional_certs)]
    return _from_pem(_text(found.key, certificates))


def _from_pem(text: str) -> Identity:
    parts = [(kind, body) for kind, _headers, body in pem.unarmor(text.encode(), multiple=True)]
    certificates = [asn1_x509.Certificate.load(body) for kind, body in parts if kind == "CERTIFICATE"]
    key = next(body for kind, body in parts if kind == "PRIVATE KEY")
    return Identity(asn1_keys.PrivateKeyInfo.load(key), certificates[0], tuple(certificates[1:]))


def _text(key: rsa.RSAPrivateKey, certificates: list[x509.Certificate]) -> str:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = [certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates]
    return b"".join([private, *public]).decode("ascii")


def _new_authority() -> str:
    key = rsa.generate_private_key(65537, _BITS)
    name = _name("Jiedan CA")
    return _text(key, [_certificate(name, name, key, key, clock.now(), authority=True)])


def _new_signer(authority: str) -> str:
    issuer_key = serialization.load_pem_private_key(authority.encode(), None)
    (issuer,) = x509.load_pem_x509_certificates(authority.encode())
    if not isinstance(issuer_key, rsa.RSAPrivateKey):
        raise WrongSetting("JIEDAN_KEYS_DIR", "signing-ca.key", "the file that was made here, with an RSA key")
    key = rsa.generate_private_key(65537, _BITS)
    made = _certificate(_name(_company()), issuer.subject, key, issuer_key, clock.now(), authority=False)
    return _text(key, [made, issuer])


def _company() -> str:
    found = Department.objects.filter(parent=None).order_by("pk").values_list("name", flat=True).first()
    return (found or "Jiedan")[:64]


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, _company()), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(
    name: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer_key: rsa.RSAPrivateKey,
    now: datetime,
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
