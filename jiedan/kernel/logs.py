"""Log lines that can't be forged: one line an event, control characters escaped (S-74)."""

import json
import logging
import re
from datetime import UTC, datetime

_ROW = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)
_LINK = re.compile(r"/p/[^/\s\"']+")


class LineFormatter(logging.Formatter):
    """One JSON object a line: when (UTC), level, logger, text; a traceback as one escaped string."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for RECORD."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": _without_links(without_rows(record.getMessage())),
        }
        if record.exc_info:
            line["trace"] = _without_links(without_rows(self.formatException(record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


def _without_links(text: str) -> str:
    # Whoever has the address of a customer's page has the customer's rights: logs are read by others.
    return _LINK.sub("/p/…", text)


def without_rows(text: str) -> str:
    """TEXT without what PostgreSQL tells of the row that failed: personal data may stand in it (S-73)."""
    return _ROW.sub(r"\1: left out", text)
