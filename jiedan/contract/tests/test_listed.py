"""What the screening list forbids isn't contracted either (clause 1.3.1)."""

import pytest

from jiedan.contract import papers as contracts
from jiedan.contract.models import Contract
from jiedan.contract.wording import CHECKLIST
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Invalid, Refused
from jiedan.kernel.models import Procedure
from jiedan.orders.models import Order
from tests.cast import FRIDAY, Cast, acting
from tests.every_action.examples import with_papers


@pytest.fixture(autouse=True)
def listed(order: Order, cast: Cast) -> None:
    """A list of the company's own, put in force after the terms were agreed."""
    entries = "prohibited: 象牙 = 国家重点保护\nplatform: 线下交易 = 不得脱离平台"
    given = {"entries": entries, "reason": "更新清单"}
    dispatch("evaluation.set_screening", acting(cast.decider), given, subject=Procedure.objects.get(pk=1))


@pytest.mark.parametrize(("text", "code"), [("以象牙抵款", "listed_prohibited"), ("可线下交易", "listed_platform")])
def test_a_contract_with_a_listed_word_isnt_handed_over(order: Order, cast: Cast, text: str, code: str) -> None:
    contracts.save(order, acting(cast.taker), {"general": f"双方各执一份，{text}。"}, None, FRIDAY)
    assert [one.code for one in contracts.checked(Contract.objects.get())] == [code]
    with pytest.raises(Invalid) as refused:
        dispatch("contract.submit_contract", acting(cast.taker), {}, subject=order)
    assert list(refused.value.fields) == ["general"]
    assert Contract.objects.get().state == Contract.DRAFT
    if code == "listed_platform":
        dispatch(
            "terms.allow_word", acting(cast.decider), {"word": "线下交易", "reason": "已获平台同意"}, subject=order
        )
        dispatch("contract.submit_contract", acting(cast.taker), {}, subject=order)
        assert Contract.objects.get().state == Contract.SUBMITTED


def test_a_contract_on_paper_with_a_listed_word_isnt_taken_as_concluded(order: Order, cast: Cast) -> None:

    contracts.save(order, acting(cast.taker), {"general": "以象牙抵款。"}, None, FRIDAY)
    code = "contract.record_signed_contract"
    with_papers(REGISTRY[code], order, cast)
    with pytest.raises(Refused) as refused:
        dispatch(code, acting(cast.head), dict.fromkeys(CHECKLIST, True), subject=order)
    assert refused.value.code == "listed_words"
    assert (Order.objects.get(pk=order.pk).stage, Contract.objects.get().state) == (OrderStage.AGREED, Contract.DRAFT)
