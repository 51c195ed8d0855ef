"""Good files of every kind, made by the kept libraries, and a paper typeset here."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

from jiedan.documents import typesetting
from jiedan.documents.probe.office import TYPES_PART

AT = datetime(2026, 9, 18, 9, 30, tzinfo=UTC)
CODE = "ABCDEFGH23456777"
CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
WORD = b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'


def specimen(**changes: Any) -> dict[str, Any]:
    """Data for the specimen, which is a contract of two pages."""
    return {
        "title": "销售合同",
        "number": "JD260918000001",
        "company": "云栖贸易有限公司",
        "printed": "2026-09-18 17:30",
        "verify": typesetting.verify_mark("http://127.0.0.1:8000", CODE),
        "facts": [["甲方", "云栖贸易有限公司"], ["乙方", "杭州某某酒店"]],
        "lines": [["北欧落地灯", "2", "199.00", "398.00"]] * 6,
        "clauses": ["乙方应当在收到货物之日起七日内验收，逾期未提出书面异议的，视为验收合格。" * 3] * 10,
        "parties": ["甲方（盖章）", "乙方（盖章）"],
    } | changes


def contract(**changes: Any) -> bytes:
    return typesetting.pdf("documents/specimen", specimen(**changes), AT)


def pdf(pages: int = 1) -> bytes:
    with pikepdf.new() as made:
        for _page in range(pages):
            made.add_blank_page()
        out = BytesIO()
        made.save(out, static_id=True)
        return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, format=kind, **more)
    return out.getvalue()


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """A Word file; MORE are further entries, "/" written as two underscores."""
    extra = {name.replace("__", "/"): content for name, content in more.items()}
    return archive({TYPES_PART: CONTENT_TYPES, "word/document.xml": WORD, **extra})
