"""Translations without gettext's binaries: compile, check that every message has its Chinese, list what is missing."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = "**/locale/zh_Hans/LC_MESSAGES/django.po"
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "N_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
Key = tuple[str | None, str]
"""Context and message (the singular)."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with the translations; a warning doesn't fail the check."""

    text: str
    warning: bool = False


def main(arguments: list[str]) -> int:
    """compile | check | missing; exit code 1 when something is wrong, 2 for wrong use."""
    word = arguments[0].lstrip("-") if arguments else "compile"
    try:
        if word == "compile":
            return compile_all(ROOT / "jiedan")
        if word == "missing":
            sys.stdout.write("".join(missing_entries(ROOT / "jiedan")))
            return 0
        if word == "check":
            return check(ROOT / "jiedan")
    except PoFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write("compile, check or missing\n")
    return 2


def compile_all(rooms: Path) -> int:
    """Write a .mo beside every .po."""
    for path in sorted(rooms.glob("**/locale/*/LC_MESSAGES/django.po")):
        out = BytesIO()
        write_mo(out, _read(path))
        path.with_suffix(".mo").write_bytes(out.getvalue())
    return 0


def check(rooms: Path) -> int:
    """Print what is wrong; 1 when there is more than warnings."""
    found = list(problems(rooms))
    for problem in found:
        sys.stdout.write(f"{'warning: ' if problem.warning else ''}{problem.text}\n")
    return 1 if any(not problem.warning for problem in found) else 0


def problems(rooms: Path) -> Iterator[Problem]:
    """Messages without Chinese, fuzzy ones, other placeholders, two translations of one message; unused ones."""
    in_use = {key: place for room in _rooms(rooms) for key, place in used(room).items()}
    known: dict[Key, str] = {}
    for path in sorted(rooms.glob(CATALOGUES)):
        name = path.relative_to(rooms).as_posix()
        for key, model, text, fuzzy in _entries(_read(path)):
            if fuzzy:
                yield Problem(f"{name}: {key[1]!r} is fuzzy")
            elif text:
                if set(PLACEHOLDER.findall(model)) != set(PLACEHOLDER.findall(text)):
                    yield Problem(f"{name}: {key[1]!r} and its translation have different placeholders")
                yield from _entry_warnings(name, key, text, known, in_use)
                known.setdefault(key, text)
    for key, place in sorted(in_use.items(), key=lambda item: item[1]):
        if key not in known:
            yield Problem(f"{place}: {key[1]!r} has no Chinese")


def _entry_warnings(name: str, key: Key, text: str, known: dict[Key, str], in_use: dict[Key, str]) -> Iterator[Problem]:
    if known.get(key, text) != text:
        yield Problem(f"{name}: {key[1]!r} is translated differently in another room", warning=True)
    if key not in in_use:
        yield Problem(f"{name}: {key[1]!r} is not used", warning=True)


def missing_entries(rooms: Path) -> Iterator[str]:
    """What lacks Chinese as entries for each room's catalogue, each message once."""
    known = {
        key
        for path in rooms.glob(CATALOGUES)
        for key, _model, text, fuzzy in _entries(_read(path))
        if text and not fuzzy
    }
    for room in _rooms(rooms):
        wanted = {key: place for key, place in used(room).items() if key not in known}
        known |= wanted.keys()
        if wanted:
            yield f"# {room.name} {'-' * 60}\n\n"
        for (context, message), place in sorted(wanted.items(), key=lambda item: item[1]):
            yield f"#: {place}\n" + (f"msgctxt {_quoted(context)}\n" if context else "")
            yield f'msgid {_quoted(message)}\nmsgstr ""\n\n'


def used(room: Path) -> dict[Key, str]:
    """The messages in a room's code, templates and steps, each with the first place where it stands."""
    found: dict[Key, str] = {}
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]):
        name = path.relative_to(room.parent.parent).as_posix()
        if "/tests/" in name or "/migrations/" in name:
            continue
        for line, key in _messages(path):
            found.setdefault(key, f"{name}:{line}")
    return found


def _messages(path: Path) -> Iterator[tuple[int, Key]]:
    text = path.read_text(encoding="utf-8")
    keywords = KEYWORDS
    if path.suffix == ".py":
        keywords = KEYWORDS | _own_names(text)
        if path.parent.name == "actions":
            yield from _help_texts(text)
    else:
        # Django turns a template into lines of Python; without their indentation any tokenizer reads them.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for line, messages, _comments, context in extract("python", BytesIO(text.encode()), keywords):
        singular = messages if isinstance(messages, str) else messages[0]
        if singular:
            yield line, (context, singular)


def _own_names(text: str) -> dict[str, Any]:
    # A module may import a translating function under a name of its own.
    return {
        name.asname: KEYWORDS[name.name]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.name in KEYWORDS
    }


def _help_texts(text: str) -> Iterator[tuple[int, Key]]:
    # The docstring of a step is what people read as its help text.
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and any(map(_declares, node.decorator_list)):
            found = ast.get_docstring(node)
            if found:
                yield node.lineno, (None, " ".join(found.split()))


def _declares(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Name) and target.id == "action"


def _rooms(rooms: Path) -> list[Path]:
    return sorted(path for path in rooms.iterdir() if path.is_dir() and not path.name.startswith("_"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, abort_invalid=True)


def _entries(catalogue: Catalog) -> Iterator[tuple[Key, str, str, bool]]:
    # Chinese has one form; its placeholders are those of the English plural where there is one.
    for message in catalogue:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else message.id
            text = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
            yield (message.context, forms[0]), forms[-1], text or "", message.fuzzy


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
