import json
from base64 import b64encode

import pytest

from jiedan.documents import signing
from jiedan.documents.actions.attach_document import AttachDocument
from jiedan.documents.models import Document
from jiedan.documents.tests.papers import AT, contract, pdf
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid
from jiedan.kernel.models import Record
from jiedan.orders.models import Order
from tests.cast import Cast, acting, received


@pytest.fixture
def order(cast: Cast) -> Order:
    return received()


def _json(content: bytes, name: str = "合同.pdf", kind: str = "signed_contract") -> dict[str, str]:
    return {"kind": kind, "name": name, "content": b64encode(content).decode()}


def test_the_record_carries_the_fingerprint_and_never_the_name_or_the_content(order: Order, cast: Cast) -> None:
    done = dispatch("documents.attach_document", acting(cast.taker), _json(pdf()), subject=order)
    document = Document.objects.get()
    facts = json.loads(done.record.body)["facts"]
    assert facts == {
        "ref": order.ref, "document": document.pk, "document_kind": "signed_contract", "sha256": document.sha256,
        "bytes": len(pdf()), "signature": "none",
    }  # fmt: skip
    assert (document.filed_by, document.made_here, document.name) == (cast.taker, False, "合同.pdf")


def test_a_signature_is_looked_at_when_the_paper_comes_in(order: Order, cast: Cast) -> None:
    signed = signing.sign(contract(), "双方签署", AT, "李建国")
    dispatch("documents.attach_document", acting(cast.head), _json(signed), subject=order)
    dispatch("documents.attach_document", acting(cast.head), _json(_altered(signed), kind="other"), subject=order)
    assert [row.signature["state"] for row in Document.objects.order_by("pk")] == ["valid", "altered"]


def _altered(signed: bytes) -> bytes:
    return signed[:3000] + bytes([signed[3000] ^ 1]) + signed[3001:]


@pytest.mark.parametrize("kind", ["signed_contract", "customer_approval"])
def test_a_proof_that_was_altered_after_it_was_signed_is_refused(order: Order, cast: Cast, kind: str) -> None:
    signed = signing.sign(contract(), "双方签署", AT, "李建国")
    before = Record.objects.count()
    for broken in (_altered(signed), signed + b"\n%more\n%%EOF\n"):
        with pytest.raises(Invalid) as refused:
            dispatch("documents.attach_document", acting(cast.head), _json(broken, kind=kind), subject=order)
        assert [*refused.value.fields] == ["content"]
    assert "签署后被改动" in _refusal(order, cast, _json(_altered(signed), kind=kind))
    assert (Record.objects.count(), Document.objects.count()) == (before, 0)


def _refusal(order: Order, cast: Cast, given: dict[str, str]) -> str:
    with pytest.raises(Invalid) as refused:
        dispatch("documents.attach_document", acting(cast.head), given, subject=order)
    return refused.value.fields["content"][0]


@pytest.mark.parametrize(
    "data",
    [
        _json(b"MZ\x90\0"),
        _json(pdf(), kind="evaluation_sheet"),
        _json(pdf(), name="合同.exe"),
        {**_json(pdf()), "content": "%%%"},
        {"kind": "signed_contract", "name": "合同.pdf"},
    ],
)
def test_a_file_that_isnt_taken_leaves_no_trace(order: Order, cast: Cast, data: dict[str, str]) -> None:
    before = Record.objects.count()
    with pytest.raises(Invalid) as refused:
        dispatch("documents.attach_document", acting(cast.taker), data, subject=order)
    assert [*refused.value.fields] == ["content"]
    assert (Record.objects.count(), Document.objects.count()) == (before, 0)


def test_a_file_that_came_as_bytes_is_looked_at_before_anything_is_locked(order: Order, cast: Cast) -> None:
    with pytest.raises(Invalid):
        AttachDocument.brought("other", "a.pdf", b"MZ")
    given = AttachDocument.brought("other", "a" * 300 + ".pdf", pdf())
    dispatch("documents.attach_document", acting(cast.taker), given, subject=order)
    assert Document.objects.get().name == "a" * 116 + ".pdf"
