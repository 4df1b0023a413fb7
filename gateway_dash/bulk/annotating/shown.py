"""What the page of an annotation shows: before and after of its logs, the numbers, and how to undo it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse

from gateway_dash.bulk import pace, which
from gateway_dash.bulk.annotating.spec import Spec, both, counted, name_words, value_words
from gateway_dash.bulk.annotating.undoing import undo_of
from gateway_dash.bulk.models import Item, Job
from gateway_dash.gateway.annotation import unkept
from gateway_dash.gateway.errors import QueryError
from gateway_dash.web import formats

ROWS = 50
CALLS_PER_LOG = 3  # read, change, read
_LABELS = {
    Item.State.PENDING: ("not tried", "", "clock"),
    Item.State.SENDING: ("sent, not read yet", "is-warn", "hourglass"),
    Item.State.CHANGED: ("changed", "is-ok", "check"),
    Item.State.SAME: ("already so", "", "minus"),
    Item.State.FAILED: ("not changed", "is-err", "octagon-x"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a log's annotation that changes."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """One log of the table."""

    log_id: str
    url: str
    label: str
    tone: str
    icon: str
    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to the rows of one state."""

    label: str
    count: int
    url: str
    is_current: bool


def sentence(job: Job) -> str:
    """What it is, or what came of it. "Annotated" means read again and found so."""
    receipt, spec = job.found.get("receipt"), Spec.of(job)
    if receipt:
        done = "set back" if spec.undoes else "annotated"
        left = receipt["failed"] + receipt["untried"]
        return f"{formats.logs(receipt['changed'])} {done}, and read again" + (f"; {left:,} not" if left else "")
    count = job.found.get("count")
    if spec.undoes:
        return f"Set back what job {spec.undoes} changed" + ("" if count is None else f", {formats.logs(count)}")
    chosen = job.title if spec.ids or count is None else f"{formats.logs(count)} ({job.title})"
    return f"Annotate {chosen}: {spec.words()}"


def context(job: Job) -> dict[str, Any]:
    """For `bulk/kinds/annotate.html`."""
    spec = Spec.of(job)
    left = counted(job)["untried"]
    failed = Item.objects.filter(job=job, state=Item.State.FAILED).order_by().values_list("note")
    undo = undo_of(job)
    return {
        "spec": spec,
        "change": [(name_words(name), value_words(name, value)) for name, value in spec.parts.items()],
        "numbers": counted(job),
        "reasons": failed.annotate(number=Count("pk")).order_by("-number") if job.state == Job.State.PLANNED else (),
        "calls_needed": CALLS_PER_LOG * left,
        "minutes_needed": pace.minutes_for(CALLS_PER_LOG * left),
        "undo": undo,
        "undo_url": reverse("job", args=[job.gateway, undo.key]) if undo else "",
        "undone_url": reverse("job", args=[job.gateway, spec.undoes]) if spec.undoes else "",
        "can_undo": bool(job.ended_at and counted(job)["changed"] and not (undo and undo.ended_at is None)),
    }


def asked(job: Job, parameters: QueryDict) -> dict[str, Any]:
    """The rows that `?state=` and `?page=` ask for; raises QueryError for what they do not take.

    While the job runs there are none: its page is read again every two seconds.
    """
    known = [str(each) for each in _LABELS]
    state = parameters.get("state", "pending" if job.state == Job.State.PLANNED else "")
    if state and state not in known:
        raise QueryError(f"“state” takes one of {', '.join(known)}. Leave it out for all.")
    page = parameters.get("page", "1")
    if not (page.isascii() and page.isdecimal() and 0 < int(page[:9]) < 10**8):
        raise QueryError("“page” takes a number from 1.")
    if job.state == Job.State.ACTIVE:
        return {}
    items = Item.objects.filter(job=job).order_by("position")
    items = items.filter(state=state) if state else items
    at, total = int(page), items.count()
    url = reverse("job", args=[job.gateway, job.key])
    return {
        "tabs": _tabs(job, url, state),
        "items": [_row(job, item) for item in items[ROWS * (at - 1) : ROWS * at]],
        "previous_rows": f"{url}?{urlencode({'state': state, 'page': at - 1})}" if at > 1 else "",
        "next_rows": f"{url}?{urlencode({'state': state, 'page': at + 1})}" if total > ROWS * at else "",
        "first_row": ROWS * (at - 1) + 1,
        "all_rows": total,
    }


def _tabs(job: Job, url: str, chosen: str) -> list[Tab]:
    counts = which.by_state(job)
    tabs = [Tab("All", counts.total(), f"{url}?state=", not chosen)]
    for state in _LABELS:
        if state in counts or state == chosen:
            tabs.append(Tab(_label(job, state), counts[state], f"{url}?state={state}", state == chosen))
    return tabs


def _row(job: Job, item: Item) -> Row:
    parts: tuple[Part, ...] = ()
    if item.before and item.after:
        before, after = both(item)
        parts = tuple(
            Part(name_words(each.name), value_words(each.name, each.theirs), value_words(each.name, each.mine))
            for each in unkept(after, before)
        )
    state = Item.State(item.state)
    _word, tone, icon = _LABELS[state]
    url = reverse("log-detail", args=[job.gateway, item.log_id])
    return Row(item.log_id, url, _label(job, state), tone, icon, parts, item.note)


def _label(job: Job, state: Item.State) -> str:
    """The state in words; of a plan, what will become of the log."""
    if job.state == Job.State.PLANNED and state == Item.State.PENDING:
        return "will change"
    if job.state == Job.State.PLANNED and state == Item.State.FAILED:
        return "cannot be changed"
    return _LABELS[state][0]
