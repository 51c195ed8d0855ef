"""Files on the disk: sealed, whole, in step with the rows that name them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from jiedan.documents import filing, store, sweeping
from jiedan.documents.models import Document
from jiedan.documents.tests.papers import AT, pdf, specimen
from jiedan.documents.uploads import BadFile, Checked, check
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, received

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(cast: Cast, tmp_path: Path, settings: object) -> Order:
    settings.DOCUMENTS_DIR = tmp_path / "documents"  # type: ignore[attr-defined]
    return received()


def _filed(order: Order, cast: Cast, kind: str = "other", pages: int = 1) -> Document:
    return filing.take_in(order, kind, check(kind, "客户来函.pdf", pdf(pages)), cast.taker.pk, FRIDAY)


def _files() -> list[Path]:
    return sorted(path for path in Path(settings.DOCUMENTS_DIR).rglob("*") if path.is_file())


def test_a_paper_comes_back_as_it_was_filed(order: Order, cast: Cast) -> None:
    document = Document.objects.get(pk=_filed(order, cast).pk)
    assert filing.content(document) == pdf()
    assert (document.name, document.size, document.filed_by) == ("客户来函.pdf", len(pdf()), cast.taker)


def test_what_lies_on_the_disk_says_nothing_and_is_its_owners_alone(order: Order, cast: Cast) -> None:
    document = _filed(order, cast)
    (path,) = _files()
    assert path.name == document.blob != document.sha256
    assert b"PDF" not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "客户来函".encode() not in bytes(document.name_sealed)


def test_erasing_the_customers_key_erases_file_and_name(order: Order, cast: Cast) -> None:
    document = _filed(order, cast)
    key = order.customer.key
    key.wrapped = b""
    key.save()
    fresh = Document.objects.get(pk=document.pk)
    with pytest.raises(filing.Unavailable):
        filing.content(fresh)
    assert fresh.name == "（已擦除）"
    assert list(sweeping.integrity()) == []


@pytest.mark.parametrize("change", [lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: data[:20]])
def test_an_altered_file_isnt_given_out_and_is_found(order: Order, cast: Cast, change: object) -> None:
    document = _filed(order, cast)
    (path,) = _files()
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(filing.Unavailable):
        filing.content(document)
    assert list(sweeping.integrity()) == [sweeping.Finding(document.pk, order.ref, "damaged")]


def test_a_missing_file_is_found(order: Order, cast: Cast) -> None:
    document = _filed(order, cast)
    _files()[0].unlink()
    with pytest.raises(filing.Unavailable):
        filing.content(document)
    assert list(sweeping.integrity()) == [sweeping.Finding(document.pk, order.ref, "missing")]


def test_one_papers_file_cant_stand_in_for_anothers(order: Order, cast: Cast) -> None:
    first, second = _filed(order, cast), _filed(order, cast, "customer_material", 2)
    second.blob = first.blob
    second.save()
    with pytest.raises(filing.Unavailable):
        filing.content(second)
    assert [found.document for found in sweeping.integrity()] == [second.pk]


def test_files_of_a_step_that_was_rolled_back_are_swept_after_a_day_and_others_stay(order: Order, cast: Cast) -> None:
    kept = _filed(order, cast)
    with transaction.atomic():
        _filed(order, cast, pages=2)
        transaction.set_rollback(True)
    draft = _files()[0].with_name(".draft")
    draft.write_bytes(b"half")
    assert len(_files()) == 3
    for path in _files():
        os.utime(path, (FRIDAY.timestamp(), FRIDAY.timestamp()))
    assert sweeping.sweep(FRIDAY + timedelta(hours=23)) == 0
    assert sweeping.sweep(FRIDAY + timedelta(hours=25)) == 2
    assert [path.name for path in _files()] == [kept.blob]


def test_the_same_file_isnt_filed_twice_as_the_same_kind(order: Order, cast: Cast) -> None:
    _filed(order, cast)
    with pytest.raises(BadFile):
        _filed(order, cast)
    _filed(order, cast, "customer_material")
    assert Document.objects.count() == 2


def test_an_order_and_a_person_have_their_quotas(order: Order, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _filed(order, cast)
    for name, limit in (("PER_ORDER", 1), ("BYTES_PER_ORDER", len(pdf())), ("BYTES_PER_PERSON_A_DAY", len(pdf()))):
        with monkeypatch.context() as narrower:
            narrower.setattr(filing.places, name, limit)
            with pytest.raises(BadFile):
                _filed(order, cast, "customer_material")
    assert Document.objects.count() == len(_files()) == 1


@pytest.mark.parametrize("name", ["", "../" * 10, "g" * 64, "A" * 64])
def test_a_name_that_is_no_fingerprint_leads_nowhere(order: Order, name: str) -> None:
    with pytest.raises(store.Missing):
        store.get(name)


def test_a_paper_made_here_is_typeset_signed_and_filed_in_one(order: Order, cast: Cast) -> None:
    data = specimen()
    del data["verify"]
    made = filing.make(
        order, "contract_draft", "documents/specimen", data,
        name="合同.pdf", reason="起草", at=AT, by=cast.head.pk, who="李建国",
    )  # fmt: skip
    assert (made.made_here, made.signature["state"], made.media_type) == (True, "valid", "application/pdf")
    assert made.code.encode() not in filing.content(made)[:100]
    assert filing.content(made).startswith(b"%PDF-")


def test_a_full_disk_leaves_no_row_and_no_half_file(order: Order, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jiedan.documents.store.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        filing.take_in(
            order,
            "other",
            Checked("a.txt", "text/plain", b"x", check("other", "a.txt", b"x").signature),
            cast.taker.pk,
            FRIDAY,
        )
    assert (Document.objects.count(), _files()) == (0, [])
