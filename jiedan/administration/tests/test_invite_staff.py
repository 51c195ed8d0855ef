"""Inviting a new colleague, and the first administrators (clause 6.2.3, S-51, S-52)."""

import re

import pytest
from django.test import Client

from jiedan.administration import first_admin
from jiedan.core.roles import Role
from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.errors import Refused
from jiedan.kernel.models import Record
from jiedan.people.models import RoleAssignment, Staff
from tests.cast import Cast, acting

NEW = "a-long-first-password"


def added(cast: Cast) -> Staff:
    data = {"number": "3001", "name": "何新", "department": cast.home.pk}
    staff = dispatch("administration.add_staff", acting(cast.system_admin), data).subject
    return Staff.objects.get(pk=staff.pk)


def invitation(cast: Cast, staff: Staff) -> str:
    reply = dispatch("administration.invite_staff", acting(cast.system_admin), {}, subject=staff).reply
    assert reply is not None
    return reply["link"].partition("//")[2].partition("/")[1] + reply["link"].partition("//")[2].partition("/")[2]


def test_the_link_sets_the_first_password_and_then_works_no_more(cast: Cast) -> None:
    staff = added(cast)
    link = invitation(cast, staff)
    client = Client()
    assert client.post(link, {"password": NEW, "again": NEW}).status_code == 302
    assert client.post("/accounts/login/", {"login": "3001", "password": NEW}).headers["Location"] == "/"
    assert Client().get(link).status_code == 404


def test_a_short_password_and_two_that_differ_are_refused_with_the_reason(cast: Cast) -> None:
    link = invitation(cast, added(cast))
    assert "alert-danger" in Client().post(link, {"password": "short", "again": "short"}).content.decode()
    assert Client().post(link, {"password": NEW, "again": NEW + "x"}).status_code == 422
    assert not Staff.objects.get(number="3001").has_usable_password()


def test_nobody_gets_a_link_to_an_account_that_has_a_password(cast: Cast) -> None:
    with pytest.raises(Refused, match="张晓月"):
        dispatch("administration.invite_staff", acting(cast.system_admin), {}, subject=cast.taker)
    assert Record.objects.count() == 0


def test_the_link_stands_in_no_record(cast: Cast) -> None:
    link = invitation(cast, added(cast))
    token = link.strip("/").rpartition("/")[2]
    assert all(token not in body for body in Record.objects.values_list("body", flat=True))


def test_an_empty_installation_gets_two_administrators_who_exclude_one_another(db: None) -> None:
    text = first_admin.create("9001", "吴系统")
    assert len(re.findall(r"/welcome/ST\d+/\S+/", text)) == 2
    held = dict(RoleAssignment.objects.values_list("staff__number", "role"))
    assert held == {"9001": Role.SYSTEM_ADMIN, "9001-sec": Role.SECURITY_ADMIN}
    with pytest.raises(first_admin.NotFirst):
        first_admin.create("9002", "另一人")
