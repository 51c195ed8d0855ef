"""Papers as PDF: a room's template, closed data, the same bytes every time (clauses 2.3.2, 6.2.1; S-06).

A template is `jiedan/<room>/typst/<name>.typ`; its first line lists the data it takes. User text reaches it as JSON
and is never part of its source. Fonts come with a package; nothing is read from the system or the network.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pylopdf_fonts_zh_cn
import segno
import typst
from django.utils.translation import gettext as _

ROOMS: Final = Path(__file__).resolve().parent.parent
_PLACEHOLDERS = re.compile(r"// data: ([a-z_]+(?:, [a-z_]+)*)")
_NAME = re.compile(r"[a-z_]+/[a-z_]+")
_one_at_a_time: Final = Lock()


class WrongData(ValueError):
    """The data don't fit the template: what it doesn't know, or what is missing."""


def pdf(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The paper "room/name" with DATA (what JSON can say), dated AT. Raises WrongData.

    The same template, data and time give the same bytes.
    """
    path = _path(template)
    wanted, given = set(_placeholders(path)), set(data)
    if wanted != given:
        raise WrongData(f"{template}: missing {sorted(wanted - given)}, unknown {sorted(given - wanted)}")
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)
    with _one_at_a_time:
        # A compiler keeps what it has read and laid out; it serves one at a time.
        made = _compiler(path).compile(format="pdf", sys_inputs={"data": text}, timestamp=int(at.timestamp()))
    if not isinstance(made, bytes):
        raise TypeError(f"{template}: the typesetter gave no PDF")
    return made


def verify_mark(base_url: str, code: str) -> dict[str, str]:
    """What `layout.typ` prints so that a reader finds the public page about the paper with this CODE."""
    address = f"{base_url}/verify/{code}/"
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return {
        "address": address,
        "code": code,
        "picture": drawn.getvalue().decode(),
        "words": _("Scan to check whether this paper was made here and hasn't been altered."),
    }


def _path(template: str) -> Path:
    room, _slash, name = template.partition("/")
    path = ROOMS / room / "typst" / f"{name}.typ"
    if not _NAME.fullmatch(template) or not path.is_file():
        raise WrongData(f"there is no template {template}")
    return path


@lru_cache(maxsize=64)
def _placeholders(path: Path) -> tuple[str, ...]:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    found = _PLACEHOLDERS.fullmatch(first)
    if found is None:
        raise WrongData(f"{path.name}: its first line has to list its data: // data: title, number")
    return tuple(found[1].split(", "))


@lru_cache(maxsize=64)
def _compiler(path: Path) -> typst.Compiler:
    return typst.Compiler(
        str(path), root=str(ROOMS), font_paths=_fonts(), package_path=str(ROOMS / "documents" / "typst")
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # Files by name: a system's own fonts would make the same paper look different elsewhere.
    folder = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
