"""What a channel is told: counts, times and a link, and nothing that a log says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway_dash import upstream
from gateway_dash.gateway.errors import QueryError
from gateway_dash.payload.masking import masked_text
from gateway_dash.watches.meaning import limit_words, minutes_words, sentence_of
from gateway_dash.watches.models import Alert, Message, Watch
from gateway_dash.web import formats
from gateway_dash.web.text import marked, shorten

Says = Message.Says
SENTENCE_LENGTH = 300
# Signs by which chat tools make links of words, and call everybody in a room.
_PLAIN = str.maketrans({"<": "‹", ">": "›", "@": "＠", "|": "¦"})


@dataclass(frozen=True, slots=True)
class Told:
    """One message. `facts` are the same for programs: names, numbers, moments and addresses."""

    title: str
    text: str
    level: str  # "warning", "failure", "success" or "info"
    facts: dict[str, Any]


def told(message: Message) -> Told:
    """The words for a message, as the alert stands now."""
    alert = message.alert
    watch = alert.watch
    title, lines, level = _WORDS[Says(message.says)](watch, alert)
    about = [f"Watch: {_name(watch)}, {limit_words(watch)}", *_sentence(watch)]
    url = upstream.site_url() + alert.path if alert.path else ""
    facts = {
        "event": message.says,
        "alert": f"{watch.pk}-{alert.pk}",  # the same in each message about it
        "gateway": watch.gateway,
        "watch": _name(watch),
        "more_than": watch.more_than,
        "minutes": watch.minutes,
        "logs": alert.number,
        "is_upper_bound": alert.is_bound,
        "at": formats.iso(alert.at),
        "url": url,
    }
    more = [f"See them: {url}"] if url else []
    return Told(f"{watch.gateway}: {title}", "\n".join([*lines, *about, *more]), level, facts)


def _over(watch: Watch, alert: Alert) -> tuple[str, list[str], str]:
    number = ("up to " if alert.is_bound else "") + formats.logs(alert.number or 0)
    title = f"{number} in {minutes_words(watch.minutes)}, “{_name(watch)}”"
    return title, [f"From {_moment(alert.begins_at)} to {_moment(alert.at)}: {number}."], "warning"


def _calm(watch: Watch, alert: Alert) -> tuple[str, list[str], str]:
    lasted = formats.duration_words(((alert.ended_at or alert.at) - alert.at).total_seconds() * 1000)
    return f"calm again, “{_name(watch)}”", [
        f"Too much from {_moment(alert.at)} on, for {lasted}; at most {formats.logs(alert.most or 0)} in "
        f"{minutes_words(watch.minutes)}."
    ], "success"  # fmt: skip


def _blind(watch: Watch, alert: Alert) -> tuple[str, list[str], str]:
    return f"the watch “{_name(watch)}” cannot see", [
        f"Since {_moment(alert.begins_at)} the logs could not be counted, so no alert means nothing. "
        f"The last reason: {_plain(alert.words)}"
    ], "failure"  # fmt: skip


def _sees(watch: Watch, alert: Alert) -> tuple[str, list[str], str]:
    since = f"It could not from {_moment(alert.begins_at)} to {_moment(alert.ended_at)}."
    return f"the watch “{_name(watch)}” sees again", [since], "success"


def _test(watch: Watch, _alert: Alert) -> tuple[str, list[str], str]:
    return (
        f"a test of the watch “{_name(watch)}”",
        ["Somebody tries whether this channel works. Nothing happened."],
        "info",
    )


_WORDS = {Says.OVER: _over, Says.CALM: _calm, Says.BLIND: _blind, Says.SEES: _sees, Says.TEST: _test}


def _name(watch: Watch) -> str:
    return _plain(watch.view.name)


def _sentence(watch: Watch) -> list[str]:
    try:
        return [f"Filter: {shorten(_plain(sentence_of(watch)), SENTENCE_LENGTH)}"]
    except QueryError:
        return []  # the view was changed since; what was counted stands in the link


def _plain(text: str) -> str:
    """Words of people with secrets masked, on one line, and with nothing that a chat tool obeys."""
    return marked(masked_text(text)).translate(_PLAIN)


def _moment(moment: datetime | None) -> str:
    """In UTC: nobody knows who reads it where."""
    if moment is None:
        return "then"
    told_in_utc = formats.utc(moment)
    return f"{told_in_utc:%H:%M:%S} UTC on {told_in_utc.day} {told_in_utc:%b %Y}"
