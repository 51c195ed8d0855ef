"""Visits pass, what customers did stays (clause 6.2.4); and the list of visits is read page by page."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from jiedan.core import clock
from jiedan.core.lifecycle import OrderStage
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import PeriodicTask, Procedure, Record
from jiedan.portal import links, retention
from jiedan.portal.models import Link, Visit
from tests.cast import ALL_AGREED, FRIDAY, Cast, acting, logged_in, offered, order_at

DAY = timedelta(days=1)


@pytest.fixture
def link(cast: Cast) -> Link:
    cache.clear()
    offered(order_at(OrderStage.NEGOTIATING, cast), cast)
    return Link.objects.latest("pk")


def kinds() -> list[str]:
    return sorted(Visit.objects.values_list("what", flat=True))


def test_after_the_companys_days_only_what_was_done_is_left(link: Link) -> None:
    path = f"/p/{link.token}/"
    Client().get(path)
    Client().post(path, {"step": "x"})
    paper = Client().get(path).content.decode().partition("/files/")[2][:64]
    Client().get(f"{path}files/{paper}/")
    assert Client().post(path, {"step": "terms.answer_terms", **ALL_AGREED}).status_code == 302
    before = Record.objects.count()
    assert kinds() == ["acted", "fetched", "looked", "looked", "refused"]
    assert retention.sweep(FRIDAY + 180 * DAY) == 0
    assert retention.sweep(FRIDAY + 180 * DAY + timedelta(seconds=1)) == 4
    assert kinds() == ["acted"]
    visit = Visit.objects.get()
    assert (visit.address, visit.detail) == ("127.0.0.1", "terms.answer_terms")
    assert Record.objects.count() == before


def test_the_companys_value_counts_from_the_day_it_is_in_force(link: Link, cast: Cast) -> None:
    links.put_down(link, Visit.LOOKED, FRIDAY, "10.0.0.7", "phone")
    tomorrow = (FRIDAY + DAY).date().isoformat()
    given = {"values": {"visit_days": "30"}, "reason": "缩短保留期", "effective_from": tomorrow}
    dispatch("administration.set_values", acting(cast.decider), given, subject=Procedure.objects.get(pk=1))
    assert retention.kept(FRIDAY) == 180 * DAY
    assert retention.kept(FRIDAY + DAY) == 30 * DAY
    assert retention.sweep(FRIDAY + 31 * DAY) == 1


def test_many_visits_are_thrown_away_in_small_statements(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    Visit.objects.bulk_create(Visit(link=link, what=Visit.LOOKED, at=FRIDAY - n * DAY) for n in range(8))
    assert retention.sweep(FRIDAY + 176 * DAY) == 3
    assert retention.sweep(FRIDAY + 200 * DAY) == 5
    assert Visit.objects.count() == 0


def test_the_worker_sweeps_once_a_day(link: Link) -> None:
    task = PeriodicTask.objects.get(function="jiedan.portal.retention.sweep")
    assert (task.every_seconds, task.is_active) == (86400, True)


def test_the_visits_of_a_link_are_read_page_by_page_the_newest_first(link: Link, cast: Cast) -> None:
    made = Visit.objects.bulk_create(
        Visit(link=link, what=Visit.LOOKED, at=FRIDAY, address=f"10.0.0.{n}", device="phone") for n in range(120)
    )
    client, here = logged_in(cast.supervisor), f"/orders/{link.order.ref}/links/{link.pk}/"
    first = client.get(here).content.decode()
    assert (first.count("10.0.0."), "10.0.0.119 " in first, "10.0.0.69 " in first) == (50, True, False)
    # Somebody looks while we read on: no row is shown twice, none is left out.
    links.put_down(link, Visit.LOOKED, clock.now(), "10.0.1.1", "phone")
    second = client.get(f"{here}?before={made[70].pk}").content.decode()
    assert (second.count("10.0.0."), "10.0.0.69 " in second, "10.0.0.20 " in second) == (50, True, True)
    third = client.get(f"{here}?before={made[20].pk}").content.decode()
    assert (third.count("10.0.0."), "更早的访问" in third, "最新" in third) == (20, False, True)
    assert client.get(f"{here}?before=x").status_code == 200
    assert client.get(f"{here}?before={'9' * 40}").status_code == 200
