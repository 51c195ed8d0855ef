"""The licences of what the product runs on: none may be GPL or AGPL; docs/dependencies.md derives from them."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "base.lock"
DOCUMENT = ROOT / "docs" / "dependencies.md"
FORBIDDEN = re.compile(r"\b(A?GPL)|GNU (Affero )?General Public License", re.IGNORECASE)
PERMISSIVE_TOO = re.compile(r"\bOR\b")
WHY = {
    "argon2-cffi": "password hashing",
    "babel": "translations are compiled at install time, without gettext's binaries",
    "click": "the `jiedan` command",
    "cryptography": "personal data encrypted at rest",
    "django": "web framework, ORM, migrations (LTS)",
    "django-allauth": "log-in: password, TOTP, passkeys, DingTalk, Feishu, OIDC",
    "django-axes": "lock-out after failed log-ins",
    "django-cotton": "leaf components of templates",
    "django-csp": "content security policy with nonces",
    "django-environ": "reads database and mail addresses from the environment",
    "django-htmx": "fragments; ships htmx",
    "django-ninja": "JSON API with OpenAPI",
    "django-q2": "jobs in the same database, enqueued in the same transaction",
    "django-template-partials": "fragments inside a page's template",
    "granian": "web server",
    "greenlet": "pushes that wait for their commit without a thread each",
    "holidays": "seeds the working calendar",
    "httpx": "calls platforms",
    "orjson": "JSON where much of it is read and written",
    "psycopg": "PostgreSQL; LGPL allows use as a library, unchanged and replaceable",
    "pydantic": "typed input of steps and of the API",
    "pikepdf": "opens PDF files that were uploaded; MPL allows use as a library, unchanged",
    "pillow": "draws uploaded pictures afresh",
    "pyhanko": "PAdES signatures",
    "pylopdf-fonts-zh-cn": "Noto fonts for Chinese papers",
    "segno": "QR codes on papers",
    "typst": "typesets papers as PDF",
    "rfc8785": "canonical JSON of ledger records",
    "setuptools": "installs the project itself",
    "tzdata": "time zones where the machine has none",
    "whitenoise": "static files",
    "@tabler/core": "look of the pages",
    "@tabler/icons": "icons",
    "htmx.org": "fragments without reloading a page",
}


@dataclass(frozen=True)
class Dependency:
    """A package the product runs on; `why` is a reason of ours or names the package that needs it."""

    name: str
    version: str
    licence: str
    why: str

    @property
    def forbidden(self) -> bool:
        """Whether the licence would bind our own code: GPL or AGPL, with no other one to choose."""
        text = re.sub(r"LGPL|GNU Lesser General Public License", "", self.licence, flags=re.IGNORECASE)
        return bool(FORBIDDEN.search(text)) and not PERMISSIVE_TOO.search(text)


def main(arguments: list[str]) -> int:
    """Check the licences and that the document is fresh; `--write` renews it. 1 when something is wrong."""
    found = [*python_packages(LOCK.read_text(encoding="utf-8")), *front_end_packages(ROOT)]
    problems = [f"{each.name} {each.version}: {each.licence} is not allowed" for each in found if each.forbidden]
    problems += [f"{each.name} {each.version}: the licence is not stated" for each in found if not each.licence]
    text = document(found)
    if "--write" in arguments:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        problems.append("docs/dependencies.md is out of date: run python -m tools.licences --write")
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def python_packages(lock: str) -> Iterator[Dependency]:
    """What the lock file installs here, each with its licence and its reason."""
    names = [name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)]
    needed_by = _needed_by(names)
    for name in names:
        about = _about(name)
        if about is not None:
            why = WHY.get(name) or f"for {', '.join(needed_by[name])}"
            yield Dependency(name, str(about["Version"]), licence(about), why)


def front_end_packages(root: Path) -> Iterator[Dependency]:
    """What the browser gets; the tools that build it stay behind."""
    wanted = json.loads((root / "package.json").read_text(encoding="utf-8")).get("dependencies", {})
    locked = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in sorted(wanted):
        entry = locked[f"node_modules/{name}"]
        yield Dependency(name, entry["version"], entry.get("license", ""), WHY.get(name, "?"))


def licence(about: Message) -> str:
    """What a package's metadata says of its licence, in a few words."""
    expression, text = about.get("License-Expression"), about.get("License") or ""
    classes = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    if expression:
        return str(expression)
    if text and "\n" not in text and len(text) < 40 and text != "Dual License":
        return text
    return " OR ".join(line for line in classes if not line.startswith("Other/"))


def document(found: list[Dependency]) -> str:
    """docs/dependencies.md."""
    lines = [
        "# What the product runs on",
        "",
        "Made from the lock files by `tools/licences.py`, which refuses GPL and AGPL. Versions and hashes stand in",
        "`requirements/base.lock` and `package-lock.json`. What developers need besides (`requirements/dev.lock`) isn't part",
        "of an installation.",
        "",
        "| package | licence | why |",
        "|---|---|---|",
    ]
    return "\n".join([*lines, *(f"| {each.name} | {each.licence} | {each.why} |" for each in found)]) + "\n"


def _about(name: str) -> Message | None:
    try:
        return metadata.metadata(name)  # type: ignore[return-value] # PackageMetadata is a Message
    except metadata.PackageNotFoundError:
        return None


def _needed_by(names: list[str]) -> dict[str, list[str]]:
    """Who requires a package; those that do so only with an extra count when there is nobody else."""
    always: dict[str, set[str]] = {}
    with_extra: dict[str, set[str]] = {}
    for name in names:
        about = _about(name)
        for requirement in (about.get_all("Requires-Dist") or ()) if about else ():
            wanted = re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")
            (with_extra if "extra ==" in requirement else always).setdefault(wanted, set()).add(name)
    return {name: sorted(always.get(name) or with_extra.get(name) or {"?"}) for name in names}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
