"""Count what is due: one upstream call for each check, and one alert for as long as there is too much.

An alert ends when for all the minutes of its watch no check found too much, so that a number that goes up and down
around the limit is told once. A watch that cannot count says that too: silence would look like calm.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from gateway_dash import upstream
from gateway_dash.bulk import pace
from gateway_dash.bulk.chores import GoesOn, always
from gateway_dash.gateway import calls
from gateway_dash.gateway.counting import Tally, tally
from gateway_dash.gateway.errors import GatewayError, QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.sharing.models import SavedView
from gateway_dash.team import rights
from gateway_dash.team.actions import Action
from gateway_dash.watches.meaning import every_s, path_of, query_of
from gateway_dash.watches.models import WORDS_LENGTH, Alert, Message, Watch

BLIND_AFTER = timedelta(minutes=30)
CALLS_S = 8.0
WITNESSES = 50  # rows of the one call, each checked against the filter
AT_ONCE = 20  # checks in one go: jobs wait meanwhile
Kind, Says = Alert.Kind, Message.Says


def check_due(now: datetime, goes_on: GoesOn = always) -> None:
    """Check every watch whose time has come, the longest waiting first, as far as it goes on."""
    due = Watch.objects.filter(account=upstream.account_key(), is_on=True, due_at__lte=now)
    for watch in due.order_by("due_at").select_related("view", "actor")[:AT_ONCE]:
        if not goes_on():
            return
        check(watch, now)


def check(watch: Watch, now: datetime) -> None:
    """One check, if no other worker was first."""
    if not _claimed(watch, now):
        return
    try:
        if why := why_not(watch):
            return switch_off(watch, why, now)
        query = query_of(watch, now)
    except QueryError as error:
        return switch_off(watch, f"Its view cannot be watched any more: {error.message}", now)
    if stands_back_s := pace.people_first_s():
        _again(watch, now, stands_back_s)
        return None
    with calls.page(CALLS_S) as page:
        try:
            found = tally(upstream.account(), watch.gateway, query, witnesses=WITNESSES)
        except GatewayError as error:
            _not_seen(watch, now, error)
        else:
            _seen(watch, now, query, found)
        finally:
            pace.spend(watch.account, len(page.calls))
    return None


def why_not(watch: Watch) -> str:
    """Why the person who set it has it no more; empty where all is well."""
    name = watch.actor.get_username()
    if not rights.may(watch.actor, Action.SHARE, watch.gateway):
        return f"{name} may not share what is in this gateway any more."
    if not SavedView.objects.there_for(watch.actor).filter(pk=watch.view_id).exists():
        return f"The view is not {name}’s, and not the team’s any more."
    return ""


def switch_off(watch: Watch, why: str, now: datetime) -> None:
    """It is not checked again until a person looked."""
    same = Watch.objects.filter(pk=watch.pk, edition=watch.edition)
    with transaction.atomic():
        if same.update(is_on=False, off_why=why[:WORDS_LENGTH]):
            end_alerts(watch, now)


def end_alerts(watch: Watch, now: datetime) -> None:
    """What was found under a rule that is no more, or is not looked at any more; nothing is told of it."""
    watch.alerts.filter(ended_at=None).update(ended_at=now)


def tell(alert: Alert, says: Message.Says, channels: list[str], now: datetime) -> None:
    """Have it told; whatever of it is told already stays told."""
    new = [Message(alert=alert, says=says, channel=each, due_at=now) for each in channels]
    Message.objects.bulk_create(new, ignore_conflicts=True)


def _claimed(watch: Watch, now: datetime) -> bool:
    """Put off the next check: only one of several workers can."""
    mine = Watch.objects.filter(pk=watch.pk, is_on=True, due_at=watch.due_at)
    return bool(mine.update(due_at=now + timedelta(seconds=every_s(watch.minutes))))


def _again(watch: Watch, now: datetime, seconds: float) -> None:
    Watch.objects.filter(pk=watch.pk, edition=watch.edition).update(due_at=now + timedelta(seconds=seconds))


def _seen(watch: Watch, now: datetime, query: LogQuery, found: Tally) -> None:
    """It could be counted: too much, or not."""
    is_over = found.number > watch.more_than
    fields = {"checked_at": now, "number": found.number, "is_bound": not found.is_exact}
    fields |= {"failing_since": None, "problem": ""} | ({"over_at": now} if is_over else {})
    with transaction.atomic():
        if not Watch.objects.filter(pk=watch.pk, edition=watch.edition, is_on=True).update(**fields):
            return  # it was changed meanwhile: the number says nothing of what it is now
        if blind := watch.alerts.filter(kind=Kind.BLIND, ended_at=None).first():
            _end(watch, blind, Says.SEES, now)
        alert = watch.alerts.filter(kind=Kind.OVER, ended_at=None).first()
        if is_over and alert is None:
            numbers = {"number": found.number, "most": found.number, "is_bound": not found.is_exact}
            alert = watch.alerts.create(
                kind=Kind.OVER, at=now, begins_at=query.begins, path=path_of(watch, query, now), **numbers
            )
            tell(alert, Says.OVER, watch.channels, now)
        elif is_over and alert:
            watch.alerts.filter(pk=alert.pk, most__lt=found.number).update(most=found.number)
        elif alert and now - (watch.over_at or alert.at) >= timedelta(minutes=watch.minutes):
            _end(watch, alert, Says.CALM, now)


def _not_seen(watch: Watch, now: datetime, error: GatewayError) -> None:
    """It could not be counted. After half an hour of that, the channels hear of it."""
    problem = f"{error.title}: {error.message}"[:WORDS_LENGTH]
    since = watch.failing_since or now
    fields = {"failing_since": since, "problem": problem}
    if error.retry_after_s is not None:
        fields["due_at"] = now + timedelta(seconds=max(error.retry_after_s, every_s(watch.minutes)))
    with transaction.atomic():
        if not Watch.objects.filter(pk=watch.pk, edition=watch.edition, is_on=True).update(**fields):
            return
        long_enough = now - since >= max(BLIND_AFTER, timedelta(seconds=2 * every_s(watch.minutes)))
        if long_enough and not watch.alerts.filter(kind=Kind.BLIND, ended_at=None).exists():
            alert = watch.alerts.create(kind=Kind.BLIND, at=now, begins_at=since, words=problem)
            tell(alert, Says.BLIND, watch.channels, now)


def _end(watch: Watch, alert: Alert, says: Message.Says, now: datetime) -> None:
    Alert.objects.filter(pk=alert.pk).update(ended_at=now)
    if watch.tells_calm or says is Says.SEES:
        told = list(alert.messages.values_list("channel", flat=True).distinct())
        tell(alert, says, told, now)  # whoever heard of it hears that it is over


def forget_old(now: datetime, days: int = 90) -> None:
    """Alerts that ended long ago, and their messages."""
    Alert.objects.filter(ended_at__lt=now - timedelta(days=days)).delete()
