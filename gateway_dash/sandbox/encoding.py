"""JSON as providers spell it in bodies."""

import json
from typing import Any


def encoded(content: Any) -> bytes:
    """JSON in UTF-8; in ASCII with escapes where UTF-8 cannot say it."""
    if isinstance(content, bytes):
        return content
    try:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(content, separators=(",", ":")).encode()
