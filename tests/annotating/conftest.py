"""What the tests of annotating many logs share: the wire to the upstream, and a worker that is called by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gateway_dash.bulk import jobs
from gateway_dash.bulk.annotating.spec import Spec
from gateway_dash.bulk.annotating.starting import start_undo
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.runner import advance
from gateway_dash.gateway.query import LogQuery
from tests.conftest import GATEWAY
from tests.people import somebody
from tests.views.conftest import bare_store, wire  # noqa: F401 - fixtures

Workers = Callable[..., Job]


@pytest.fixture
def kim(django_user_model: Any) -> Any:
    """Whoever asks for the work."""
    return somebody("kim")


def put(store: Any, *rows: dict[str, Any]) -> None:
    """Logs that are old enough to be read as settled."""
    start = datetime.now(UTC) - timedelta(hours=5)
    for number, row in enumerate(rows):
        store.add({"created_at": (start + timedelta(seconds=number)).isoformat(), "provider": "mistral"} | row)


def said(store: Any, log_id: str) -> tuple[Any, Any, Any]:
    """Verdict, score and metadata as the upstream has them."""
    row = store.get(log_id)
    return row.get("feedback"), row.get("score"), row.get("metadata")


def work_off(job: Job, steps: int = 300) -> Job:
    """What workers do, without their waiting."""
    for _ in range(steps):
        Job.objects.filter(pk=job.pk, state=Job.State.ACTIVE).update(due_at=timezone.now())
        if not advance(job.pk):
            break
    job.refresh_from_db()
    return job


def planned(kim: Any, ids: Sequence[str] = (), query: str = "", **parts: Any) -> Job:
    """A plan, read to its end."""
    named = {name.replace("metadata_", "metadata "): value for name, value in parts.items()}
    spec = Spec(query=query, ids=tuple(ids), parts=named)
    return work_off(jobs.start("annotate", GATEWAY, kim, "some logs", spec.kept(), phase="plan"))


def annotated(kim: Any, ids: Sequence[str] = (), query: str = "", **parts: Any) -> Job:
    """A plan that was started, worked off."""
    job = planned(kim, ids, query, **parts)
    assert jobs.begin(job, kim, "run")
    return work_off(job)


def undone(job: Job, kim: Any, after: str = "") -> Job:
    """Its undo, worked off."""
    return work_off(start_undo(job, kim, after))


def states(job: Job) -> dict[str, str]:
    """The state of each log of a job."""
    return dict(Item.objects.filter(job=job).values_list("log_id", "state"))


def note(job: Job, log_id: str) -> str:
    """Why a log was not changed."""
    return Item.objects.get(job=job, log_id=log_id).note


def journal(job: Job, log_id: str) -> tuple[Any, Any]:
    """What an item keeps of before and after."""
    item = Item.objects.get(job=job, log_id=log_id)
    return json.loads(item.before or "null"), json.loads(item.after or "null")


def settled_query(text: str = "provider=mistral") -> str:
    """A filter as the view pins it."""
    from django.http import QueryDict

    from gateway_dash.bulk.views import settled

    return settled(LogQuery.read(QueryDict(text)), "annotated").url()
