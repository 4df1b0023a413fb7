"""What the page of a deletion shows: the plan, then how far it is, then the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from gateway_dash import upstream
from gateway_dash.bulk.deletion import cost, swift
from gateway_dash.bulk.deletion.spec import SECOND_PERSON_ABOVE, Spec, default_level
from gateway_dash.bulk.models import Item, Job
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery, json_text
from gateway_dash.gateway.service import FIND_AT_ONCE
from gateway_dash.gateway.vocabulary import EQ
from gateway_dash.logs.listing import heading
from gateway_dash.logs.rows import Line, short_lines
from gateway_dash.logs.screen import Screen
from gateway_dash.web import formats

SAMPLE = 5
SPLITS = (("model", "By model"), ("provider", "By provider"), ("outcome", "By outcome"))
SPLIT_ROWS = 6


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole."""

    name: str
    count: int


def sentence(job: Job) -> str:
    """The plan, or what came of it. "Gone" means read again and not found."""
    receipt = job.found.get("receipt")
    if receipt:
        gone, left = receipt["gone"], receipt["left"] + receipt["untried"]
        return formats.logs(gone) + (f" verified gone, {left:,} not" if left else " deleted, and verified gone")
    count = job.found.get("count")
    if count is None:
        return f"Delete {job.title}"
    if job.found.get("report"):
        return f"Report: {formats.logs(count)} would go ({job.title})"
    return f"Delete {formats.logs(count)}" + ("" if Spec.of(job).ids else f" ({job.title})")


def context(job: Job) -> dict[str, Any]:
    """For `bulk/kinds/delete.html`."""
    common: dict[str, Any] = {"list_url": Spec.of(job).back or reverse("log-list", args=[job.gateway])}
    if job.state in (Job.State.PLANNED, Job.State.APPROVAL):
        return common | _plan(job)
    receipt = job.found.get("receipt")
    if receipt:
        common |= {"receipt": _read(receipt)}
        common |= {"parts": list(job.parts.all()), "is_clean": not (receipt["left"] or receipt["untried"])}
        common |= {"left": list(job.items.filter(state=Item.State.LEFT)[:SAMPLE])}
    return common


def _read(receipt: dict[str, Any]) -> dict[str, Any]:
    return receipt | {
        "verified_at": datetime.fromisoformat(receipt["verified_at"]),
        "verified_gone": receipt["gone"] + receipt["gone_before"],
    }


def _plan(job: Job) -> dict[str, Any]:
    spec, found = Spec.of(job), job.found
    count, held = int(found["count"]), sum(found["held"].values())
    lines, problem = _sample(job)
    query = spec.log_query() if spec.query else None
    return {
        "spec": spec,
        "count": count,
        "held": held,
        "reasons": [Share(name, number) for name, number in found["held"].items()],
        "held_url": _held_url(job),
        "oldest": datetime.fromisoformat(found["oldest"]),
        "newest": datetime.fromisoformat(found["newest"]),
        "splits": [(label, _shares(found["split"][name])) for name, label in SPLITS],
        "lines": lines,
        "sample_problem": problem,
        "sentence": heading(query) if query else None,
        "conditions": json_text(query.for_api()) if query else "",
        "cutoff": query.end if query else None,
        "by_ids": _by_ids(query),
        "why_not_swift": swift.why_not(job),
        "costs": list(cost.costs(count, held).values()),
        "chosen": spec.level if job.state == Job.State.APPROVAL else default_level(count),
        "phrase": phrase(job),
        "phrase_without_copy": phrase(job, "none"),
        "second_above": SECOND_PERSON_ABOVE if upstream.approval_is_on() else None,
    }


def phrase(job: Job, level: str = "rows") -> str:
    """What has to be typed."""
    return f"delete {job.found['count']}" + (" without a copy" if level == "none" else "")


def _shares(counts: dict[str, int]) -> list[Share]:
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    shown = [Share(name, number) for name, number in ordered[:SPLIT_ROWS]]
    rest = ordered[SPLIT_ROWS:]
    return [*shown, *([Share(f"{len(rest)} more", sum(number for _, number in rest))] if rest else [])]


def _sample(job: Job) -> tuple[Sequence[Line], GatewayError | None]:
    """The oldest five and the newest five as they are now: one call. A plan that cannot show them is still a plan."""
    ids = list(job.items.filter(state=Item.State.PENDING).values_list("log_id", flat=True))
    shown = ids if len(ids) <= 2 * SAMPLE else [*ids[:SAMPLE], *ids[-SAMPLE:]]
    try:
        found = upstream.logs(job.gateway).find(shown)
    except GatewayError as error:
        return [], error
    return short_lines(found, Screen(path=reverse("log-list", args=[job.gateway]))), None


def _held_url(job: Job) -> str:
    """A list of the held ones, as far as an address can name them."""
    ids = tuple(job.items.filter(state=Item.State.HELD).values_list("log_id", flat=True)[:FIND_AT_ONCE])
    return reverse("log-list", args=[job.gateway]) + LogQuery(filters=(Filter("id", EQ, ids),)).url() if ids else ""


def _by_ids(query: LogQuery | None) -> str:
    """Which of the filters a DELETE of the API could not say."""
    if query is None:
        return ""
    names = ["the search"] if query.search else []
    names += [f"the pair {each.name.partition('.')[2]}" for each in query.filters if each.is_pair]
    return " and ".join(names)
