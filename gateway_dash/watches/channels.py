"""Bring a message to a channel, by Apprise, which knows how over a hundred services want it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.core.checks import Error

from gateway_dash import upstream
from gateway_dash.environment_channels import SLACK, WEBHOOK, Channel
from gateway_dash.watches.wording import Told

CONNECT_S, ANSWER_S = 3.0, 8.0
# Of Apprise's JSON, by what Slack and all that take its webhooks call them; empty: left out.
_SLACK_FIELDS = {":message": "text", ":title": "", ":type": "", ":version": "", ":attachments": ""}
_WEBHOOK_FIELDS = {":attachments": ""}


class BadChannel(Exception):
    """The operator's address means nothing to Apprise; the words hold no part of it."""


def send(channel: Channel, said: Told) -> bool:
    """One try, at most some seconds long; whether the other side took it. Raises BadChannel."""
    place = _place(channel)
    is_slack = channel.url.startswith(SLACK + "+")
    if channel.url.startswith(WEBHOOK + "+"):
        place.payload_extras.update(said.facts)
    text = f"*{said.title}*\n{said.text}" if is_slack else said.text
    return bool(_all_of(place).notify(body=text, title=said.title, notify_type=said.level, body_format="text"))


def channels_are_good(app_configs: Any = None, **_: Any) -> list[Error]:
    """For Django's checks, which come before the start: a channel that cannot work is noticed then. Sends nothing."""
    problems = []
    for channel in upstream.channels().values():
        try:
            _place(channel)
        except BadChannel as error:
            problems.append(Error(str(error), hint="Correct its line in GATEWAY_DASH_CHANNELS.", id="watches.E001"))
    return problems


def _place(channel: Channel) -> Any:
    import apprise  # slow to load, and only who sends needs it

    # No redirects: a secret goes where the operator said, and nowhere else.
    asset = apprise.AppriseAsset(app_id="Gateway Dash", app_desc="Gateway Dash", app_url="", async_mode=False,
                                 storage_mode=apprise.PersistentStoreMode.MEMORY,
                                 http_redirects=False)  # fmt: skip
    place = apprise.Apprise.instantiate(_spelled(channel.url), asset=asset, suppress_exceptions=True)
    if place is None:
        raise BadChannel(f"The address of the channel “{channel.name}” cannot be read. Nothing can be sent there.")
    place.socket_connect_timeout, place.socket_read_timeout = CONNECT_S, ANSWER_S
    return place


def _all_of(place: Any) -> Any:
    """What makes of plain text whatever the place takes, such as HTML."""
    import apprise

    places = apprise.Apprise(asset=place.asset)
    places.add(place)
    return places


def _spelled(url: str) -> str:
    """As Apprise spells it: `slack+https://` and `webhook+https://` are its JSON with other fields."""
    kind, plus, _ = url.partition("+")
    if not plus or kind not in (SLACK, WEBHOOK):
        return url
    parts = urlsplit(url)
    fields = _SLACK_FIELDS if kind == SLACK else _WEBHOOK_FIELDS
    query = [(f"-{name}", value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    scheme = "jsons" if parts.scheme.endswith("https") else "json"
    asked = urlencode([*query, *fields.items()], quote_via=quote)
    return urlunsplit((scheme, parts.netloc, parts.path or "/", asked, ""))
