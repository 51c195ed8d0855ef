"""Hostile files are refused with a sentence, fast and small; good ones are taken in without what isn't theirs (R17)."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jiedan.documents import uploads
from jiedan.documents.places import EXTENSIONS
from jiedan.documents.tests.hostile import FILES
from jiedan.documents.tests.papers import CONTENT_TYPES, archive, docx, pdf, picture


@pytest.mark.parametrize("what", FILES)
def test_a_hostile_file_is_refused_with_a_sentence(what: str, settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    name, make = FILES[what]
    with pytest.raises(uploads.BadFile) as refused:
        uploads.check("other", name, make())
    sentence = str(refused.value)
    assert sentence.endswith(("。", "."))
    assert "%(" not in sentence
    assert not settings.DOCUMENTS_DIR.exists()


OPENED = [what for what, (name, _make) in FILES.items() if name.rpartition(".")[2] in EXTENSIONS and what != "too much"]
_PROBE = """
import re, sys
from jiedan.documents.probe import __main__
code = __main__.main(sys.argv[1])
sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("what", OPENED)
def test_opening_it_costs_less_than_100_mb_of_memory(what: str) -> None:
    name, make = FILES[what]
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROBE, EXTENSIONS[name.rpartition(".")[2]]],
        input=make(), capture_output=True, check=False, env={}, cwd="/",
    )  # fmt: skip
    assert done.returncode == 3
    assert int(done.stderr) * 1024 < 100_000_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("合同.pdf", pdf(3)),
        ("照片.PNG", picture()),
        ("照片.jpg", picture("JPEG")),
        ("照片.jpeg", picture("JPEG")),
        ("照片.webp", picture("WEBP")),
        ("说明.docx", docx()),
        ("清单.xlsx", archive({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": b"<x/>"})),
        ("说明.txt", "你好\r\n".encode()),
        ("清单.csv", "\ufeff品名,数量\n灯,2\n".encode()),
    ],
)
def test_a_good_file_of_each_type_is_taken(name: str, content: bytes) -> None:
    found = uploads.check("other", name, content)
    assert (found.name, found.media_type) == (name, EXTENSIONS[name.rpartition(".")[2].lower()])
    if not found.media_type.startswith("image/"):
        assert found.content == content


def test_a_picture_loses_its_position_and_whatever_hangs_on_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6
    brought = picture("JPEG", (40, 30), exif=exif) + archive({"x": b"y"})
    kept = uploads.check("other", "photo.jpg", brought).content
    with Image.open(BytesIO(kept)) as drawn:
        assert dict(drawn.getexif()) == {}
        assert drawn.size == (30, 40)
    assert b"secret" not in kept
    assert b"PK\x03\x04" not in kept


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\合同.pdf", "合同.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("...", "file"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(brought: str, kept: str) -> None:
    assert uploads.clean(brought) == kept


def test_a_kind_that_only_the_system_makes_cant_be_uploaded() -> None:
    with pytest.raises(uploads.BadFile):
        uploads.check("evaluation_sheet", "a.pdf", pdf())


def test_what_a_place_doesnt_take_is_refused_there_alone() -> None:
    assert uploads.check("customer_material", "a.docx", docx()).content == docx()
    with pytest.raises(uploads.BadFile, match="pdf, png, jpg, jpeg, webp"):
        uploads.check("signed_contract", "a.docx", docx())


def _scanner(folder: Path, code: int) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); sys.exit({code})")


@pytest.mark.parametrize("code", [1, 2])
def test_what_the_virus_scanner_refuses_or_cant_look_at_isnt_taken(code: int, tmp_path: Path, settings: object) -> None:
    settings.VIRUS_SCANNER = _scanner(tmp_path, code)  # type: ignore[attr-defined]
    with pytest.raises(uploads.BadFile):
        uploads.check("other", "a.pdf", pdf())


def test_what_the_virus_scanner_passes_is_taken(tmp_path: Path, settings: object) -> None:
    settings.VIRUS_SCANNER = _scanner(tmp_path, 0)  # type: ignore[attr-defined]
    assert uploads.check("other", "a.pdf", pdf()).content == pdf()
