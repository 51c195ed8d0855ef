"""Five hundred orders in a request: each has its own result, none fails its neighbours, nothing goes in twice (2.1.2)."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from jiedan.acquisition.models import ChangeNotice
from jiedan.api.bulk import LARGEST, MOST
from jiedan.api.models import KeptAnswer
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.kernel.verify import verify_database
from jiedan.orders.models import Customer, Order, OrderLine
from jiedan.people.models import Staff
from tests.cast import Cast, acting, received
from tools import derive


def order(number: str = "W1", **changes: Any) -> dict[str, Any]:
    """An order in the published form."""
    found = {
        "external_id": number, "kind": "product", "placed_at": "2026-09-18T09:00:00Z", "paid_at": "2026-09-18T17:05:00+08:00",
        "customer_account": "buyer-9", "receiver": {"name": "欧阳青", "phone": "13812345678", "city": "杭州市"},
        "lines": [{"number": 1, "sku": "S1", "name": "北欧落地灯", "category": "家居/灯具", "quantity": 2,
                   "unit_price": "199.00", "amount": "398.00"}],
        "goods_amount": "398.00", "total": 398,
    }  # fmt: skip
    return found | changes


def send(cast: Cast, data: Any, staff: Staff | None = None, language: str = "en", **headers: str) -> HttpResponse:
    body = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    sent = {"Authorization": f"Bearer {cast.token(staff or cast.taker)}", "Accept-Language": language}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().generic("POST", "/api/v1/orders/bulk", body, content_type="application/json", headers=sent)


def told(answer: HttpResponse) -> list[tuple[str, str]]:
    """External id and outcome of each result; counts and places are checked on the way."""
    assert answer.status_code == 200, answer.content
    found = json.loads(answer.content)
    results = found["results"]
    assert [result["index"] for result in results] == list(range(len(results)))
    outcomes = [result["outcome"] for result in results]
    assert found["counts"] == {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
    return [(result["external_id"], result["outcome"]) for result in results]


def problem(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, found["code"]) == (status, code), found
    assert answer.headers["Content-Type"] == "application/problem+json"
    return found


# What becomes of the orders ------------------------------------------------------------------------------------------


def test_each_order_is_there_with_its_number_record_and_clock(cast: Cast) -> None:
    answer = send(cast, {"shop": "hangzhou", "orders": [order("W1"), order("W2", shop="ningbo")]})
    assert told(answer) == [("W1", "created"), ("W2", "created")]
    first, second = Order.objects.order_by("external_id")
    assert [result["number"] for result in json.loads(answer.content)["results"]] == [first.ref, second.ref]
    assert (first.channel, first.shop, first.stage, first.department) == ("api", "hangzhou", "routed", cast.home)
    assert (second.shop, second.stage, second.department) == ("ningbo", "unrouted", cast.company)
    assert (first.total, first.receiver_masked, first.due_at is not None) == (Decimal("398.00"), "欧阳*", True)
    bodies = [json.loads(record.body) for record in Record.objects.all()]
    assert [(b["action"], b["channel"], b["role"]) for b in bodies] == [
        ("acquisition.receive_order", f"api {cast.taker.number}", "system")
    ] * 2
    assert verify_database().ok


def test_five_hundred_at_once_take_as_many_queries_as_fifty(
    cast: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    assert MOST == 500
    send(cast, {"shop": "hangzhou", "orders": [order(f"A{n}", customer_account=f"a{n}") for n in range(50)]})
    with django_assert_max_num_queries(60):
        many = [order(f"B{n}", customer_account=f"b{n}") for n in range(500)]
        found = told(send(cast, {"shop": "hangzhou", "orders": many}))
    assert found == [(f"B{n}", "created") for n in range(500)]
    assert Order.objects.count() == 550


def test_a_wrong_order_fails_none_of_its_neighbours_and_is_told_by_field(cast: Cast) -> None:
    line = order()["lines"][0]
    wrong: list[tuple[Any, list[str]]] = [
        (order("X1", total="400.00"), ["total"]),
        (
            order("X2", lines=[line | {"quantity": "2", "unit_price": "1.999"}]),
            ["lines.0.quantity", "lines.0.unit_price"],
        ),
        (order("X3", platform="kaola", colour="red"), ["colour", "platform"]),
        (order("", shop=""), ["external_id", "shop"]),
        ({"external_id": "X5"}, ["goods_amount", "kind", "lines", "placed_at", "receiver", "total"]),
        (order("X6", placed_at=1758186000, paid_at="2026-09-18T17:05:00"), ["paid_at", "placed_at"]),
        (order("X7", status="cancelled"), ["status"]),
        (order("X8", freight=-1), ["freight"]),
        ("X9", [""]),
        (None, [""]),
    ]
    answer = send(cast, {"shop": "hangzhou", "orders": [order("G1"), *(raw for raw, _ in wrong), order("G2")]})
    outcomes = [outcome for _number, outcome in told(answer)]
    assert outcomes == ["created", *["invalid"] * len(wrong), "created"]
    results = json.loads(answer.content)["results"][1:-1]
    assert [sorted(result["errors"]) for result in results] == [names for _raw, names in wrong]
    assert all(reasons and all(reasons) for result in results for reasons in result["errors"].values())
    assert [result["number"] for result in results] == [""] * len(wrong)
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["G1", "G2"]
    assert (Record.objects.count(), apps.get_model("connectors", "Quarantined")._default_manager.count()) == (2, 0)


@pytest.mark.parametrize("number", [" ", "\u3000", "\u200b", " \ufeff "])
def test_a_number_of_nothing_anybody_sees_is_none(cast: Cast, number: str) -> None:
    answer = send(cast, {"shop": "hangzhou", "orders": [order(number), order(number)]})
    assert [(found["outcome"], sorted(found["errors"])) for found in json.loads(answer.content)["results"]] == [
        ("invalid", ["external_id"])
    ] * 2
    assert Order.objects.count() == 0


def test_a_number_copied_with_what_nobody_sees_is_the_same_number(cast: Cast) -> None:
    numbers = ["A-1001", "A-1001\u200b", "\ufeffA-1001", "A-\u200b1001 "]
    found = told(send(cast, {"shop": "hangzhou", "orders": [order(number) for number in numbers]}))
    assert [outcome for _number, outcome in found] == ["created", *["unchanged"] * 3]
    assert Order.objects.get().external_id == "A-1001"


def test_the_lines_of_a_service_are_services_and_contradict_no_order(cast: Cast) -> None:
    line = order()["lines"][0]
    said = [
        order("S1", kind="service"),
        order("S2", kind="service", lines=[line | {"kind": "product"}]),
        order("S3", kind="product", lines=[line | {"kind": "service"}]),
        order("S4", kind="mixed"),
        order(
            "S5", kind="mixed", lines=[line | {"kind": "service"}, line | {"number": 2}], goods_amount=796, total=796
        ),
    ]
    answer = send(cast, {"shop": "hangzhou", "orders": said})
    outcomes = [outcome for _number, outcome in told(answer)]
    assert outcomes == ["created", "invalid", "invalid", "invalid", "created"]
    assert [sorted(found["errors"]) for found in json.loads(answer.content)["results"][1:4]] == [["kind"]] * 3
    kinds = OrderLine.objects.order_by("order__external_id", "number").values_list("order__external_id", "kind")
    assert list(kinds) == [("S1", "service"), ("S5", "service"), ("S5", "product")]


def test_what_is_wrong_is_said_in_the_callers_language(cast: Cast) -> None:
    data = {"shop": "hangzhou", "orders": [order(lines=[], freight="1.999")]}
    said = [json.loads(send(cast, data, language=name).content)["results"][0]["errors"] for name in ("en", "zh-hans")]
    assert said == [
        {
            "lines": ["At least 1 entries are needed."],
            "freight": ["1.999 has more than two decimals; end it with the fen."],
        },
        {"lines": ["至少需要 1 项。"], "freight": ["1.999 的小数多于两位；请精确到分。"]},
    ]


def test_the_same_again_a_change_and_a_change_after_acceptance(cast: Cast) -> None:
    def one(**changes: Any) -> str:
        ((_number, outcome),) = told(send(cast, {"shop": "hangzhou", "orders": [order("W1", **changes)]}))
        return outcome

    assert [one(), one(), one(buyer_remark="改")] == ["created", "unchanged", "changed"]
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=Order.objects.get())
    assert [one(buyer_remark="再改"), one(buyer_remark="再改")] == ["noted", "unchanged"]
    assert (Order.objects.get().buyer_remark, ChangeNotice.objects.get().state) == ("改", "pending")
    assert one(buyer_remark="再改", status="cancel_requested") == "changed"
    assert Order.objects.get().stage == OrderStage.CANCELLING


def test_the_same_order_twice_in_one_request_counts_in_its_sequence(cast: Cast) -> None:
    data = {"shop": "hangzhou", "orders": [order(), order(), order(buyer_remark="改")]}
    assert [outcome for _number, outcome in told(send(cast, data))] == ["created", "unchanged", "changed"]
    assert Order.objects.count() == 1


def test_an_older_message_that_comes_late_changes_nothing(cast: Cast) -> None:
    early, late = {"updated_at": "2026-09-18T08:00:00Z"}, {"updated_at": "2026-09-18T09:00:00Z"}
    data = {
        "shop": "hangzhou",
        "orders": [order(), order(buyer_remark="新", **late), order(buyer_remark="旧", **early)],
    }
    assert [outcome for _number, outcome in told(send(cast, data))] == ["created", "changed", "unchanged"]
    assert Order.objects.get().buyer_remark == "新"


def test_another_platforms_order_with_the_same_number_isnt_touched(cast: Cast) -> None:
    other = received("W1")
    assert told(send(cast, {"shop": other.shop, "orders": [order("W1", buyer_remark="改")]})) == [("W1", "created")]
    other.refresh_from_db()
    assert (other.version, other.buyer_remark) == (1, "")


def test_another_departments_order_is_changed_by_its_own_people_and_by_who_sent_it_first(cast: Cast) -> None:
    """Anybody with a token that may act knows how to spell another department's order number."""

    def one(staff: Staff, number: str = "W1", **changes: Any) -> dict[str, Any]:
        answer = send(cast, {"shop": "hangzhou", "orders": [order(number, **changes)]}, staff)
        (result,) = json.loads(answer.content)["results"]
        return {name: result[name] for name in ("outcome", "number", "errors")}

    assert one(cast.taker)["outcome"] == "created"
    ref = Order.objects.get().ref
    refused = {"": ["This order is with another department, which alone changes it."]}
    for changes in ({"buyer_remark": "改"}, {"status": "cancel_requested"}):
        assert one(cast.outsider, **changes) == {"outcome": "refused", "number": "", "errors": refused}
    assert one(cast.outsider) == {"outcome": "unchanged", "number": "", "errors": {}}
    kept = Order.objects.get()
    assert (kept.buyer_remark, kept.stage, kept.version) == ("", OrderStage.ROUTED, 1)
    assert one(cast.head, buyer_remark="改") == {"outcome": "changed", "number": ref, "errors": {}}
    # The rules give what the outsider's shop sells to the other department: it is still theirs to correct.
    assert [one(cast.outsider, "W2", buyer_remark=text)["outcome"] for text in ("", "改")] == ["created", "changed"]
    assert Order.objects.get(external_id="W2").department == cast.home


def test_an_order_that_was_transferred_meanwhile_is_not_changed_any_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(send(cast, {"shop": "hangzhou", "orders": [order()]}, cast.head)) == [("W1", "created")]
    found = Order.objects.get()
    real = Order.for_change

    def transferred_first(pk: int) -> Order:
        Order.objects.filter(pk=pk).update(department=cast.service)
        return real(pk)

    monkeypatch.setattr(Order, "for_change", transferred_first)
    data = {"shop": "hangzhou", "orders": [order(buyer_remark="改")]}
    assert told(send(cast, data, cast.taker)) == [("W1", "refused")]
    found.refresh_from_db()
    assert (found.buyer_remark, found.version) == ("", 1)


def test_no_orders_are_no_mistake(cast: Cast) -> None:
    assert told(send(cast, {"orders": []})) == []
    assert Record.objects.count() == 0


# The request as a whole ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b'{"orders": [{"external_id": "A", "external_id": "B"}]}', 400, "duplicate_name"),
        (b'{"orders": [{"total": NaN}]}', 400, "not_a_number"),
        (b'{"orders": [{"total": 1e999}]}', 400, "number_out_of_range"),
        (b'{"orders": "\\ud800"}', 400, "bad_character"),
        (b'{"orders": ' + b"[" * 40 + b"]" * 40 + b"}", 400, "too_deep"),
        (b"[]", 400, "not_an_object"),
        (b"", 400, "malformed_json"),
        (b"{}", 422, "invalid_input"),
        (b'{"orders": null}', 422, "invalid_input"),
        (b'{"orders": {"0": {}}}', 422, "invalid_input"),
        (b'{"orders": [], "shops": []}', 422, "invalid_input"),
        (b'{"orders": [' + b",".join([b"{}"] * 501) + b"]}", 422, "invalid_input"),
    ],
)
def test_a_request_that_could_mean_two_things_is_refused_as_a_whole(
    cast: Cast, body: bytes, status: int, code: str
) -> None:
    found = problem(send(cast, body), status, code)
    assert found["detail"]
    assert (Order.objects.count(), Record.objects.count()) == (0, 0)


def test_a_body_may_have_eight_mebibytes_and_not_a_byte_more(cast: Cast) -> None:
    whole = json.dumps({"shop": "hangzhou", "orders": [order()]}, ensure_ascii=False).encode()
    assert LARGEST == 8 << 20
    problem(send(cast, whole + b" " * (LARGEST + 1 - len(whole))), 413, "too_large")
    assert Order.objects.count() == 0
    assert told(send(cast, whole + b" " * (LARGEST - len(whole)))) == [("W1", "created")]


def test_a_compressed_body_is_not_unpacked(cast: Cast) -> None:
    problem(send(cast, b"\x1f\x8b", Content_Encoding="gzip"), 415, "content_encoding")


def test_only_those_who_may_enter_orders_bring_them_and_only_with_a_token_that_may_act(cast: Cast) -> None:
    data = {"shop": "hangzhou", "orders": [order()]}
    may = {"taker", "head", "outsider", "other_head"}
    for name, staff in cast.people.items():
        if name not in may:
            problem(send(cast, data, staff), 403, "not_yours")
    reading = {"Authorization": f"Bearer {cast.token(cast.taker, 'read')}"}
    problem(send(cast, data, **reading), 403, "missing_scope")
    problem(send(cast, data, Authorization="Bearer x"), 401, "unauthenticated")
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)
    for name in sorted(may):
        told(send(cast, data, cast.people[name]))
    assert Order.objects.count() == 1


def test_the_address_takes_nothing_but_posts(cast: Cast) -> None:
    answer = Client().get("/api/v1/orders/bulk", headers={"Authorization": f"Bearer {cast.token(cast.taker)}"})
    problem(answer, 405, "method_not_allowed")


# Sent again ----------------------------------------------------------------------------------------------------------


def test_a_request_with_the_same_key_gets_the_same_answer_and_takes_effect_once(cast: Cast) -> None:
    data = {"shop": "hangzhou", "orders": [order("W1"), order("X", total="1.00")]}
    first, again = (send(cast, data, Idempotency_Key="k-1") for _time in range(2))
    assert first.content == again.content
    assert told(first) == [("W1", "created"), ("X", "invalid")]
    assert (Order.objects.count(), Record.objects.count(), KeptAnswer.objects.count()) == (1, 1, 1)
    problem(send(cast, {"orders": []}, Idempotency_Key="k-1"), 422, "idempotency_key_reused")


def test_a_request_that_was_refused_as_a_whole_can_be_sent_corrected_with_its_key(cast: Cast) -> None:
    problem(send(cast, b'{"orders": 1}', Idempotency_Key="k-2"), 422, "invalid_input")
    data = {"shop": "hangzhou", "orders": [order()]}
    assert told(send(cast, data, Idempotency_Key="k-2")) == [("W1", "created")]


# Described -----------------------------------------------------------------------------------------------------------


def test_openapi_describes_request_and_answer() -> None:
    document = json.loads(derive.documents()["openapi.json"])
    found = document["paths"]["/api/v1/orders/bulk"]["post"]
    schema = found["requestBody"]["content"]["application/json"]["schema"]
    one = schema["properties"]["orders"]["items"]
    assert schema["properties"]["orders"]["maxItems"] == 500
    assert one["required"] == ["external_id", "kind", "placed_at", "receiver", "lines", "goods_amount", "total"]
    assert "platform" not in one["properties"]
    assert one["properties"]["status"]["enum"] == ["placed", "paid", "cancel_requested"]
    assert "$ref" not in json.dumps(schema)
    answer = found["responses"]["200"]["content"]["application/json"]["schema"]
    assert sorted(answer["properties"]) == ["counts", "results"]
    assert set(order()) <= set(one["properties"])
