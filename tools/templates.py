"""Every template is read by Django's own engine: a misspelt tag is found here, not by the first visitor."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print every template that can't be read; 1 when there is one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiedan.settings")
    django.setup()
    found = [f"{name}: {problem}" for name, problem in unreadable(template_names(ROOT / "jiedan"))]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def template_names(rooms: Path) -> Iterator[str]:
    """The name of every template of the rooms."""
    for path in sorted(rooms.glob("*/templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            yield path.relative_to(next(parent for parent in path.parents if parent.name == "templates")).as_posix()


def unreadable(names: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The templates that the engine refuses, with its reason."""
    for name in names:
        try:
            get_template(name)
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            yield name, f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
