"""What a process that serves or works does first: spans and errors by setting, and no line on stderr but ours."""

from __future__ import annotations

import importlib.metadata
import logging
import sys
import threading
from types import TracebackType

from gateway_dash import upstream
from gateway_dash.telemetry import sentry, spans

logger = logging.getLogger("gateway_dash")
_started: list[bool] = []


def start() -> None:
    """Once for each process, after it was forked."""
    if _started:
        return
    _started.append(True)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    wanted = upstream.telemetry()
    if wanted.otlp:
        spans.start()
    if wanted.sentry_dsn:
        sentry.start(wanted.sentry_dsn, _version())


def _version() -> str:
    try:
        return f"gateway-dash@{importlib.metadata.version('gateway-dash')}"
    except importlib.metadata.PackageNotFoundError:  # a checkout, which is not installed
        return "gateway-dash"


def _uncaught(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return sys.__excepthook__(kind, error, where)
    logger.critical("The process ends by an error.", exc_info=(kind, error, where))
    return None


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None:
        told = (found.exc_type, found.exc_value, found.exc_traceback)
        logger.error("A thread ended by an error.", exc_info=told)
