"""Two people sign, or put templates in force, at the same moment: one does, nobody's signature is lost or doubled (2.3.2)."""

from collections import Counter

import pytest
from django.db import connection

from jiedan.contract.models import Contract, ContractTemplate
from jiedan.core.contract_template import STANDARD, Kind
from jiedan.core.lifecycle import OrderStage
from jiedan.documents.models import Document
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Attempt, Procedure, Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Order
from jiedan.portal.links import customer
from jiedan.portal.models import Link
from tests.cast import SIGNATURE, Cast, acting, contract_to, order_at
from tests.concurrency.together import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: no race to lose"
    ),
]


def test_two_people_countersign_at_once_and_one_of_them_has_signed(cast: Cast) -> None:
    order = order_at(OrderStage.AGREED, cast)
    row = contract_to(Contract.SIGNED, order, cast)
    seen = {"content_hash": row.content_hash}
    people = [acting(cast.head), acting(cast.decider)] * 3

    def signing(number: int) -> str:
        dispatch("contract.countersign_contract", people[number], seen, subject=order)
        return "done"

    outcomes = together([lambda n=n: signing(n) for n in range(len(people))])  # type: ignore[misc]
    assert outcomes == Counter(done=1, Refused=5)
    assert Document.objects.filter(kind="signed_contract").count() == 1
    assert Record.objects.filter(action="contract.countersign_contract").count() == 1
    assert Attempt.objects.filter(action="contract.countersign_contract").count() == 5
    assert (Order.objects.get(pk=order.pk).stage, verify_database().ok) == (OrderStage.SIGNED, True)


def test_a_customer_who_presses_sign_twice_at_once_signs_once(cast: Cast) -> None:
    order = order_at(OrderStage.AGREED, cast)
    row = contract_to(Contract.SENT, order, cast)
    given = SIGNATURE | {"content_hash": row.content_hash, "link": Link.objects.latest("pk").pk}

    def press() -> str:
        dispatch("contract.sign_contract", customer(order), given, subject=order, channel="portal")
        return "done"

    assert together([press] * 6) == Counter(done=1, Refused=5)
    assert Record.objects.filter(action="contract.sign_contract").count() == 1


def test_two_templates_made_from_the_same_version_dont_replace_one_another(cast: Cast) -> None:
    clauses = [{"topic": one.topic.value, "text": one.text} for one in STANDARD[Kind.GOODS]]
    given = {"kind": "goods", "clauses": clauses, "reason": "法务修订", "based_on": 0}

    def press() -> str:
        dispatch("contract.set_contract_template", acting(cast.decider), given, subject=Procedure.objects.get(pk=1))
        return "done"

    assert together([press] * 6) == Counter(done=1, Refused=5)
    assert ContractTemplate.objects.get().number == 1
