"""Errors to Sentry, where the operator names one: what the log says of them, and nothing else.

None of Sentry's integrations is on: they add addresses with their queries, headers, variables and breadcrumbs, and then
one would have to take all of that out again. An event is made of a line of our log instead, and what the library adds
to it is left out by name.
"""

from __future__ import annotations

import logging
from typing import Any

from gateway_dash.telemetry.lines import told

KEPT = frozenset({
    *("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "server_name"),
    *("message", "exception", "tags", "sdk"),
})  # fmt: skip
OFF: Any = {"mode": "off"}
NOTHING: Any = {  # what `send_default_pii=False` was once, and more
    "user_info": False,
    "cookies": OFF,
    "http_headers": {"request": OFF},
    "http_bodies": [],
    "url_query_params": OFF,
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
    "frame_context_lines": 0,
}
TAGS = ("request_id", "job", "chore", "trace_id", "route", "gateway")
OF_SENDING = ("sentry_sdk", "opentelemetry", "urllib3")
PLACES = ("", "django")  # of handlers: the second does not pass its lines on
_LEVELS = {"critical": "fatal"}


class ToSentry(logging.Handler):
    """Sends lines of errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        """Never what is said of sending itself: it would be sent again, for ever. Nor that an upstream is away."""
        if record.name.startswith(OF_SENDING) or (record.name == "django.request" and not record.exc_info):
            return
        import sentry_sdk

        try:
            event: Any = event_of(told(record))
        except (TypeError, ValueError, KeyError):  # a record that is itself a mistake; the log says so
            return
        sentry_sdk.capture_event(event)


def start(dsn: str, release: str) -> logging.Handler:
    """Send from now on; the answer is the handler, which is on every logger that has one of ours."""
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda _pending, _timeout: None)],  # it would speak to the terminal
        data_collection=NOTHING,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=only_what_is_known,
        before_breadcrumb=lambda _crumb, _hint: None,
        auto_session_tracking=False,
        send_client_reports=False,
        propagate_traces=False,
        spotlight=False,
    )
    handler = ToSentry()
    for name in PLACES:
        logging.getLogger(name).addHandler(handler)
    return handler


def end(handler: logging.Handler) -> None:
    """Send what is left, and no more."""
    import sentry_sdk

    for name in PLACES:
        logging.getLogger(name).removeHandler(handler)
    sentry_sdk.get_client().close(timeout=2)
    sentry_sdk.get_global_scope().set_client(None)


def event_of(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the log as Sentry takes it; the exception that was raised last stands last there."""
    event: dict[str, Any] = {
        "level": _LEVELS.get(line["level"], line["level"]),
        "logger": line["logger"],
        "message": line["message"],
        "tags": {key: str(line[key]) for key in TAGS if line.get(key)},
    }
    if chain := line.get("exception"):
        event["exception"] = {"values": [_exception(each) for each in reversed(chain)]}
    return event


def _exception(told: dict[str, Any]) -> dict[str, Any]:
    frames = [
        {
            "filename": each["file"],
            "lineno": each["line"],
            "function": each["function"],
            "in_app": each["file"].startswith("gateway_dash/"),
        }
        for each in told["frames"]
    ]
    module, _, name = told["type"].rpartition(".")
    return {"type": name, "module": module, "value": told["message"], "stacktrace": {"frames": frames}}


def only_what_is_known(event: Any, _hint: Any) -> Any:
    """What the library, a later version of it or a stranger's scope adds is not sent."""
    return {key: each for key, each in event.items() if key in KEPT}
