"""The page of a gateway's retention rules, and what its forms do. Whoever sets a rule is whose deletions they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.bulk import jobs
from gateway_dash.bulk.deletion.spec import LEVELS
from gateway_dash.bulk.models import NAME_LENGTH
from gateway_dash.bulk.retention import schedule
from gateway_dash.bulk.retention.form import Wanted
from gateway_dash.bulk.retention.meaning import read_filter
from gateway_dash.bulk.retention.models import RetentionRule
from gateway_dash.bulk.retention.shown import REPORTS_WORDS, matching, sentence, shown_rule, stands_still
from gateway_dash.gateway.errors import QueryError, Refusal
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import check
from gateway_dash.web.render import SeeOther, render_part
from gateway_dash.web.sent import row_number
from gateway_dash.web.text import marked

RULES_LIMIT = 20
NEW = {"age_days": 30, "hour": 3, "level": "rows"}


@require_safe
def retention_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """The rules of a gateway and their last runs. Asks nobody; `?count=` one call: how many logs a rule takes now."""
    now = timezone.now()
    rules = [shown_rule(rule, now) for rule in _rules(gateway)]
    title = sentence(rules, gateway)
    context = _form(NEW) | {
        "title": title,
        "rules": rules,
        "counted": _counted(request, gateway, now),
        "stands_still": stands_still(gateway),
        "section": "jobs",
    }
    return render_part(request, "bulk/retention.html", context)


@require_safe
def retention_edit(request: HttpRequest, gateway: str, rule_id: int) -> HttpResponse:
    """The form of one rule."""
    rule = _rule(gateway, rule_id)
    title = marked(f"Change the retention rule “{rule.name}”")
    shown = shown_rule(rule, timezone.now())
    context = _form(rule) | {"title": title, "shown": shown, "section": "jobs"}
    return render_part(request, "bulk/retention_rule.html", context)


@require_POST
def retention_add(request: HttpRequest, gateway: str) -> HttpResponse:
    """A new rule, which is on, and only reports at first."""
    wanted = Wanted.read(request.POST)
    if _rules(gateway).count() >= RULES_LIMIT:
        raise Refusal(f"This gateway has {RULES_LIMIT} rules, and more cannot be kept. Remove one first.")
    audit.note(request, Event.RULE_ADDED, gateway, rule=wanted.name)
    account = upstream.account_key()
    _saved(
        lambda: RetentionRule.objects.create(account=account, gateway=gateway, **wanted.fields(), **_author(request))
    )
    return _back(gateway)


@require_POST
def retention_save(request: HttpRequest, gateway: str, rule_id: int) -> HttpResponse:
    """Another filter, age, name, hour or copy. With filter or age the reports begin again, and a run under way ends."""
    rule, wanted = _rule(gateway, rule_id), Wanted.read(request.POST)
    fields: dict[str, Any] = wanted.fields() | _author(request)
    means = ("query", "takes_all", "age_days")
    is_other = any(getattr(rule, name) != fields[name] for name in means)
    if is_other:
        fields["edition"] = F("edition") + 1
    if rule.hour != wanted.hour:
        fields["due_from"] = timezone.now()
    audit.note(request, Event.RULE_CHANGED, gateway, rule=wanted.name)
    _saved(lambda: RetentionRule.objects.filter(pk=rule.pk).update(**fields))
    if is_other:
        _stop_runs(rule, request.user)
    return _back(gateway)


@require_POST
def retention_switch(request: HttpRequest, gateway: str, rule_id: int) -> HttpResponse:
    """Off, which anybody may; or on again, and from then on in the name of whoever does that."""
    rule = _rule(gateway, rule_id)
    if request.POST.get("on") == "1":
        check(request.user, Action.DELETE, gateway)
        _check_readable(rule)
        changes: dict[str, Any] = {"is_on": True, "off_why": "", "due_from": timezone.now(), **_author(request)}
    else:
        changes = {"is_on": False, "off_why": ""}
    audit.note(request, Event.RULE_SWITCHED, gateway, rule=rule.name, on=str(changes["is_on"]))
    RetentionRule.objects.filter(pk=rule.pk, is_on=not changes["is_on"]).update(**changes)
    if not changes["is_on"]:
        _stop_runs(rule, request.user)
    return _back(gateway)


@require_POST
def retention_remove(request: HttpRequest, gateway: str, rule_id: int) -> HttpResponse:
    """Forget the rule and what it reported. Its jobs stay; one under way is asked to stop."""
    rule = _rule(gateway, rule_id)
    audit.note(request, Event.RULE_REMOVED, gateway, rule=rule.name)
    _stop_runs(rule, request.user)
    rule.delete()
    return _back(gateway)


def _rules(gateway: str) -> Any:
    return RetentionRule.objects.filter(account=upstream.account_key(), gateway=gateway).select_related("actor")


def _rule(gateway: str, rule_id: int) -> RetentionRule:
    rule: RetentionRule = get_object_or_404(_rules(gateway), pk=rule_id)
    return rule


def _author(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user, "actor_name": request.user.get_username()[:NAME_LENGTH]}


def _form(rule: Any) -> dict[str, Any]:
    return {"form": rule, "levels": LEVELS, "hours": range(24), "reports_words": REPORTS_WORDS}


def _counted(request: HttpRequest, gateway: str, now: datetime) -> dict[str, Any] | None:
    """What `?count=` asks for."""
    asked = row_number(request.GET, "count", "a rule of this gateway")
    if asked is None:
        return None
    rule = _rule(gateway, asked)
    number, is_bound = matching(rule, now)
    return {"rule": rule.pk, "number": number, "is_bound": is_bound}


def _check_readable(rule: RetentionRule) -> None:
    try:
        read_filter(rule.query, takes_all=rule.takes_all)
    except QueryError as error:
        raise Refusal(f"Its filter cannot be read: {error.message} Change the rule first.") from None


def _saved(save: Any) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        raise Refusal("This gateway has a rule of that name already. Choose another name.") from None


def _stop_runs(rule: RetentionRule, person: Any) -> None:
    """What is at work, or waits for a person, was begun by the rule as it was."""
    for run in schedule.open_runs(rule):
        if run.job:
            jobs.stop(run.job, person)


def _back(gateway: str) -> HttpResponse:
    return SeeOther(reverse("retention-list", args=[gateway]))
