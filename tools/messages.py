"""Translations without gettext's binaries: compile, check that every message has its Chinese, list what is missing."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = ("_", "gettext", "gettext_lazy", "ngettext", "pgettext", "N_")
_IN_TEMPLATE = re.compile(r"""\bn?gettext\(\s*(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")""")
_PLAIN = re.compile(r"""\s_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def main(arguments: list[str]) -> int:
    """compile | check | missing."""
    word = arguments[0] if arguments else "compile"
    if word == "compile":
        return compile_all()
    missing = {room: list(found) for room, found in untranslated() if found}
    for room, found in missing.items():
        for message in found:
            text = message.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            sys.stdout.write(f'# {room}\nmsgid "{text}"\nmsgstr ""\n\n')
    if missing and word == "check":
        sys.stdout.write(f"{sum(map(len, missing.values()))} messages have no Chinese translation.\n")
    return 1 if missing and word == "check" else 0


def compile_all() -> int:
    """Write a .mo beside every .po."""
    for path in sorted(ROOT.glob("jiedan/*/locale/*/LC_MESSAGES/django.po")):
        with path.open("rb") as source:
            catalog = read_po(source)
        out = BytesIO()
        write_mo(out, catalog)
        path.with_suffix(".mo").write_bytes(out.getvalue())
    return 0


def untranslated() -> Iterator[tuple[str, set[str]]]:
    """For each room, the messages in use that no catalogue translates."""
    known = set()
    for path in ROOT.glob("jiedan/*/locale/zh_Hans/LC_MESSAGES/django.po"):
        with path.open("rb") as source:
            known |= {_key(message.id) for message in read_po(source) if message.string and not message.fuzzy}
    for room in sorted(path for path in (ROOT / "jiedan").iterdir() if path.is_dir()):
        yield room.name, {message for message in used(room) if message not in known}


def used(room: Path) -> Iterator[str]:
    """The messages in a room's code and templates."""
    for path in sorted(room.rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        with path.open("rb") as source:
            for _line, _function, messages, _comments in extract_python(source, KEYWORDS, (), {}):
                first = messages if isinstance(messages, str) else next((m for m in messages if m), None)
                if first:
                    yield first
    for path in sorted(room.rglob("*.html")):
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for pattern in (_IN_TEMPLATE, _PLAIN):
            for match in pattern.finditer(text):
                yield _unquoted(match[1])


def _unquoted(literal: str) -> str:
    inner = literal.removeprefix("u")[1:-1]
    return inner.replace("\\n", "\n").replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")


def _key(identifier: object) -> str:
    return str(identifier[0]) if isinstance(identifier, list | tuple) else str(identifier)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
