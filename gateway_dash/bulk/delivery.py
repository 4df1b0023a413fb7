"""Who brings a job to a worker. The journal, the lease and the fence are ours; to deliver is an engine's work.

`database`: workers look into our own table twice a second, and nothing has to be told. `procrastinate`: each step is a
task in PostgreSQL, and a sweep every ten seconds delivers what a dead worker dropped. Both run the same steps.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gateway_dash import upstream


def deliver(job_id: int, due_at: datetime) -> None:
    """Have a worker take the next step, from then on; told once what is written here is committed."""
    if upstream.job_engine() == "procrastinate":
        transaction.on_commit(lambda: _defer(job_id, due_at))


def _defer(job_id: int, due_at: datetime) -> None:
    from gateway_dash.bulk import tasks  # needs the engine, which not everybody has

    tasks.defer(job_id, due_at)
