import pytest

from jiedan.documents import filing, proofs
from jiedan.documents.models import Document
from jiedan.documents.tests.papers import AT, pdf, specimen
from jiedan.documents.uploads import check
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, received

REASON = "放错了订单"


@pytest.fixture
def order(cast: Cast) -> Order:
    return received()


def _filed(order: Order, cast: Cast) -> Document:
    return filing.take_in(order, "signed_contract", check("signed_contract", "a.pdf", pdf()), cast.taker.pk, FRIDAY)


def _withdraw(order: Order, cast: Cast, number: int) -> None:
    dispatch("documents.withdraw_document", acting(cast.head), {"document": number, "reason": REASON}, subject=order)


def test_a_withdrawn_paper_stays_readable_and_counts_as_proof_no_longer(order: Order, cast: Cast) -> None:
    document = _filed(order, cast)
    assert proofs.held(order, ["signed_contract", "term_sheet"]) == {"signed_contract"}
    _withdraw(order, cast, document.pk)
    document = Document.objects.get()
    assert (document.withdrawn_by, document.withdrawn_because) == (cast.head, REASON)
    assert proofs.held(order, ["signed_contract"]) == frozenset()
    assert filing.content(document) == pdf()


def test_after_a_withdrawal_the_same_file_can_be_filed_anew(order: Order, cast: Cast) -> None:
    _withdraw(order, cast, _filed(order, cast).pk)
    assert proofs.held(_filed(order, cast).order, ["signed_contract"]) == {"signed_contract"}


def test_neither_a_strange_nor_a_withdrawn_nor_a_sealed_paper_is_withdrawn(order: Order, cast: Cast) -> None:
    withdrawn, strange = _filed(order, cast), _filed(received("K2"), cast)
    _withdraw(order, cast, withdrawn.pk)
    data = specimen()
    del data["verify"]
    sealed = filing.make(
        order, "contract_draft", "documents/specimen", data, name="a.pdf", reason="x", at=AT, by=None, who="系统"
    )
    for number in (withdrawn.pk, strange.pk, sealed.pk, 2**50):
        with pytest.raises(Invalid) as refused:
            _withdraw(order, cast, number)
        assert [*refused.value.fields] == ["document"]
    assert Document.objects.filter(withdrawn_at=None).count() == 2
