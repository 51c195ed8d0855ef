"""Who gets at the parts of an import: how far it is, whoever sees it; the file, who uploaded it and nobody else (2.1.2)."""

import pytest

from tests.cast import logged_in
from tests.every_action.world import EVERYBODY, READS_KIND, SEES, World


def _wanted(who: str, name: str) -> int:
    if who not in READS_KIND["import"]:
        return 403
    return 200 if who in SEES[name] else 404


@pytest.mark.parametrize(("name", "uploader"), [("import_home", "taker"), ("import_service", "outsider")])
def test_how_far_it_is_sees_who_sees_the_import_and_the_file_only_who_uploaded_it(
    name: str, uploader: str, world: World
) -> None:
    ref = world.subjects[name].ref
    for who in sorted(EVERYBODY):
        client, wanted = logged_in(world.people[who]), _wanted(who, name)
        assert client.get(f"/imports/{ref}/progress/").status_code == wanted, who
        answer = client.get(f"/imports/{ref}/result/")
        assert answer.status_code == (403 if wanted == 200 and who != uploader else wanted), who
        assert ("spreadsheetml" in answer.headers["Content-Type"]) == (who == uploader), who


def test_the_empty_template_is_the_same_for_everybody(world: World) -> None:
    for who in sorted(EVERYBODY):
        answer = logged_in(world.people[who]).get("/imports/template/")
        assert (answer.status_code, answer.content[:2]) == (200, b"PK"), who
