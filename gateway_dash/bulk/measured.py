"""Jobs in numbers, for /metrics."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from gateway_dash import upstream
from gateway_dash.bulk.models import Job


def measured() -> Iterator[Metric]:
    """How many jobs of each kind are in each state, and for how long the one that is due has been waiting."""
    mine = Job.objects.filter(account=upstream.account_key())
    jobs = GaugeMetricFamily("gateway_dash_jobs", "Jobs, by kind and state.", labels=("kind", "state"))
    for kind, state, number in mine.order_by().values_list("kind", "state").annotate(Count("pk")):
        jobs.add_metric((kind, state), number)
    yield jobs
    now = timezone.now()
    due = mine.filter(state=Job.State.ACTIVE, due_at__lte=now).order_by("due_at").values_list("due_at", flat=True)
    late_s = max(((now - due_at).total_seconds() for due_at in due[:1]), default=0.0)
    yield GaugeMetricFamily("gateway_dash_job_late_seconds", "How long a job that is due has waited.", value=late_s)
