"""A watch as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from gateway_dash import upstream
from gateway_dash.gateway.errors import QueryError
from gateway_dash.payload.masking import masked_text
from gateway_dash.sharing.menu import list_url
from gateway_dash.sharing.models import SavedView
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.watches.meaning import limit_words, query_of, sentence_of
from gateway_dash.watches.models import Alert, Message, Watch
from gateway_dash.web import formats
from gateway_dash.web.text import marked

ALERTS = 5
Kind, State = Alert.Kind, Message.State


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """One thing that a watch found. `words` may hold what an upstream said."""

    alert: Alert
    words: str
    url: str  # of the logs that were counted; empty where there are none
    sent: str  # what became of its messages


@dataclass(frozen=True, slots=True)
class ShownWatch:
    """What the templates place. `name` and `sentence` may hold text of strangers, made safe to show."""

    watch: Watch
    name: str
    limit: str  # "more than 20 logs in 10 minutes"
    sentence: str
    problem: str  # why its view cannot be read
    state: str
    tone: str
    url_view: str
    url_now: str  # the logs of the last minutes
    lost: tuple[str, ...]  # channels that the operator took away
    is_own: bool
    may_switch: bool
    alerts: tuple[ShownAlert, ...]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What somebody has to look at: what it is, and why."""
        notes = [("It was switched off.", self.watch.off_why)] if self.watch.off_why else []
        if self.problem:
            notes.append(("Its view cannot be watched.", f"{self.problem} Change the view, or remove the watch."))
        if self.watch.is_on and self.watch.failing_since:
            notes.append(("It could not count.", f"{self.watch.problem} It goes on trying."))
        if self.lost:
            notes.append(("Channels that are not there any more:", f"{', '.join(self.lost)}. Change the watch."))
        return notes


def visible(person: Any, gateway: str) -> QuerySet[Watch]:
    """The watches that there are for this person: of their own views and the team's; for an administrator all."""
    here = Watch.objects.filter(account=upstream.account_key(), gateway=gateway).select_related("view", "actor")
    if may(person, Action.ADMINISTER, gateway):
        return here
    return here.filter(view__in=SavedView.objects.there_for(person))


def shown_watch(watch: Watch, person: Any, now: datetime) -> ShownWatch:
    """The watch as it is now."""
    sentence, problem, url_now = "", "", ""
    try:
        sentence = marked(masked_text(sentence_of(watch))) + "."
        url_now = list_url(watch.gateway) + query_of(watch, now).url()
    except QueryError as error:
        problem = marked(error.message)
    found = list(watch.alerts.prefetch_related("messages")[:ALERTS])
    tone, state = _state(watch, watch.alerts.filter(ended_at=None).values_list("kind", flat=True))
    is_own = watch.actor_id == person.pk
    return ShownWatch(
        watch=watch,
        name=marked(watch.view.name),
        limit=limit_words(watch),
        sentence=sentence,
        problem=problem,
        state=state,
        tone=tone,
        url_view=list_url(watch.gateway, watch.view.query),
        url_now=url_now,
        lost=tuple(each for each in watch.channels if each not in upstream.channels()),
        is_own=is_own,
        may_switch=is_own or may(person, Action.ADMINISTER, watch.gateway),
        alerts=tuple(_alert(each) for each in found),
    )


def _state(watch: Watch, open_kinds: Any) -> tuple[str, str]:
    """The tone of the badge, and what it says."""
    kinds = set(open_kinds)
    if not watch.is_on:
        return "", "off"
    if Kind.OVER in kinds:
        return "is-err", "too many"
    if Kind.BLIND in kinds or watch.failing_since:
        return "is-warn", "cannot see"
    return ("is-ok", "calm") if watch.checked_at else ("", "not counted yet")


def sentence(watches: list[ShownWatch], gateway: str) -> str:
    """The heading: how many there are, and how many of them found something."""
    number = f"{len(watches) or 'No'} watch{'' if len(watches) == 1 else 'es'} of {gateway}"
    told = []
    for state, words in (("too many", "too many logs in {}"), ("cannot see", "{} cannot see"), ("off", "{} off")):
        if count := sum(each.state == state for each in watches):
            told.append(words.format(count))
    return f"{number}: {', '.join(told)}" if told else number + (", all calm" if watches else "")


def _alert(alert: Alert) -> ShownAlert:
    number = ("up to " if alert.is_bound else "") + formats.logs(alert.number or 0)
    most = alert.most or 0
    words = {
        Kind.OVER: f"{number}{f', at most {most:,} later' if most > (alert.number or 0) else ''}",
        Kind.BLIND: f"It could not see: {alert.words}",
        Kind.TEST: "A test of its channels",
    }[Kind(alert.kind)]
    return ShownAlert(alert, words, alert.path, _sent(alert))


def _sent(alert: Alert) -> str:
    """ "oncall: sent, its end sent; mail: given up after 9 tries". Names are the operator's."""
    told: dict[str, list[str]] = {}
    for message in alert.messages.all():
        what = {"calm": "its end ", "sees": "its end "}.get(message.says, "")
        told.setdefault(message.channel, []).append(what + _became(message))
    return "; ".join(f"{channel}: {', '.join(each)}" for channel, each in told.items())


def _became(message: Message) -> str:
    if message.state == State.SENT:
        return "sent"
    if message.state == State.GIVEN_UP:
        return f"given up after {message.tries} tries" if message.tries else "given up"
    tries = f", tried {'once' if message.tries == 1 else f'{message.tries} times'}" if message.tries else ""
    return f"waits to be sent{tries}"
