"""What the operator is told, and where: log lines, traces, errors. Settings with the names that every tool knows."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

JSON, TEXT = "json", "text"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_COLLECTOR = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(/[\w.~-]+)*/?\Z", re.ASCII)
_DSN = re.compile(r"(https?)://[A-Za-z0-9]+@([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(/[\w.~-]+)*/\d+\Z", re.ASCII)
_MISSING = "{}, but its packages are not installed: .venv/bin/uv sync --inexact --extra {}"


@dataclass(frozen=True, slots=True)
class Telemetry:
    """`sentry_dsn` is a secret of sorts: whoever has it can write there."""

    log: str  # JSON or TEXT
    otlp: str  # where spans go; empty: nowhere
    sentry_dsn: str  # where errors go; empty: nowhere

    def __repr__(self) -> str:
        return f"Telemetry({self.log!r}, …)"


def read(environ: Mapping[str, str], sentry_dsn: str | None, problems: list[str]) -> Telemetry:
    """All three."""
    return Telemetry(log_form(environ, problems), _otlp(environ, problems), _sentry(sentry_dsn or "", problems))


def log_form(environ: Mapping[str, str], problems: list[str]) -> str:
    """As it is said; else lines for people on a terminal, and JSON for whatever collects them."""
    said = environ.get("GATEWAY_DASH_LOG", "").strip().lower()
    if said and said not in (JSON, TEXT):
        problems.append(f"GATEWAY_DASH_LOG takes {JSON} or {TEXT}.")
    if said in (JSON, TEXT):
        return said
    return TEXT if sys.stderr is not None and sys.stderr.isatty() else JSON


def _otlp(environ: Mapping[str, str], problems: list[str]) -> str:
    """Plain http is in order: a collector stands beside the dashboard, and spans hold nothing that is secret."""
    text = environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
    if text and not _COLLECTOR.match(text):
        problems.append("OTEL_EXPORTER_OTLP_ENDPOINT takes an address such as http://127.0.0.1:4318.")
    elif text and not (_is_there("opentelemetry.sdk") and _is_there("opentelemetry.exporter.otlp.proto.http")):
        problems.append(_MISSING.format("OTEL_EXPORTER_OTLP_ENDPOINT is set", "otel"))
    return text


def _sentry(text: str, problems: list[str]) -> str:
    found = _DSN.match(text)
    if text and not found:
        problems.append("SENTRY_DSN takes what Sentry shows: https://key@host/number.")
    elif found and found[1] == "http" and found[2] not in LOOPBACK:
        problems.append("SENTRY_DSN must be https; http is for this machine alone.")
    elif text and not _is_there("sentry_sdk"):
        problems.append(_MISSING.format("SENTRY_DSN is set", "sentry"))
    return text


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package above it
        return False
