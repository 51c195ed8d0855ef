"""What a form sends, whatever somebody types into the names of its fields."""

from django.http import QueryDict

from jiedan.acquisition.entry import EnteredOrder
from jiedan.administration.actions.set_values import SetValues
from jiedan.kernel.models import ProcedureVersion
from jiedan.screens.fields import posted
from tests.cast import Cast, logged_in


def test_dotted_names_become_rows_in_the_order_of_their_numbers() -> None:
    sent = QueryDict("lines.10.name=B&lines.2.name=A&lines.2.quantity=3&lines.2.unit_price=")
    assert posted(sent, EnteredOrder) == {"lines": [{"name": "A", "quantity": "3"}, {"name": "B"}]}


def test_a_number_that_no_form_ever_sends_is_left_out() -> None:
    sent = QueryDict("lines.²=1", mutable=True)
    sent.update({"lines.²².name": "A", f"lines.{'9' * 5000}.name": "B", "lines.1.2.3": "C"})
    assert posted(sent, EnteredOrder) == {"lines": {"²": "1"}}


def test_named_values_win_over_a_plain_field_of_the_same_name() -> None:
    sent = QueryDict("values=x&values.accept_hours=3&reason=r")
    assert posted(sent, SetValues) == {"values": {"accept_hours": "3"}, "reason": "r"}


def test_the_values_form_puts_only_what_was_changed_in_force(cast: Cast) -> None:
    client = logged_in(cast.decider)
    address = client.get("/procedure/values/").headers["Location"]
    shown = client.get(address)
    assert shown.status_code == 200
    assert 'name="values.accept_hours" inputmode="decimal" value="2"' in shown.content.decode()
    sent = {
        "values.accept_hours": "3",
        "values.triage_hours": "1",
        "reason": "人手增加",
        "version": "0",
        "next": "/procedure/",
    }
    answer = client.post(address, sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/procedure/")
    newest = ProcedureVersion.objects.latest("number")
    assert (newest.number, newest.values["accept_hours"]) == (2, "3")


def test_a_form_sent_back_unchanged_says_so_and_changes_nothing(cast: Cast) -> None:
    client = logged_in(cast.decider)
    address = client.get("/procedure/values/").headers["Location"]
    answer = client.post(address, {"values.accept_hours": "2.00", "reason": "无"})
    assert answer.status_code == 422
    assert ProcedureVersion.objects.count() == 1
