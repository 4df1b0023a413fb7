"""Which rules are due, and how a run begins: once a day at the rule's hour, however many workers look."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, time, timedelta

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet

from gateway_dash import upstream
from gateway_dash.bulk import jobs
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.gates import gate_of
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.retention.meaning import query_of
from gateway_dash.bulk.retention.models import RetentionRule, RetentionRun
from gateway_dash.bulk.tombstones import selected_words
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.team import rights
from gateway_dash.team.actions import Action

logger = logging.getLogger("gateway_dash.bulk")


def start_due(now: datetime) -> None:
    """Begin every run that is due. One that cannot begin leaves the others."""
    for rule, day in due(now):
        try:
            begin(rule, day, now)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("A retention rule could not begin its run.")


def due(now: datetime) -> list[tuple[RetentionRule, date]]:
    """The rules whose hour came and that have no run of that day. Of days that were missed, the last is made up."""
    rules = RetentionRule.objects.filter(account=upstream.account_key(), is_on=True).select_related("actor")
    slots = [(rule, slot(rule.hour, now)) for rule in rules]
    waiting = [(rule, at.date()) for rule, at in slots if at >= rule.due_from]
    done = set(RetentionRun.objects.filter(rule__in=[rule for rule, _ in waiting]).values_list("rule_id", "day"))
    return [(rule, day) for rule, day in waiting if (rule.pk, day) not in done]


def slot(hour: int, now: datetime) -> datetime:
    """The last moment up to now at which the clock in UTC struck that hour."""
    today = datetime.combine(now.astimezone(UTC).date(), time(hour), UTC)
    return today if today <= now else today - timedelta(days=1)


def next_slot(rule: RetentionRule, now: datetime) -> datetime:
    """When the rule runs next, if it stays on."""
    last = slot(rule.hour, now)
    if last >= rule.due_from and not rule.runs.filter(day=last.date()).exists():
        return now
    return last + timedelta(days=1)


def begin(rule: RetentionRule, day: date, now: datetime) -> Job | None:
    """The job of this run; None where another worker was first, or where the rule cannot run today."""
    if not rights.may(rule.actor, Action.DELETE, rule.gateway):
        _switch_off(rule, f"{rule.actor_name} may not delete logs of this gateway any more. Somebody who may has to "
                          "switch it on again.")  # fmt: skip
        return None
    try:
        query = query_of(rule, now)
    except QueryError as error:
        _switch_off(rule, f"Its filter cannot be read any more, so it selects nothing: {error.message}")
        return None
    try:
        with transaction.atomic():
            return _begun(rule, day, query)
    except IntegrityError:
        return None  # the day has its run already


def _begun(rule: RetentionRule, day: date, query: LogQuery) -> Job | None:
    """The run is written first: the database lets only one of two workers do that."""
    run = RetentionRun.objects.create(rule=rule, day=day, edition=rule.edition)
    if not RetentionRule.objects.filter(pk=rule.pk, is_on=True, edition=rule.edition).exists():
        transaction.set_rollback(True)  # changed since it was looked at: the next look takes it as it is then
        return None
    if why := _why_not_today(rule):
        run.outcome, run.words = RetentionRun.Outcome.SKIPPED, why
        run.save()
        return None
    spec = Spec(query=query.url(), level=rule.level, wait_s=upstream.deletion_wait_s(), rule=rule.pk)
    run.job = jobs.start("delete", rule.gateway, rule.actor, selected_words(None, query), spec.kept(), phase="plan")
    run.save()
    return run.job


def under_way(rule: RetentionRule) -> QuerySet[RetentionRun]:
    """The runs of the rule whose jobs a worker has, or will have."""
    return rule.runs.filter(job__state=Job.State.ACTIVE).select_related("job")


def open_runs(rule: RetentionRule) -> QuerySet[RetentionRun]:
    """The runs that are under way, and those that wait for a person."""
    open_ = (Job.State.ACTIVE, Job.State.PLANNED, Job.State.APPROVAL)
    return rule.runs.filter(job__state__in=open_).select_related("job")


def _why_not_today(rule: RetentionRule) -> str:
    if why := gate_of(rule.gateway).why:
        return f"Skipped: {why}"[:1000]
    if earlier := under_way(rule).first():
        return f"Skipped: the run of {earlier.day} is still at work."
    return ""


def _switch_off(rule: RetentionRule, why: str) -> None:
    """It does not run again until a person looked."""
    RetentionRule.objects.filter(pk=rule.pk, edition=rule.edition).update(is_on=False, off_why=why[:1000])
