"""Log lines that can't be forged: one line an event, control characters escaped (S-74)."""

import json
import logging
from datetime import UTC, datetime


class LineFormatter(logging.Formatter):
    """One JSON object a line: when (UTC), level, logger, text; a traceback as one escaped string."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for RECORD."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
