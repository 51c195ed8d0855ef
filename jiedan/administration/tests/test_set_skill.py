"""What a person can do is put on record, raised, and taken back (clause 3.2.1)."""

from jiedan.kernel.dispatch import dispatch
from jiedan.kernel.models import Record
from jiedan.people.models import StaffSkill
from tests.cast import Cast, acting


def test_a_skill_is_set_raised_and_taken_back_each_with_its_record(cast: Cast) -> None:
    levels = []
    for level in ("1", "3", "0"):
        dispatch(
            "administration.set_skill", acting(cast.head), {"skill": "电工", "level": level}, subject=cast.executor
        )
        levels.append(list(StaffSkill.objects.filter(staff=cast.executor).values_list("skill__name", "level")))
    assert levels == [[("电工", 1)], [("电工", 3)], []]
    assert Record.objects.filter(action="administration.set_skill").count() == 3
