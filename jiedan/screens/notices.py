"""Notices as pages show them."""

import json
from typing import Any

from jiedan.kernel.models import Notice
from jiedan.kernel.wording import notice_text


def shown(notice: Notice) -> dict[str, Any]:
    """A notice in the reader's language with the page it leads to."""
    text = notice_text(notice.reaction, json.loads(notice.record.body))
    return {"title": text.title, "sentence": text.sentence, "path": text.path, "at": notice.created_at, "row": notice}
