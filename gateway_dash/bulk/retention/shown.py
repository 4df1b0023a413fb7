"""A rule as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway_dash import upstream
from gateway_dash.bulk.gates import gate_of
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.retention import schedule
from gateway_dash.bulk.retention.meaning import query_of, sentence_of
from gateway_dash.bulk.retention.models import REPORTS, RetentionRule, RetentionRun
from gateway_dash.bulk.shown import ShownJob, shown_job
from gateway_dash.gateway.errors import QueryError
from gateway_dash.logs.gateways import list_url
from gateway_dash.payload.masking import masked_text
from gateway_dash.web import formats
from gateway_dash.web.text import marked

RUNS = 5
COPIED = {"bodies": "the logs with their bodies", "rows": "the logs without bodies", "none": "nothing"}
Outcome = RetentionRun.Outcome


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One day of a rule."""

    run: RetentionRun
    words: str
    job: ShownJob | None  # None where there is none, or it is forgotten


@dataclass(frozen=True, slots=True)
class ShownRule:
    """What the templates place. `sentence` may hold text of strangers, made safe to show."""

    rule: RetentionRule
    sentence: str
    problem: str  # why its filter cannot be read
    state: str
    tone: str
    url: str  # of the list of the logs that it takes now
    next_at: datetime | None
    copied: str  # what is kept of each log
    reports_left: int
    runs: tuple[ShownRun, ...]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What somebody has to look at: what it is, and why."""
        notes = [("It was switched off.", self.rule.off_why)] if self.rule.off_why else []
        if self.problem:
            words = f"{self.problem} Change the rule, or remove it."
            notes.append(("Its filter cannot be read, so it selects nothing.", words))
        return notes


def shown_rule(rule: RetentionRule, now: datetime) -> ShownRule:
    """The rule as it is now."""
    problem, told, url = "", "", ""
    try:
        told = masked_text(sentence_of(rule))
        url = list_url(rule.gateway) + query_of(rule, now).url()
    except QueryError as error:
        problem = error.message
    left = rule.reports_left
    tone, state = ("", "off") if not rule.is_on else ("is-accent", "only reports") if left else ("is-ok", "on")
    runs = rule.runs.select_related("job").order_by("-day")[:RUNS]
    return ShownRule(
        rule=rule,
        sentence=marked(told),
        problem=problem,
        state=state,
        tone=tone,
        url=url,
        next_at=schedule.next_slot(rule, now) if rule.is_on else None,
        copied=COPIED[rule.level],
        reports_left=left,
        runs=tuple(ShownRun(run, _words(run), shown_job(run.job) if run.job else None) for run in runs),
    )


def sentence(rules: list[ShownRule], gateway: str) -> str:
    """The heading: what happens by itself in this gateway."""
    deleting = sum(each.state == "on" for each in rules)
    reporting = sum(each.state == "only reports" for each in rules)
    off = len(rules) - deleting - reporting
    told = [
        f"{deleting} delete{'s' if deleting == 1 else ''}" if deleting else "",
        f"{reporting} only report{'s' if reporting == 1 else ''} yet" if reporting else "",
        f"{off} {'is' if off == 1 else 'are'} off" if off else "",
    ]
    number = f"{len(rules) or 'No'} retention rule{'' if len(rules) == 1 else 's'} of {gateway}"
    return f"{number}: {', '.join(each for each in told if each)}" if rules else number


def matching(rule: RetentionRule, now: datetime) -> tuple[str, bool]:
    """How many logs the rule would take now, for one call, and whether that is an upper bound; raises GatewayError."""
    query = query_of(rule, now)
    number = upstream.logs(rule.gateway).count(query)
    return formats.logs(number), any(filter_.is_pair for filter_ in query.filters)


def stands_still(gateway: str) -> str:
    """Why no rule of this gateway runs now, if so."""
    return gate_of(gateway).why


def _words(run: RetentionRun) -> str:
    """What the day came to."""
    number = formats.logs(run.count or 0)
    if run.outcome == Outcome.REPORTED:
        return f"Report: {number} would go. {run.words} Nothing was deleted."
    if run.outcome == Outcome.WENT:
        return f"{number} to go, without a person."
    if run.outcome == Outcome.ASKED:
        return f"{number} to go. {run.words}"
    if run.outcome == Outcome.PLANNING:
        halted = run.job and run.job.state == Job.State.HALTED
        return "It halted before its plan was whole." if halted else "It reads which logs are meant."
    return run.words


REPORTS_WORDS = f"The first {REPORTS} runs of a new or changed rule only report what would go."
