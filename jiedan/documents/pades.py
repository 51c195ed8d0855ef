"""Signatures in PDF files: PAdES (ETSI EN 319 142), made with the company's key and checked (clause 2.3.2).

With JIEDAN_TIMESTAMP_URL an RFC 3161 authority confirms the time; a failing authority doesn't hold up the signature,
which then carries our own time alone.
"""

import logging
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jiedan.documents.certificates import Identity, identity
from jiedan.documents.signing import NotSignable, Verdict

log = logging.getLogger(__name__)
_WITHIN: Final = timedelta(seconds=5)
_ROOM: Final = 16384


class _Signer(signers.PdfSigner):
    """Signs at the time it is told, not at the machine's."""

    def __init__(self, at: datetime, **more: Any) -> None:
        super().__init__(**more)
        self._at = at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


class _Key(signers.SimpleSigner):
    """Signs with a key that is opened once: opening it, with all its checks, takes a hundred times as long."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature itself (RSA, PKCS#1 v1.5)."""
        digest = hashes.SHA512() if digest_algorithm == "sha512" else hashes.SHA256()
        return _opened(self.signing_key.dump()).sign(data, padding.PKCS1v15(), digest)


@lru_cache(maxsize=4)
def _opened(key: bytes) -> rsa.RSAPrivateKey:
    found = serialization.load_der_private_key(key, None)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise NotSignable("the company's key is no RSA key")
    return found


def sign(pdf: bytes, reason: str, at: datetime, name: str) -> bytes:
    """PDF with the company's signature added, saying NAME (who acted), REASON and the time AT. Raises NotSignable."""
    if not settings.TIMESTAMP_URL:
        return _signed(pdf, reason, at, name, None)
    try:
        return _signed(pdf, reason, at, name, HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=_WITHIN.seconds))
    except (TimestampRequestError, OSError) as error:
        log.warning("the time-stamp authority failed, signed without it: %s", error)
        return _signed(pdf, reason, at, name, None)


def _signed(pdf: bytes, reason: str, at: datetime, name: str, stamper: HTTPTimeStamper | None) -> bytes:
    us = identity()
    signer = _Key(us.certificate, us.key, _store(us))
    out = BytesIO()
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        meta = signers.PdfSignatureMetadata(
            field_name=f"Signature{len(writer.prev.embedded_signatures) + 1}",
            md_algorithm="sha256",
            reason=reason,
            name=name,
            subfilter=SigSeedSubFilter.PADES,
        )
        signing = _Signer(at.astimezone(UTC), signature_meta=meta, signer=signer, timestamper=stamper)
        # Room for the signature; with a time stamp pyHanko has to ask how much, at the price of a second signature.
        signing.sign_pdf(writer, output=out, bytes_reserved=None if stamper else _ROOM)
    except (PdfError, SigningError) as error:
        raise NotSignable(str(error)) from error
    return out.getvalue()


def _store(us: Identity) -> SimpleCertificateStore:
    found = SimpleCertificateStore()
    found.register_multiple(us.chain)
    return found


def verify(pdf: bytes) -> Verdict:
    """What the signatures in PDF are worth. Nothing is raised: a signed file that can't be read was damaged after it was
    signed, any other has no signatures.
    """
    try:
        found = PdfFileReader(BytesIO(pdf), strict=False).embedded_regular_signatures
    except (PdfError, ValueError, KeyError, IndexError, RecursionError):
        return Verdict(1, altered=True) if b"/SubFilter" in pdf else Verdict()
    if not found:
        return Verdict()
    us = identity()
    checked = [_checked(signature, us) for signature in found]
    last = checked[-1]
    return Verdict(
        signatures=len(checked),
        valid=all(each.valid for each in checked) and last.covers_whole,
        trusted=all(each.trusted for each in checked),
        covers_whole=last.covers_whole,
        altered=any(each.altered for each in checked) or not last.covers_whole,
        signer=last.signer,
        signed_at=last.signed_at,
        timestamped_at=last.timestamped_at,
    )


def _checked(signature: EmbeddedPdfSignature, us: Identity) -> Verdict:
    claimed = signature.self_reported_timestamp
    context = ValidationContext(trust_roots=us.roots, other_certs=list(us.chain), moment=claimed, allow_fetching=False)
    try:
        status = validate_pdf_signature(signature, context, ts_validation_context=context)
    except (SignatureValidationError, PdfError, ValueError, KeyError, TypeError):
        return Verdict(1, altered=True)
    changed = status.modification_level not in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    later_signature = status.modification_level == ModificationLevel.FORM_FILLING
    intact = bool(status.intact and status.valid) and (not changed or later_signature)
    stamped = status.timestamp_validity
    return Verdict(
        signatures=1,
        valid=intact,
        trusted=bool(status.trusted),
        covers_whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        altered=not intact,
        signer=_name_of(status.signing_cert),
        signed_at=claimed.isoformat() if claimed else "",
        timestamped_at=stamped.timestamp.isoformat() if stamped and stamped.intact else "",
    )


def _name_of(certificate: Any) -> str:
    names: dict[str, Any] = certificate.subject.native
    return str(names.get("common_name") or certificate.subject.human_friendly)[:200]
