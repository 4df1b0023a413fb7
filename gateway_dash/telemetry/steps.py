"""A step of a job, as the operator sees it: what it logs and calls meanwhile has the job's key."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from gateway_dash.gateway import calls
from gateway_dash.telemetry import spans

logger = logging.getLogger("gateway_dash.job")


@contextmanager
def told(key: str, kind: str, phase: str, gateway: str) -> Iterator[None]:
    """One line and one span for the step inside; within the page that counts its calls."""
    page, started = calls.current(), time.perf_counter()
    with bound_contextvars(job=key), spans.around("INTERNAL", f"job {kind}") as span:
        span.attributes |= {"gateway_dash.job": key, "gateway_dash.phase": phase, "gateway_dash.gateway": gateway}
        try:
            yield
        finally:
            sent = list(page.calls)
            span.attributes["gateway_dash.calls"] = len(sent)
            facts = {
                "kind": kind,
                "phase": phase,
                "gateway": gateway,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
                "calls": len(sent),
                "upstream_ms": round(math.fsum(each.duration_ms for each in sent), 1),
            }
            logger.info("step", extra={"told": facts})
