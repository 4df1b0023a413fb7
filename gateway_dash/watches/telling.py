"""Send what has to be told: each message at most once at a time, again where it was not taken, and in its order."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.chores import GoesOn, always
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.watches.channels import BadChannel, send
from gateway_dash.watches.checking import forget_old
from gateway_dash.watches.models import Message
from gateway_dash.watches.wording import told

TRIES = 9  # with the waits between them about three hours
FIRST_WAIT_S, LONGEST_WAIT_S = 60, 3600
AT_ONCE = 5  # in one go
State = Message.State
logger = logging.getLogger("gateway_dash.watches")


def tell_due(now: datetime, goes_on: GoesOn = always) -> None:
    """Send the messages that are due, the oldest first, as far as it goes on."""
    account = upstream.account_key()
    waiting = Message.objects.filter(alert__watch__account=account, state=State.WAITING, due_at__lte=now)
    for message in waiting.select_related("alert__watch__view", "alert__watch__actor")[:AT_ONCE]:
        if not goes_on():
            return
        deliver(message, now)
    forget_old(now)


def deliver(message: Message, now: datetime) -> None:
    """One try, if no other worker has it and what comes before it is told."""
    earlier = Message.objects.filter(alert=message.alert, channel=message.channel, pk__lt=message.pk)
    if earlier.filter(state=State.WAITING).exists():
        return _put_off(message, now)  # nobody hears that it is over before they heard that it began
    if not _claimed(message, now):
        return None
    channel = upstream.channels().get(message.channel)
    if channel is None:
        return _close(message, State.GIVEN_UP)  # the operator took it away
    try:
        taken = send(channel, told(message))
    except BadChannel:
        return _close(message, State.GIVEN_UP)
    if taken:
        return _close(message, State.SENT)
    logger.warning("A message about a watch was not taken by the channel %s.", channel.name)
    return _close(message, State.GIVEN_UP) if message.tries >= TRIES else None


def _claimed(message: Message, now: datetime) -> bool:
    """Put off the next try, which comes if this one does not end; the trail has it before the channel has it."""
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**message.tries)
    mine = Message.objects.filter(pk=message.pk, state=State.WAITING, tries=message.tries)
    watch = message.alert.watch
    with transaction.atomic():
        if not mine.update(tries=F("tries") + 1, due_at=now + timedelta(seconds=wait_s)):
            return False
        if not message.tries:
            facts = {"view": watch.view.name, "says": message.says, "channel": message.channel}
            audit.record(watch.actor, Event.WATCH_TOLD, watch.gateway, logs=message.alert.number, **facts)
    message.tries += 1
    return True


def _put_off(message: Message, now: datetime) -> None:
    waiting = Message.objects.filter(pk=message.pk, state=State.WAITING, tries=message.tries)
    waiting.update(due_at=now + timedelta(seconds=FIRST_WAIT_S))


def _close(message: Message, state: Message.State) -> None:
    sent_at = timezone.now() if state is State.SENT else None
    Message.objects.filter(pk=message.pk, state=State.WAITING).update(state=state, sent_at=sent_at)
