"""Watches for tests: made as a person makes them, and checked at moments of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from gateway_dash import environment
from gateway_dash.sharing.models import SavedView
from gateway_dash.watches.models import Message, Watch

URL = "/gateways/prod-edge/watches/"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def minutes(number: float) -> datetime:
    """So long after the first check."""
    return NOW + timedelta(minutes=number)


def view_of(person: Client, query: str = "success=false", name: str = "Failed") -> SavedView:
    """A view that this person saved."""
    user = person.session["_auth_user_id"]
    return SavedView.objects.get_or_create(user_id=user, gateway="prod-edge", name=name, defaults={"query": query})[0]


def a_watch(person: Client, query: str = "success=false", **sent: Any) -> Watch:
    """More than two logs in ten minutes, due at NOW."""
    view = view_of(person, query)
    form = {"view": view.pk, "more_than": 2, "minutes": 10, "tells_calm": "1", "channel": ["ops"]} | sent
    assert person.post(URL + "add/", form).status_code == 303
    Watch.objects.filter(view=view).update(due_at=NOW)
    return Watch.objects.get(view=view)


def channels(settings: Any, folder: Any, **urls: str) -> None:
    """What the operator named."""
    lines = "\n".join(f"{name} = {url}" for name, url in urls.items())
    environ = {"GATEWAY_DASH_DATA_DIR": str(folder), "GATEWAY_DASH_CHANNELS": lines}
    settings.ENVIRONMENT = environment.read(environ, folder)


def waiting() -> list[tuple[str, str]]:
    """What is to be told, and to whom."""
    return [(each.says, each.channel) for each in Message.objects.filter(state=Message.State.WAITING)]


def fail(store: Any, number: int, at: datetime, prefix: str = "x") -> None:
    """So many failed calls at that moment, and one that did not fail."""
    for each in range(number):
        stamp = at + timedelta(milliseconds=each)
        store.add({"id": f"{prefix}-{at:%H%M%S}-{each}", "created_at": spelled(stamp), "success": False})
    store.add({"id": f"{prefix}-{at:%H%M%S}-good", "created_at": spelled(at), "success": True})


def spelled(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
