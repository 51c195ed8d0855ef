"""Seeing the receiver in full (6.2.4) and saying which department gets which orders (1.3.4)."""

import json

import pytest

from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Forbidden, Invalid
from jiedan.kernel.models import Procedure, Record
from jiedan.orders.models import Contact, Order
from tests.cast import Cast, acting, logged_in, received


def test_the_receiver_is_shown_in_full_and_the_look_goes_on_record_without_the_data(cast: Cast) -> None:
    order = received()
    done = dispatch("acquisition.reveal_contact", acting(cast.taker), {"reason": "电话核对地址"}, subject=order)
    assert done.reply is not None
    assert (done.reply["receiver_name"], done.reply["receiver_phone"]) == ("欧阳青", "13812345678")
    assert json.loads(done.record.body)["facts"]["reason"] == "电话核对地址"
    assert "13812345678" not in done.record.body
    assert Order.objects.get(pk=order.pk).version == 1


def test_the_personal_data_stands_nowhere_in_the_clear(cast: Cast) -> None:
    order = received()
    stored = b"".join(
        [bytes(Contact.objects.get(order=order).sealed), *(row.body.encode() for row in Record.objects.all())]
    )
    columns = " ".join(str(value) for value in Order.objects.filter(pk=order.pk).values_list()[0])
    for secret in ("欧阳青", "13812345678", "文三路"):
        assert secret.encode() not in stored
        assert secret not in columns


def test_an_executor_may_not_reveal(cast: Cast) -> None:
    order = received()
    with pytest.raises(Forbidden):
        dispatch("acquisition.reveal_contact", acting(cast.executor), {"reason": "好奇"}, subject=order)
    assert Record.objects.count() == 1


def test_the_page_shows_it_once_after_the_reason_was_given(cast: Cast) -> None:
    order = received()
    client = logged_in(cast.taker)
    address = f"/orders/{order.ref}/do/acquisition.reveal_contact/"
    assert "13812345678" in client.post(address, {"reason": "核对地址"}).content.decode()
    assert "13812345678" not in client.get(f"/orders/{order.ref}/").content.decode()


def test_a_new_version_of_the_rules_sends_the_next_order_elsewhere_and_says_why(cast: Cast) -> None:
    rules = "SERV,hangzhou,家居\nHOME,,"
    dispatch(
        "acquisition.set_routing",
        acting(cast.decider),
        {"rules": rules, "reason": "人手调整"},
        subject=Procedure.objects.get(),
    )
    order = received("K9")
    assert order.department == cast.service
    assert (order.routed_by["version"], order.routed_by["matched"]) == (2, 1)


def test_a_rule_for_a_department_that_does_not_exist_names_its_line(cast: Cast) -> None:
    data = {"rules": "HOME,,\nXYZ,,", "reason": "笔误"}
    with pytest.raises(Invalid) as refused:
        dispatch("acquisition.set_routing", acting(cast.decider), data, subject=Procedure.objects.get())
    assert "XYZ" in refused.value.fields["rules.1.departments"][0]
    assert received("K9").routed_by["version"] == 1
