"""What is free, out of the company's own rows: people, equipment, stock, and what open orders take (2.2.1, 3.2)."""

from datetime import date
from typing import Any

from jiedan.core.availability import FreeHours, FreePieces, Take
from jiedan.kernel.dispatch import dispatch
from jiedan.orders.models import Order
from jiedan.resources import capacity, needs
from jiedan.resources.of_order import facts_of
from tests.cast import FRIDAY, Cast, acting, incoming, received
from tests.resources import REASON, able, equipment_at, listed

MONDAY = date(2026, 9, 21)


def accepted(cast: Cast, external_id: str, quantity: int = 2, **changes: Any) -> Order:
    """An accepted order for lamps."""
    line = incoming().lines[0]
    lines = [line.model_copy(update={"quantity": quantity, "sku": changes.pop("sku", "S1")})]
    order = received(external_id, lines=lines, **changes)
    dispatch("acquisition.accept_order", acting(cast.taker), {}, subject=order)
    return Order.objects.get(pk=order.pk)


def test_hours_of_a_skill_are_its_people_without_what_open_orders_need(cast: Cast) -> None:
    listed(cast)
    for staff in (cast.executor, cast.agent):
        able(staff, cast)
    able(cast.taker, cast, level="1")
    soon, later = accepted(cast, "K1", promised_on=MONDAY), accepted(cast, "K2", promised_on=date(2026, 9, 22))
    received("K3")
    gone = accepted(cast, "K4")
    dispatch("acquisition.cancel_order", acting(cast.head), {"reason": "不要了"}, subject=gone)
    (row,) = capacity.skill_rows([cast.home.pk], [MONDAY], FRIDAY, needs.of_work([cast.home.pk]))
    # Half an hour on Friday, none at the weekend but the make-up Sunday, 7.5 on Monday; the rest of K2 falls on Tuesday.
    each = capacity.period(FRIDAY, MONDAY).minutes
    whole = capacity.period(FRIDAY, date(2026, 9, 22)).minutes
    part = -(-180 * each // whole)
    assert (row.skill, row.people, row.learners) == ("安装", ("赵大勇", "孙巧"), 1)
    assert row.hours == (FreeHours(2, each, (Take(soon.ref, 180), Take(later.ref, part))),)


def test_the_order_itself_isnt_taken_off_what_it_is_judged_by(cast: Cast) -> None:
    listed(cast, stock=5)
    able(cast.executor, cast)
    other, mine = accepted(cast, "K1", 3, promised_on=MONDAY), accepted(cast, "K2", promised_on=MONDAY)
    facts = facts_of(mine, FRIDAY)
    (stock,), (skill,), (kind,) = facts.stock, facts.skills, facts.equipment
    assert stock.stock is not None
    assert (stock.wanted, stock.stock.on_hand, stock.stock.takes, stock.stock.free) == (2, 5, (Take(other.ref, 3),), 2)
    assert (skill.wanted, skill.people, skill.hours.takes) == (180, ("赵大勇",), (Take(other.ref, 270),))
    assert (kind.kind, kind.pieces.pieces, kind.enough) == ("登高车", 0, False)
    assert (facts.lead_days, facts.until, facts.unlisted, facts.elsewhere) == (3, MONDAY, (), ())


def test_equipment_counts_when_it_is_in_order_and_in_the_department(cast: Cast) -> None:
    listed(cast)
    head = acting(cast.head)
    broken = equipment_at("in_use", cast)
    equipment_at("in_use", cast, cast.service)
    for number in ("2", "3"):
        given = {"number": number, "kind": "登高车", "name": number, "department": cast.home.pk}
        piece = dispatch("resources.add_equipment", head, given).subject
    dispatch("resources.retire_equipment", head, dict(REASON), subject=piece)
    accepted(cast, "K1")
    (row,) = capacity.equipment_rows([cast.home.pk], [MONDAY], FRIDAY, needs.of_work([cast.home.pk]))
    minutes = capacity.period(FRIDAY, MONDAY).minutes
    found = row.pieces[0]
    assert (found.pieces, found.usable, found.minutes, found.needed) == (2, 1, minutes, 180)
    assert (found.busy, found.free) == (1, 0)
    assert isinstance(found, FreePieces)
    assert broken.outages.count() == 1


def test_an_item_is_recognised_by_a_platforms_code_and_what_isnt_listed_is_named(cast: Cast) -> None:
    listed(cast, "家居/灯具-1", codes="S1", department=cast.service.pk, stock=0)
    facts = facts_of(accepted(cast, "K1"), FRIDAY)
    assert ([item.code for item in facts.items], [item.code for item in facts.elsewhere]) == (["家居/灯具-1"],) * 2
    assert facts_of(accepted(cast, "K2", sku="S9"), FRIDAY).unlisted == ("北欧落地灯",)
    assert facts_of(accepted(cast, "K3", sku=""), FRIDAY).unlisted == ("北欧落地灯",)


def test_an_order_entered_by_hand_is_recognised_by_the_exact_name(cast: Cast) -> None:
    listed(cast)
    listed(cast, "S2", name="吊灯")
    listed(cast, "S3", name="吊灯")
    lines = [{"name": name, "quantity": 1, "unit_price": "9.00"} for name in ("北欧落地灯", "吊灯", "台灯")]
    data = {"department": cast.home.pk, "customer_name": "李雷", "customer_phone": "13900001111", "lines": lines}
    order = dispatch("acquisition.enter_order", acting(cast.taker), data).subject
    assert isinstance(order, Order)
    assert list(order.lines.order_by("number").values_list("sku", flat=True)) == ["S1", "", ""]


def test_how_much_is_asked_of_the_database_doesnt_grow_with_the_orders(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    listed(cast, stock=50)
    able(cast.executor, cast)
    equipment_at("in_use", cast)
    orders = [accepted(cast, f"K{n}") for n in range(6)]
    with django_assert_max_num_queries(20):
        facts = facts_of(orders[0], FRIDAY)
    assert len(facts.skills[0].hours.takes) == 5
