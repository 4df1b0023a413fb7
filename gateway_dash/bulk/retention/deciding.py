"""A rule's plan is whole: does it only report, go on by itself, or wait for a person?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.deletion.spec import SECOND_PERSON_ABOVE, Spec
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.retention.models import REPORTS, RetentionRule, RetentionRun
from gateway_dash.bulk.work import Run, end, hand_over
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.web import formats

GROWTH = 3  # times the largest of the last runs: more than that is for a person to look at
LAST_RUNS = 10
SHARES = 5  # providers that a report names
MOST_LOGS = 10_000  # that go without a person
FOR_A_PERSON = timedelta(hours=23)  # such a plan stands until about the next run; nobody is here at three in the night
Outcome = RetentionRun.Outcome
CHANGED = "The rule was changed, switched off or removed since this run began. Nothing was deleted."


def nothing(run: Run) -> None:
    """No log is old enough, or all that are old enough are held."""
    rule = _rule(run)
    if rule is None:
        return _over(run, CHANGED, Job.State.CANCELLED)
    held = Item.objects.filter(job=run.job, state=Item.State.HELD).count()
    words = f"All {held:,} logs that it takes are held." if held else "No log that it takes is old enough."
    found = run.job.found | {"count": 0, "report": True}
    with transaction.atomic():
        _over(run, f"{words} Nothing was deleted.", Job.State.DONE, found=found)
        _came_to(run, Outcome.REPORTED if rule.reports_left else Outcome.NONE, 0, words)
    return None


def planned(run: Run, spec: Spec, found: dict[str, Any]) -> float | None:
    """What becomes of the plan; returns for how many seconds to wait before the next step."""
    rule, count = _rule(run), int(found["count"])
    if rule is None:
        _over(run, CHANGED, Job.State.CANCELLED)
        return None
    left = rule.reports_left
    if left:
        _report(run, found, left)
        return None
    changes = {"found": found, "total": count}
    if why := _why_a_person(rule, spec, count):
        with transaction.atomic():
            stands_until = timezone.now() + FOR_A_PERSON
            hand_over(run, f"Planned: {count:,} logs to go. {why}", "warn", expires_at=stands_until, **changes)
            _came_to(run, Outcome.ASKED, count, why)
        return None
    now = timezone.now()
    words = f"Planned: {count:,} logs to go. By its rule it goes on by itself, in {spec.wait_s} s."
    told = {"rule": rule.name, "which": run.job.title, "copy": spec.level, "ids_sha256": found["manifest"]}
    with transaction.atomic():
        audit.record(rule.actor, Event.DELETION_CONFIRMED, rule.gateway, job=run.job.key, logs=count, **told)
        run.save(words, "ok", phase="wait", confirmed_at=now, due_at=now + timedelta(seconds=spec.wait_s),
                 facts={"asked": count}, done=0, cursor={}, **changes)  # fmt: skip
        _came_to(run, Outcome.WENT, count)
    return float(spec.wait_s)


def _report(run: Run, found: dict[str, Any], left: int) -> None:
    """Say how many would go, and delete nothing. The ids are not kept: nobody can confirm a report."""
    count = int(found["count"])
    told = _told(found)
    words = f"Report {REPORTS + 1 - left} of {REPORTS}: {formats.logs(count)} would go. {told} Nothing was deleted."
    with transaction.atomic():
        _over(run, words, Job.State.DONE, found=found | {"report": True}, facts={"would_go": count})
        _came_to(run, Outcome.REPORTED, count, told)
    Item.objects.filter(job=run.job).delete()


def _told(found: dict[str, Any]) -> str:
    """ "From 15 Oct 2026 to 25 Oct 2026: 4,100 of openai, 712 of groq." Moments in UTC; names are masked already."""
    begins, ends = (datetime.fromisoformat(found[name]).astimezone(UTC) for name in ("oldest", "newest"))
    providers = sorted(found["split"]["provider"].items(), key=lambda each: -each[1])
    shares = [f"{number:,} of {name}" for name, number in providers[:SHARES]]
    rest = sum(number for _, number in providers[SHARES:])
    shares += [f"{rest:,} of others"] if rest else []
    return f"From {begins.day} {begins:%b %Y} to {ends.day} {ends:%b %Y}: {', '.join(shares)}."


def _why_a_person(rule: RetentionRule, spec: Spec, count: int) -> str:
    """Why a person has to confirm this plan; empty where it may go on by itself."""
    if count > MOST_LOGS:
        return f"More than {MOST_LOGS:,} are not deleted without a person: look at the plan, and confirm it."
    largest = _largest(rule)
    if count > GROWTH * largest:
        return (
            f"That is more than {GROWTH} times the {largest:,} of the largest of its last runs: look at the plan, and "
            "confirm it if it is right."
        )
    if upstream.approval_is_on() and (count > SECOND_PERSON_ABOVE or spec.level == "none"):
        return "Such a deletion needs two people here: one to confirm it, and another to approve."
    return ""


def _largest(rule: RetentionRule) -> int:
    """Of its last runs. One that was left for a person counts only if that person said yes."""
    counted = Q(outcome__in=(Outcome.REPORTED, Outcome.WENT)) | Q(
        outcome=Outcome.ASKED, job__confirmed_at__isnull=False
    )
    last = rule.runs.filter(counted, edition=rule.edition).order_by("-day").values("count")[:LAST_RUNS]
    return int(last.aggregate(most=Max("count"))["most"] or 0)


def _rule(run: Run) -> RetentionRule | None:
    """The rule, if it still is as it was when this run of it began."""
    mine = RetentionRun.objects.select_related("rule").filter(job=run.job).first()
    return mine.rule if mine and mine.rule.is_on and mine.rule.edition == mine.edition else None


def _came_to(run: Run, outcome: RetentionRun.Outcome, count: int, words: str = "") -> None:
    RetentionRun.objects.filter(job=run.job).update(outcome=outcome, count=count, words=words)


def _over(run: Run, words: str, state: Job.State, **changes: Any) -> None:
    level = "ok" if state is Job.State.DONE else "warn"
    end(run, state, words, level, phase="ended", cursor={}, **changes)
