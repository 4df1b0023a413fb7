"""Log lines as JSON: control bytes escaped, so that no log text can forge a line or colour a terminal."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_KEYS = re.compile(r"(/(?:share|password)/)[^\s\"'<>?]+")  # addresses that are keys themselves


class JsonLines(logging.Formatter):
    """One JSON object a line, ASCII only."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message; what an audit line adds; the traceback where there is one."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _KEYS.sub(r"\1…", record.getMessage()),
        }
        line |= getattr(record, "audit", {})
        if record.exc_info:
            line["traceback"] = _KEYS.sub(r"\1…", self.formatException(record.exc_info))
        return json.dumps(line)
