"""Bodies as jobs read them for their files, past what is kept of bodies: a copy is of what is there now.

Nor does a job keep what it reads: it would push people's bodies out.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from gateway_dash.bulk.work import Run
from gateway_dash.gateway.errors import Broken, NotFound
from gateway_dash.gateway.stored import Side

CUT_TRIES = 3  # then a body that never arrives whole is taken as far as it came, and says so


@dataclass(frozen=True, slots=True)
class Stored:
    """A body as far as it is there."""

    data: bytes = b""
    is_whole: bool = True
    missing: str = ""  # why there is none

    def as_json(self, data: bytes | None = None) -> dict[str, Any]:
        """As it can stand in a line: text, or base64 where it is not UTF-8. `data`: instead of its own, masked."""
        if self.missing:
            return {"missing": self.missing}
        known: dict[str, Any] = {} if self.is_whole else {"whole": False}
        data = self.data if data is None else data
        try:
            return known | {"text": data.decode("utf-8")}
        except UnicodeDecodeError:
            return known | {"base64": base64.b64encode(data).decode("ascii")}


def stored(run: Run, log_id: str, side: Side) -> Stored:
    """One body; raises Broken for one that was cut on its way, the first times, and whatever the upstream does."""
    try:
        body = run.logs.bodies.part(log_id, side, afresh=True)
    except NotFound as error:
        return Stored(missing=error.hint or error.message)
    if body.cut and run.job.failures < CUT_TRIES:
        raise Broken(f"The {side} of a log was cut on its way here.")
    return Stored(body.data, body.whole)
