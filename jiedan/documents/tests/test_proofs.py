"""A step that needs a paper is refused until the paper is on file, and says which."""

from dataclasses import replace

import pytest

from jiedan.core.lifecycle import OrderStage
from jiedan.documents import filing
from jiedan.documents.tests.papers import pdf
from jiedan.documents.uploads import check
from jiedan.kernel.action import REGISTRY, BadDeclaration, Nothing, Proof, _check
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Record
from jiedan.kernel.offers import offers
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting, received

STEP = "acquisition.accept_order"
PROOF = Proof("signed_contract", "The contract signed by both sides")


@pytest.fixture
def needy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY._actions, STEP, replace(REGISTRY[STEP], needs=(PROOF,)))


def _file(order: Order, cast: Cast, kind: str = "signed_contract") -> filing.Document:
    return filing.take_in(order, kind, check(kind, "a.pdf", pdf()), cast.taker.pk, FRIDAY)


@pytest.mark.usefixtures("needy")
def test_without_the_paper_the_step_is_refused_and_names_it_and_with_it_it_goes(cast: Cast) -> None:
    order, taker = received(), acting(cast.taker)
    before = Record.objects.count()
    with pytest.raises(Refused, match="The contract signed by both sides") as refused:
        dispatch(STEP, taker, {}, subject=order)
    shown = {offer.action.code: offer.reason for offer in offers(order, taker, FRIDAY)}
    assert shown[STEP] == refused.value.sentence
    assert (Record.objects.count(), Order.objects.get().stage) == (before, OrderStage.ROUTED)
    _file(order, cast)
    assert dispatch(STEP, taker, {}, subject=order).subject.stage == OrderStage.ACCEPTED


@pytest.mark.usefixtures("needy")
def test_another_paper_another_orders_or_a_withdrawn_one_is_no_proof(cast: Cast) -> None:
    order = received()
    _file(order, cast, "other")
    _file(received("K2"), cast)
    filing.withdraw(_file(order, cast), cast.head.pk, "放错了", FRIDAY)
    with pytest.raises(Refused, match="The contract signed by both sides"):
        dispatch(STEP, acting(cast.taker), {}, subject=order)


def test_a_kind_of_paper_that_nobody_knows_stops_the_start() -> None:
    with pytest.raises(BadDeclaration, match="needs a kind of paper"):
        _check(replace(REGISTRY[STEP], needs=(Proof("signed_contrakt", "x"),)))


def test_a_step_that_brings_something_into_being_cant_need_its_papers() -> None:
    birth = REGISTRY["acquisition.enter_order"]
    assert birth.input is not Nothing
    with pytest.raises(BadDeclaration, match="needs papers of a subject that isn't there yet"):
        _check(replace(birth, needs=(PROOF,)))
