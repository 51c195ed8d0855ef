"""P14: a contract of two pages typeset and signed, each beside a reference that does the same kind of work bare.

Typesetting: every call has other data, so nothing laid out before is of use; the reference is a single-thread loop of
integer arithmetic, so that a slow or busy machine moves both. Signing: the reference is one RSA-3072 signature and
the SHA-256 of the same file. Checking an upload is beside starting an empty interpreter.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from time import perf_counter
from typing import Any

from bench.installation import on_sqlite
from bench.measure import Figure, figure, in_turn

AT = datetime(2026, 9, 18, 9, 30, tzinfo=UTC)
LOOPS = 1_000_000
CALLS = 10
ROUNDS = 7


def figures() -> Iterator[Figure]:
    """Milliseconds for each of the four; the first call of a process is a figure of its own."""
    with on_sqlite() as installation:
        installation.use_here()
        bench = _Bench()
        cold = [bench.typeset(1), bench.sign(1)]
        papers = in_turn({"typeset": bench.typeset, "loop": _loop}, ROUNDS)
        signatures = in_turn({"sign": bench.sign, "verify": bench.verify, "rsa": bench.rsa}, ROUNDS)
        uploads = in_turn({"check": bench.check, "python": _python}, ROUNDS)
    yield figure("documents.typeset_two_pages", papers["typeset"], "ms", papers["loop"])
    yield figure("documents.typeset_first", cold[:1], "ms")
    yield figure("documents.sign", signatures["sign"], "ms", signatures["rsa"])
    yield figure("documents.sign_first", cold[1:], "ms")
    yield figure("documents.verify", signatures["verify"], "ms", signatures["rsa"])
    yield figure("documents.check_upload", uploads["check"], "ms", uploads["python"])


class _Bench:
    """A contract whose words change with each call."""

    def __init__(self) -> None:
        self._numbers = count()
        self._pdf = b""
        self._signed = b""

    def typeset(self, calls: int = CALLS) -> float:
        """Milliseconds a paper."""
        from jiedan.documents import typesetting

        data = [_contract(next(self._numbers)) for _call in range(calls)]
        began = perf_counter()
        for each in data:
            self._pdf = typesetting.pdf("documents/specimen", each, AT)
        spent = perf_counter() - began
        if self._pdf.count(b"/Type/Page/") + self._pdf.count(b"/Type/Page\n") > 2:
            raise SystemExit("the specimen isn't two pages any more")
        return 1000 * spent / calls

    def sign(self, calls: int = CALLS) -> float:
        """Milliseconds a signature."""
        from jiedan.documents import signing

        began = perf_counter()
        for _call in range(calls):
            self._signed = signing.sign(self._pdf, "双方签署", AT, "李建国")
        return 1000 * (perf_counter() - began) / calls

    def verify(self, calls: int = CALLS) -> float:
        """Milliseconds a check; raises SystemExit when the signature doesn't hold."""
        from jiedan.documents import signing

        began = perf_counter()
        states = {signing.verify(self._signed).state for _call in range(calls)}
        spent = perf_counter() - began
        if states != {"valid"}:
            raise SystemExit(f"the signature is {states}")
        return 1000 * spent / calls

    def rsa(self, calls: int = CALLS) -> float:
        """Milliseconds for what no signature can do without."""
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        from jiedan.documents.certificates import identity

        key = serialization.load_der_private_key(identity().key.dump(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise SystemExit("the company signs with another kind of key")
        began = perf_counter()
        for _call in range(calls):
            key.sign(hashlib.sha256(self._signed).digest(), padding.PKCS1v15(), hashes.SHA256())
        return 1000 * (perf_counter() - began) / calls

    def check(self) -> float:
        """Milliseconds for looking at an uploaded PDF, its signature included."""
        from jiedan.documents import uploads

        began = perf_counter()
        uploads.check("signed_contract", "合同.pdf", self._signed)
        return 1000 * (perf_counter() - began)


def _contract(number: int) -> dict[str, Any]:
    from jiedan.documents import typesetting

    clause = f"乙方应当在收到第 {number} 批货物之日起七日内验收，逾期未提出书面异议的，视为验收合格。"
    return {
        "title": "销售合同",
        "number": f"JD260918{number:06d}",
        "company": "云栖贸易有限公司",
        "printed": "2026-09-18 17:30",
        "verify": typesetting.verify_mark("http://127.0.0.1:8000", f"{number:016d}"),
        "facts": [["甲方", "云栖贸易有限公司"], ["乙方", f"杭州第 {number} 酒店"]],
        "lines": [[f"北欧落地灯 {number}-{line}", "2", "199.00", "398.00"] for line in range(6)],
        "clauses": [f"{clause}第 {part} 款另行约定。" * 3 for part in range(10)],
        "parties": ["甲方（盖章）", "乙方（盖章）"],
    }


def _loop() -> float:
    began, total = perf_counter(), 0
    for number in range(LOOPS):
        total += number
    return 1000 * (perf_counter() - began)


def _python() -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-I", "-c", ""], check=True)
    return 1000 * (perf_counter() - began)
