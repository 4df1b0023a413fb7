"""Log lines, whoever writes them: Django, gunicorn, httpx, our own rooms. JSON, or lines for people on a terminal.

One function makes of a record what is told; both forms, and what goes to Sentry, are made of that. It never says what
an exception quotes, nor a query string, and no text in it can forge a line or colour a terminal.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter

from gateway_dash.environment_telemetry import JSON, TEXT
from gateway_dash.telemetry import scrub, spans

Line = dict[str, Any]
_WORD = re.compile(r"[^\s=\"\\]+\Z")


def told(record: logging.LogRecord) -> Line:
    """Time, level, logger and message; what the line adds; request, job and trace; the exception, if there is one."""
    line: Line = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": scrub.value(record.name),
        "message": scrub.message(_words(record)),
    }
    more = getattr(record, "told", {}) | structlog.contextvars.get_contextvars() | _asked(record) | spans.ids()
    line |= {key: scrub.value(each) for key, each in more.items() if key not in line}
    error = record.exc_info[1] if record.exc_info else None
    return line if error is None else line | {"exception": scrub.exceptions(error)}


def _asked(record: logging.LogRecord) -> Line:
    """Django says of an answer that it is an error when the request is over; but it says of which."""
    known = getattr(getattr(record, "request", None), "request_id", None)
    return {"request_id": known} if known else {}


def _words(record: logging.LogRecord) -> str:
    """The message; an exception in it is told by its type."""
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    if isinstance(record.args, tuple) and any(isinstance(each, BaseException) for each in record.args):
        plain = [type(each).__name__ if isinstance(each, BaseException) else each for each in record.args]
        return str(record.msg) % tuple(plain)
    return record.getMessage()


class JsonLines(ProcessorFormatter):
    """One JSON object a line, ASCII only; or as TEXT one line for people, and under it where an exception came from."""

    def __init__(self, form: str = JSON) -> None:
        render = _for_people if form == TEXT else structlog.processors.JSONRenderer(serializer=json.dumps)
        super().__init__(processors=[_line, render])

    def format(self, record: logging.LogRecord) -> str:
        """The line; of a record that is itself a mistake, only whose it is: logging would print all of it."""
        try:
            line = told(record)
            return super().format(logging.makeLogRecord(record.__dict__ | {"line": line, "msg": "", "args": ()}))
        except (TypeError, ValueError, KeyError) as error:
            words = f"A line of {scrub.value(record.name)} could not be written ({type(error).__name__})."
            return self.format(logging.LogRecord("gateway_dash", logging.ERROR, "", 0, words, (), None))


def _line(_logger: Any, _method: str, event: Any) -> Line:
    line: Line = event["_record"].line
    return line


def _for_people(_logger: Any, _method: str, line: Any) -> str:
    """As `23:50:01 warning gateway_dash.web: words, key=value …`."""
    exception = line.pop("exception", ())
    head = f"{line.pop('at')[11:19]} {line.pop('level')} {line.pop('logger')}: {line.pop('message')}"
    facts = "".join(f" {key}={_plain(each)}" for key, each in line.items() if each not in (None, ""))
    under = [f"  {each['type']} {each['message']}".rstrip() + _places(each["frames"]) for each in exception]
    return "\n".join([head + facts, *under])


def _plain(value: Any) -> str:
    """A text that has blanks in quotes: it cannot look like another fact."""
    return value if isinstance(value, str) and _WORD.match(value) else json.dumps(value, ensure_ascii=False)


def _places(frames: list[dict[str, Any]]) -> str:
    return "".join(f"\n    {each['file']}:{each['line']} {each['function']}" for each in frames)


def settings(form: str) -> dict[str, Any]:
    """What Django hands to logging.config."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "gateway_dash.telemetry.lines.JsonLines", "form": form}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "gateway_dash": {"level": "INFO"},
            # httpx logs whole URLs, and filters name tenants and people.
            "httpx": {"level": "WARNING"},
            "urllib3": {"level": "ERROR"},
            # What it says of a channel may hold the channel's secret.
            "apprise": {"level": "CRITICAL", "propagate": False},
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "django.request": {"level": "ERROR"},  # a 404 is not news
        },
    }
