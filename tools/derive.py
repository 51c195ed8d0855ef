"""The documents that follow from the declarations: written to docs/derived, or compared with what stands there.

`python -m tools.derive` writes them; `--check` names those that are out of date and exits with 1.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "derived"


def main(arguments: list[str]) -> int:
    """Write the documents, or check them; 2 for wrong use."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("python -m tools.derive [--check]\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiedan.settings")
    import django  # noqa: PLC0415 - needs the settings named first

    django.setup()
    if arguments:
        found = stale(FOLDER)
        sys.stdout.write("".join(f"docs/derived/{name} is out of date: python -m tools.derive\n" for name in found))
        return 1 if found else 0
    write(FOLDER)
    return 0


def documents() -> dict[str, str]:
    """Every derived document by its file name; in English, whatever the language of the machine."""
    from django.utils import translation  # noqa: PLC0415 - needs the settings
    from ninja.responses import NinjaJSONEncoder  # noqa: PLC0415

    from jiedan.api.endpoints import api  # noqa: PLC0415
    from jiedan.api.urls import urlpatterns  # noqa: F401, PLC0415 - builds the endpoints
    from jiedan.kernel import derived  # noqa: PLC0415

    with translation.override("en"):
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        openapi = json.dumps(schema, cls=NinjaJSONEncoder, ensure_ascii=False, indent=1)
        return {**derived.documents(), "openapi.json": openapi + "\n"}


def stale(folder: Path) -> list[str]:
    """The documents that don't stand in FOLDER as they should, and files there that are none of them."""
    wanted = documents()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*") if path.is_file()}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def write(folder: Path) -> None:
    """Bring FOLDER up to date."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = documents()
    for path in folder.glob("*"):
        if path.is_file() and path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
