"""gunicorn's own lines in our form. Its parent process has no Django, so neither has this module."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

from gunicorn import glogging

from gateway_dash.environment_telemetry import JSON, TEXT
from gateway_dash.telemetry import scrub
from gateway_dash.telemetry.lines import JsonLines

# What comes behind is what somebody sent that is no request: it may be anything.
_QUOTED = re.compile(r"(Invalid request from ip=\S*?): .*", re.DOTALL)


class ServerLog(glogging.Logger):  # type: ignore[misc]
    """Starts, ends and failures of workers. The line of each request is the dashboard's own, with more in it."""

    form = JSON

    def setup(self, cfg: Any) -> None:
        """As gunicorn does it, wherever it writes; then our form."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(JsonLines(self.form))

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Who sent what is no request, and not what it was."""
        super().warning(_QUOTED.sub(r"\1", msg) if isinstance(msg, str) else msg, *args, **kwargs)

    def access(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> None:
        """If an operator turns it on: without query string, referrer and what else a visitor may write into it."""
        if not self.access_log_enabled:
            return
        facts = {
            "method": environ.get("REQUEST_METHOD"),
            "path": scrub.path(str(environ.get("PATH_INFO", ""))),
            "status": str(resp.status).partition(" ")[0],
            "duration_ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.log(logging.INFO, "access", extra={"told": facts})


class ServerText(ServerLog):
    """The same for people on a terminal."""

    form = TEXT
