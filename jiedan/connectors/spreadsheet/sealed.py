"""What a file says, sealed with a key of its own until nobody needs it any more (clauses 6.2.1, 6.2.4)."""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from jiedan.connectors.spreadsheet.models import Chunk, Import, Part
from jiedan.orders import vault
from jiedan.orders.models import DataKey

PIECE = 1 << 20
FILE, CONTENT, RESULTS, SAMPLE = "import file", "import orders", "import results", "import sample"


def keep_file(row: Import, content: bytes) -> None:
    """Seal the file, in pieces."""
    key = row.key.opened()
    for number, start in enumerate(range(0, len(content), PIECE)):
        sealed = vault.seal_bytes(key, content[start : start + PIECE], f"{FILE} {number}")
        Part.objects.create(of=row, number=number, sealed=sealed)


def file_of(row: Import) -> bytes:
    """The file as it was uploaded. Raises vault.Unreadable when it was erased."""
    key = row.key.opened()
    pieces = Part.objects.filter(of=row).order_by("number")
    return b"".join(vault.unseal_bytes(key, bytes(part.sealed), f"{FILE} {part.number}") for part in pieces.iterator(4))


def seal(key: bytes, data: Any, purpose: str) -> bytes:
    """JSON values, small and sealed."""
    return vault.seal_bytes(key, zlib.compress(orjson.dumps(data), 1), purpose)


def opened(key: bytes, sealed: bytes | memoryview, purpose: str) -> Any:
    """What `seal` sealed. Raises vault.Unreadable."""
    return orjson.loads(zlib.decompress(vault.unseal_bytes(key, bytes(sealed), purpose)))


def results_of(row: Import) -> Iterator[tuple[Chunk, list[dict[str, Any]]]]:
    """What each order of each chunk is, or became; chunk by chunk."""
    key = row.key.opened()
    for chunk in Chunk.objects.filter(of=row).order_by("number").iterator(4):
        yield chunk, told(chunk, key)


def told(chunk: Chunk, key: bytes) -> list[dict[str, Any]]:
    """Of each order: its rows, number, outcome, reason, our reference, and its content."""
    found: list[dict[str, Any]] = opened(key, chunk.sealed, CONTENT)
    if chunk.results is not None:
        for item, result in zip(found, opened(key, chunk.results, RESULTS), strict=True):
            item |= result
    return found


def erase(row: Import, now: datetime) -> None:
    """Nobody can read the file or its orders any more, in the database or in a backup."""
    Part.objects.filter(of=row).delete()
    Chunk.objects.filter(of=row).delete()
    DataKey.objects.filter(pk=row.key_id).update(wrapped=b"")
    row.finished_at = row.finished_at or now
