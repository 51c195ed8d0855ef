"""The files themselves: sealed bytes in a folder, each under the SHA-256 of what lies there (clause 6.2.1).

The name of a file says nothing of its content, which was sealed before, and still proves that it is whole. A file
lies on the disk for good before `put` returns; a row that names it is written only then.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

_NAME = 64
_DRAFT = "."


class Missing(LookupError):
    """The store has no file of that name."""


class Damaged(ValueError):
    """A file in the store is not what was put there."""


def put(sealed: bytes) -> str:
    """Keep SEALED; returns its name (SHA-256, hex). Raises OSError when the disk doesn't take it."""
    name = hashlib.sha256(sealed).hexdigest()
    path = _path(name)
    if path.exists():
        return name
    _make(path.parent)
    draft = path.with_name(f"{_DRAFT}{name}.{secrets.token_hex(8)}")
    try:
        _write(draft, sealed)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)
    return name


def get(name: str) -> bytes:
    """The sealed bytes of that name. Raises Missing or Damaged."""
    try:
        sealed = _path(name).read_bytes()
    except FileNotFoundError as error:
        raise Missing(name) from error
    if hashlib.sha256(sealed).hexdigest() != name:
        raise Damaged(name)
    return sealed


def older_than(moment: datetime) -> Iterator[Path]:
    """Files and drafts that have lain there since before MOMENT, by the file system's own times."""
    limit = moment.timestamp()
    for path in sorted(_root().glob("??/*")):
        try:
            if path.is_file() and path.stat().st_mtime < limit:
                yield path
        except FileNotFoundError:
            continue


def is_draft(path: Path) -> bool:
    """Whether the file was left by a writer that didn't come to its end."""
    return path.name.startswith(_DRAFT)


def remove(path: Path) -> None:
    """Throw a file away; one that is gone already is no error."""
    path.unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.DOCUMENTS_DIR)


def _path(name: str) -> Path:
    if len(name) != _NAME or not set(name) <= set("0123456789abcdef"):
        raise Missing(name)
    return _root() / name[:2] / name


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _root().chmod(0o700)
    _sync(_root())


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    # A new name is only safe once its folder is on the disk too.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
