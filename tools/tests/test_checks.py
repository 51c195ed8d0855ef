"""Each of the house's own checks finds what it is there for, and lets its right neighbour pass."""

from pathlib import Path

import pytest

from tools import checks

ORDER = "from jiedan.orders.models import Order\n"

WRONG = {
    "order.stage = 'accepted'": "sets a stage",
    "a, order.stage = 1, 2": "sets a stage",
    "order.stage += 'x'": "sets a stage",
    "order.stage: str = 'x'": "sets a stage",
    "setattr(order, 'stage', 'x')": "sets a stage",
    "orders.update(stage='x')": "sets a stage",
    "from datetime import datetime\ndatetime.now()": "reads a clock (datetime.datetime.now)",
    "import datetime as dt\ndt.datetime.now(dt.UTC)": "reads a clock (datetime.datetime.now)",
    "from datetime import date\ndate.today()": "reads a clock (datetime.date.today)",
    "from django.utils import timezone\ntimezone.now()": "reads a clock (django.utils.timezone.now)",
    "from django.utils.timezone import now\nfield(default=now)": "reads a clock (django.utils.timezone.now)",
    "from django.utils.timezone import localdate\nlocaldate()": "reads a clock (django.utils.timezone.localdate)",
    "import time\ntime.time()": "reads a clock (time.time)",
    "from time import time as seconds\nseconds()": "reads a clock (time.time)",
    "from django.dispatch import receiver\n@receiver(x)\ndef f(): ...": "receives a signal",
    "from django.db.models.signals import post_save\npost_save.connect(f)": "connects to a signal",
    f"{ORDER}Order.objects.all()": "queries Order past orders/access.py",
    f"{ORDER}Order._base_manager.all()": "queries Order past orders/access.py",
    "from jiedan.orders.models import Order as O\nO.objects.all()": "queries Order past orders/access.py",
    "from jiedan.orders import models\nmodels.Order.objects.all()": "queries Order past orders/access.py",
    "from jiedan.acquisition.models import Listing\nListing.objects.all()": "queries Listing past orders/access.py",
    f"from django.shortcuts import get_object_or_404\n{ORDER}get_object_or_404(Order, pk=1)": "queries Order past",
    "def long():\n" + "    x = 1\n" * 60: "long has 61 lines, more than 60",
    "x = 1\n" * 401: "401 lines, more than 400",
}

RIGHT = (
    "if order.stage == 'accepted': ...",
    "offers(stage='accepted')",
    "from jiedan.core import clock\nclock.now()",
    "import time\ntime.monotonic()",
    "from django.utils.timezone import localtime\nlocaltime(moment)",
    "datetime.now()",
    "connection.connect()",
    f"{ORDER}Order.objects.all()  # unscoped: the platform's number is unique whoever reads",
    "from jiedan.people.models import Staff\nStaff.objects.all()",
    "def short():\n" + "    x = 1\n" * 59,
    "x = 1\n" * 400,
)


@pytest.mark.parametrize(("text", "problem"), WRONG.items())
def test_a_planted_violation_is_found_once(text: str, problem: str) -> None:
    found = list(checks.in_python("jiedan/acquisition/actions/planted.py", text))
    assert len(found) == 1
    assert problem in found[0]


@pytest.mark.parametrize("text", RIGHT)
def test_its_right_neighbour_passes(text: str) -> None:
    assert list(checks.in_python("jiedan/acquisition/actions/right.py", text)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("jiedan/kernel/dispatch.py", "subject.stage = to"),
        ("jiedan/kernel/verify.py", f"{ORDER}Order.objects.all()"),
        ("jiedan/orders/access.py", f"{ORDER}Order.objects.all()"),
        ("jiedan/core/clock.py", "from datetime import datetime\ndatetime.now()"),
        ("tools/launch.py", "import time\ntime.time()"),
    ],
)
def test_the_room_that_may_do_it_does_it(name: str, text: str) -> None:
    assert list(checks.in_python(name, text)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<button onclick="x()">', "an inline event handler"),
        ('<p style="color: red">', "an inline style"),
        ("<script>x()</script>", "a script in the page"),
        ("{{ text|safe }}", "text past escaping"),
        ("{% autoescape off %}", "text past escaping"),
        ('<img src="https://elsewhere.example/x.png">', "something loaded from elsewhere"),
        ('<a href="//elsewhere.example">', "something loaded from elsewhere"),
    ],
)
def test_a_violation_planted_in_a_template_is_found_once(text: str, problem: str) -> None:
    found = list(checks.in_template("jiedan/screens/templates/screens/planted.html", f"<p>\n{text}"))
    assert len(found) == 1
    assert found[0].startswith(f"jiedan/screens/templates/screens/planted.html:2 {problem}")


def test_a_template_that_keeps_to_the_rules_passes() -> None:
    text = '<script src="{% static "build/app.js" %}"></script><p class="style">{{ field.help_text|safe }}</p>'
    assert list(checks.in_template("x.html", text)) == []


def test_files_are_found_but_tests_and_migrations_are_left_alone(tmp_path: Path) -> None:
    for place in ("jiedan/room", "jiedan/room/tests", "jiedan/room/migrations"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "planted.py").write_text("order.stage = 1\n", encoding="utf-8")
    found = list(checks.in_folder(tmp_path / "jiedan", tmp_path))
    assert found == ["jiedan/room/planted.py:1 sets a stage; only the dispatcher does"]


def test_the_house_keeps_its_own_rules() -> None:
    assert [line for folder in checks.FOLDERS for line in checks.in_folder(checks.ROOT / folder, checks.ROOT)] == []
