"""Every template of the house can be read; one that can't is named with its reason."""

from pathlib import Path

import pytest
from django.template import Engine

from tools import templates


def test_every_template_of_the_house_is_found_and_read() -> None:
    names = list(templates.template_names(templates.ROOT / "jiedan"))
    assert "screens/workbench.html" in names
    assert list(templates.unreadable(iter(names))) == []


def test_a_misspelt_tag_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room" / "templates" / "room").mkdir(parents=True)
    (tmp_path / "room" / "templates" / "room" / "planted.html").write_text("{% iff x %}", encoding="utf-8")
    engine = Engine(dirs=[str(tmp_path / "room" / "templates")])
    monkeypatch.setattr(templates, "get_template", engine.get_template)
    assert list(templates.template_names(tmp_path)) == ["room/planted.html"]
    [(name, reason)] = templates.unreadable(iter(["room/planted.html"]))
    assert name == "room/planted.html"
    assert reason.startswith("TemplateSyntaxError: Invalid block tag on line 1: 'iff'")
