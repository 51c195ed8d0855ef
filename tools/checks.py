"""The house's own rules that no linter knows; each has a test that plants a violation.

No stage is set outside the kernel, no clock read outside core/clock.py, no signal received, no subject queried past
orders/access.py, no template that a strict content security policy or escaping would trip over, no file or function
beyond what a person reads in one go. Where a query must see every subject whatever the reader, the line says so:
`# unscoped: why`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("jiedan", "tools", "bench")
SUBJECTS = re.compile(r"^jiedan\.(orders|acquisition)\.models\.(Order|Listing)$")
QUERIES = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"django.shortcuts.get_object_or_404", "django.shortcuts.get_list_or_404"}
CLOCKS = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "django.utils.timezone.now", "time.time", "time.time_ns",
}  # fmt: skip
CLOCKS_WITHOUT_ARGUMENTS = {
    "django.utils.timezone.localdate", "django.utils.timezone.localtime", "time.localtime", "time.gmtime",
}  # fmt: skip
FILE_LINES, FUNCTION_LINES = 400, 60

ASK_CLOCK = "ask core/clock.py, or have the time passed in"
MAY_SET_STAGE = ("jiedan/kernel/",)
MAY_READ_CLOCK = ("jiedan/core/clock.py",)
MAY_QUERY = ("jiedan/orders/access.py", "jiedan/kernel/", "jiedan/demo/")

IN_TEMPLATES = {
    "an inline event handler, which the content security policy blocks": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "an inline style, which the content security policy blocks": re.compile(r"<[^>]*\sstyle\s*="),
    "a script in the page, which the content security policy blocks": re.compile(r"<script(?![^>]*\b(src|nonce)=)"),
    "text past escaping": re.compile(r"(?<!help_text)\|\s*safe\b|\bsafeseq\b|autoescape off"),
    "something loaded from elsewhere": re.compile(r"\b(src|href)=[\"'](https?:)?//"),
}


def main() -> int:
    """Print every violation; 1 when there is one."""
    found = [line for folder in FOLDERS for line in in_folder(ROOT / folder, ROOT)]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def in_folder(folder: Path, root: Path) -> Iterator[str]:
    """What is wrong in the Python files and templates of a folder; tests and migrations are left alone."""
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html")]):
        name = path.relative_to(root).as_posix()
        if "/tests/" not in name and "/migrations/" not in name:
            text = path.read_text(encoding="utf-8")
            yield from in_python(name, text) if path.suffix == ".py" else in_template(name, text)


def in_template(name: str, text: str) -> Iterator[str]:
    """What is wrong in one template."""
    for line, content in enumerate(text.splitlines(), start=1):
        for problem, pattern in IN_TEMPLATES.items():
            if pattern.search(content):
                yield f"{name}:{line} {problem}"


def in_python(name: str, text: str) -> Iterator[str]:
    """What is wrong in one Python file."""
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{name}:1 {len(lines)} lines, more than {FILE_LINES}"
    tree = ast.parse(text)
    names = dict(_imported(tree))
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for problem in _problems(node, name, names):
            if not ("past orders/access.py" in problem and "# unscoped: " in lines[line - 1]):
                yield f"{name}:{line} {problem}"


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What each imported name stands for, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _full(node: ast.expr, names: dict[str, str]) -> str:
    """The full dotted name of an expression; empty when it is none that was imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = _full(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _problems(node: ast.AST, name: str, names: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        size = (node.end_lineno or node.lineno) - node.lineno + 1
        if size > FUNCTION_LINES:
            yield f"{node.name} has {size} lines, more than {FUNCTION_LINES}"
    if not name.startswith("jiedan/"):
        return
    if not name.startswith(MAY_SET_STAGE) and _sets_stage(node):
        yield "sets a stage; only the dispatcher does"
    if isinstance(node, ast.Attribute | ast.Name):
        yield from _reading_problems(_full(node, names), node, name, names)
    if isinstance(node, ast.Call):
        yield from _call_problems(node, name, names)


def _sets_stage(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "stage" and isinstance(node.ctx, ast.Store | ast.Del)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "setattr":
        return len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "stage"
    updates = isinstance(node.func, ast.Attribute) and node.func.attr in {"update", "aupdate"}
    return updates and any(keyword.arg == "stage" for keyword in node.keywords)


def _reading_problems(full: str, node: ast.expr, name: str, names: dict[str, str]) -> Iterator[str]:
    if full in CLOCKS and not name.startswith(MAY_READ_CLOCK):
        yield f"reads a clock ({full}); {ASK_CLOCK}"
    if full == "django.dispatch.receiver":
        yield "receives a signal; what follows from a step stands in kernel/reactions.py"
    if isinstance(node, ast.Attribute) and node.attr in QUERIES and not name.startswith(MAY_QUERY):
        found = SUBJECTS.match(_full(node.value, names))
        if found:
            yield f"queries {found[2]} past orders/access.py"


def _call_problems(node: ast.Call, name: str, names: dict[str, str]) -> Iterator[str]:
    full = _full(node.func, names)
    if full in CLOCKS_WITHOUT_ARGUMENTS and not node.args and not node.keywords:
        yield f"reads a clock ({full}); {ASK_CLOCK}"
    if full.endswith(".connect") and (".signals." in full or ".dispatch." in full):
        yield "connects to a signal; what follows from a step stands in kernel/reactions.py"
    if full in SHORTCUTS and node.args and not name.startswith(MAY_QUERY):
        found = SUBJECTS.match(_full(node.args[0], names))
        if found:
            yield f"queries {found[2]} past orders/access.py"


if __name__ == "__main__":
    sys.exit(main())
