"""The house's own rules that no linter knows; each has a test that plants a violation.

No stage is set outside the kernel, no clock read outside core/clock.py, no signal received, no subject queried past
orders/access.py, no file or function beyond what a person reads in one go.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUBJECTS = {"Order", "Listing"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("timezone", "now"), ("date", "today"), ("time", "time")}
FILE_LINES, FUNCTION_LINES = 400, 60

MAY_SET_STAGE = ("jiedan/kernel/",)
MAY_READ_CLOCK = ("jiedan/core/clock.py",)
MAY_QUERY = ("jiedan/orders/access.py", "jiedan/kernel/", "jiedan/demo/")


def main() -> int:
    """Print every violation; 1 when there is one."""
    found = [line for path in sorted((ROOT / "jiedan").rglob("*.py")) for line in violations(path, ROOT)]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def violations(path: Path, root: Path) -> Iterator[str]:
    """What is wrong in one file; tests and migrations are left alone."""
    name = path.relative_to(root).as_posix()
    if "/tests/" in name or "/migrations/" in name:
        return
    text = path.read_text(encoding="utf-8")
    if text.count("\n") > FILE_LINES:
        yield f"{name}: {text.count(chr(10))} lines, more than {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        problem = _problem(node, name)
        if problem:
            yield f"{name}:{getattr(node, 'lineno', 0)} {problem}"


def _problem(node: ast.AST, name: str) -> str | None:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and not name.startswith(MAY_SET_STAGE):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Attribute) and target.attr == "stage" for target in targets):
            return "sets a stage; only the dispatcher does"
    if isinstance(node, ast.FunctionDef):
        size = (node.end_lineno or node.lineno) - node.lineno + 1
        if size > FUNCTION_LINES:
            return f"{node.name} has {size} lines, more than {FUNCTION_LINES}"
        if any(
            ast.unparse(decorator).startswith(("receiver", "django.dispatch.receiver"))
            for decorator in node.decorator_list
        ):
            return "receives a signal; what follows from a step stands in kernel/reactions.py"
    if isinstance(node, ast.Attribute):
        return _attribute_problem(node, name)
    return None


def _attribute_problem(node: ast.Attribute, name: str) -> str | None:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    if (owner, node.attr) in CLOCKS and not name.startswith(MAY_READ_CLOCK):
        return f"reads a clock ({owner}.{node.attr}); ask core/clock.py, or have the time passed in"
    if owner in SUBJECTS and node.attr in {"objects", "_default_manager"} and not name.startswith(MAY_QUERY):
        return f"queries {owner} past orders/access.py"
    return None


if __name__ == "__main__":
    sys.exit(main())
