"""The page of a gateway's watches, and what its forms do. Whoever sets a watch is whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.gateway.counting import tally
from gateway_dash.gateway.errors import QueryError, Refusal
from gateway_dash.sharing.models import SavedView
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import check, may
from gateway_dash.watches.checking import WITNESSES, end_alerts, tell
from gateway_dash.watches.form import MINUTES, Wanted
from gateway_dash.watches.meaning import limit_words, minutes_words, query_of, read_view
from gateway_dash.watches.models import Alert, Message, Watch
from gateway_dash.watches.shown import sentence, shown_watch, visible
from gateway_dash.web import formats
from gateway_dash.web.render import SeeOther, render_part
from gateway_dash.web.sent import row_number
from gateway_dash.web.text import marked

WATCHES_LIMIT = 20
TEST_AGAIN = timedelta(minutes=1)
VIEW = "a view of yours or the team’s"


@require_safe
def watch_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """The watches of a gateway and what they found. Asks nobody; `?count=` one call: how many logs there are now."""
    now = timezone.now()
    watches = [shown_watch(each, request.user, now) for each in visible(request.user, gateway)]
    views = [(each.pk, marked(each.name)) for each in _views(request, gateway)]
    chosen = row_number(request.GET, "view", VIEW)
    context = {
        "title": sentence(watches, gateway),
        "watches": watches,
        "views": views,
        "counted": _counted(request, gateway, now),
        "section": "logs",
        **_form({"view_id": chosen, "more_than": 20, "minutes": 15, "tells_calm": True, "channels": []}),
    }
    return render_part(request, "watches/list.html", context)


@require_safe
def watch_edit(request: HttpRequest, gateway: str, watch_id: int) -> HttpResponse:
    """The form of one watch of one's own."""
    watch = _own(request, gateway, watch_id)
    shown = shown_watch(watch, request.user, timezone.now())
    context = {"title": f"Change the watch of “{shown.name}”", "shown": shown, "section": "logs", **_form(watch)}
    return render_part(request, "watches/watch.html", context)


@require_POST
def watch_add(request: HttpRequest, gateway: str) -> HttpResponse:
    """A saved view becomes a watch, counted from now on."""
    wanted = Wanted.read(request.POST)
    view_id = row_number(request.POST, "view", VIEW)
    if view_id is None:
        raise Refusal("Choose the view to watch. Where there is none yet, filter the list and save it under “Views”.")
    view = get_object_or_404(_views(request, gateway), pk=view_id)
    _check_readable(view)
    account = upstream.account_key()
    if Watch.objects.filter(account=account, gateway=gateway).count() >= WATCHES_LIMIT:
        raise Refusal(f"This gateway has {WATCHES_LIMIT} watches, and more cannot be kept. Remove one first.")
    person: Any = request.user  # nobody comes here without signing in
    watch = Watch(account=account, gateway=gateway, view=view, actor=person, **wanted.fields())
    audit.note(request, Event.WATCH_ADDED, gateway, **_facts(watch))
    _saved(watch.save)
    return _back(gateway)


@require_POST
def watch_save(request: HttpRequest, gateway: str, watch_id: int) -> HttpResponse:
    """Another limit, other minutes or channels. What it had found ends with that."""
    watch, wanted = _own(request, gateway, watch_id), Wanted.read(request.POST)
    for name, value in wanted.fields().items():
        setattr(watch, name, value)
    audit.note(request, Event.WATCH_CHANGED, gateway, **_facts(watch))
    _saved(lambda: _change(watch, timezone.now(), **wanted.fields()))
    return _back(gateway)


@require_POST
def watch_switch(request: HttpRequest, gateway: str, watch_id: int) -> HttpResponse:
    """Off, by whoever set it or an administrator; on again by whoever set it."""
    turn_on = request.POST.get("on") == "1"
    watch = _own(request, gateway, watch_id) if turn_on else _switchable(request, gateway, watch_id)
    if turn_on:
        check(request.user, Action.SHARE, gateway)
        _check_readable(watch.view)
    audit.note(request, Event.WATCH_SWITCHED, gateway, on=turn_on, **_facts(watch))
    _change(watch, timezone.now(), is_on=turn_on, off_why="")
    return _back(gateway)


@require_POST
def watch_remove(request: HttpRequest, gateway: str, watch_id: int) -> HttpResponse:
    """Forget the watch and what it found. The view stays."""
    watch = _switchable(request, gateway, watch_id)
    audit.note(request, Event.WATCH_REMOVED, gateway, **_facts(watch))
    watch.delete()
    return _back(gateway)


@require_POST
def watch_try(request: HttpRequest, gateway: str, watch_id: int) -> HttpResponse:
    """Have a test sent to its channels, so that a wrong address shows before it matters."""
    watch, now = _own(request, gateway, watch_id), timezone.now()
    if not watch.channels:
        raise Refusal("This watch has no channel to try: what it finds stands on its page. Choose one first.")
    if watch.alerts.filter(kind=Alert.Kind.TEST, at__gt=now - TEST_AGAIN).exists():
        raise Refusal("A test was asked for less than a minute ago. Look at what became of it before the next.")
    audit.note(request, Event.WATCH_TRIED, gateway, **_facts(watch))
    with transaction.atomic():
        alert = watch.alerts.create(kind=Alert.Kind.TEST, at=now, ended_at=now)
        tell(alert, Message.Says.TEST, watch.channels, now)
    return _back(gateway)


def _views(request: HttpRequest, gateway: str) -> Any:
    return SavedView.objects.there_for(request.user).filter(gateway=gateway).order_by("name", "pk")


def _own(request: HttpRequest, gateway: str, watch_id: int) -> Watch:
    return get_object_or_404(visible(request.user, gateway), pk=watch_id, actor=request.user.pk)


def _switchable(request: HttpRequest, gateway: str, watch_id: int) -> Watch:
    everybodys = Q() if may(request.user, Action.ADMINISTER, gateway) else Q(actor=request.user.pk)
    return get_object_or_404(visible(request.user, gateway), everybodys, pk=watch_id)


def _form(form: Any) -> dict[str, Any]:
    choices = [(each, minutes_words(each)) for each in MINUTES]
    return {"form": form, "minutes": choices, "channels": list(upstream.channels())}


def _facts(watch: Watch) -> dict[str, Any]:
    return {"view": watch.view.name, "limit": limit_words(watch), "channels": ", ".join(watch.channels)}


def _check_readable(view: SavedView) -> None:
    try:
        read_view(view)
    except QueryError as error:
        raise Refusal(f"The view “{marked(view.name)}” cannot be watched. {error.message}") from None


def _change(watch: Watch, now: datetime, **fields: Any) -> None:
    """Count it anew under what it is from now on."""
    anew = {"edition": F("edition") + 1, "due_at": now, "over_at": None, "failing_since": None, "problem": ""}
    with transaction.atomic():
        Watch.objects.filter(pk=watch.pk).update(**fields, **anew)
        end_alerts(watch, now)


def _saved(save: Any) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        raise Refusal(
            "You watch this view with the same limit already. Change that watch, or choose another."
        ) from None


def _counted(request: HttpRequest, gateway: str, now: datetime) -> dict[str, Any] | None:
    """What `?count=` asks for."""
    asked = row_number(request.GET, "count", "a watch of this gateway")
    if asked is None:
        return None
    watch = get_object_or_404(visible(request.user, gateway), pk=asked)
    found = tally(upstream.account(), gateway, query_of(watch, now), witnesses=WITNESSES)
    words = f"{formats.logs(found.number)} in the last {minutes_words(watch.minutes)}"
    return {"watch": watch.pk, "words": words, "is_bound": not found.is_exact}


def _back(gateway: str) -> HttpResponse:
    return SeeOther(reverse("watch-list", args=[gateway]))
