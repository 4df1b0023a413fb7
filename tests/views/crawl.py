"""Every address of the product with an example of it, for the tests that hold on all of them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from gateway_dash.bulk.review import making
from gateway_dash.bulk.review.models import Review
from gateway_dash.logs.masks import Mask
from gateway_dash.sharing.models import SavedView
from tests.conftest import LOGS
from tests.views.reading import fields, parse

LIST = LOGS.removesuffix("/")
LOG = LOGS + "one/"
VIEWS = "/gateways/prod-edge/views/"
REVIEWS = "/gateways/prod-edge/reviews/"
REVIEW_KEY = "0123456789abcdef"
REVIEW = REVIEWS + REVIEW_KEY + "/"

# The smallest PNG: what a page can show.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
ANSWER = b'{"picture": "' + PIXEL.encode() + b'"}'

# By the name in urls.py: method and address. A new address needs its example here.
EXAMPLES: dict[str, tuple[str, str]] = {
    "home": ("get", "/"),
    "gateway-list": ("get", "/gateways/"),
    "gateway-open": ("get", "/gateways/prod-edge/"),
    "view-list": ("get", VIEWS),
    "view-save": ("post", VIEWS + "save/"),
    "view-default": ("post", VIEWS + "default/"),
    "view-rename": ("post", VIEWS + "1/rename/"),
    "view-delete": ("post", VIEWS + "1/delete/"),
    "search-forget": ("post", "/gateways/prod-edge/searches/forget/"),
    "all-log-list": ("get", "/logs/?gateway=prod-edge&gateway=staging&provider=openai"),
    "log-list": ("get", LOGS + "?provider=openai"),
    "log-list-json": ("get", LIST + ".json?provider=openai"),
    "log-list-csv": ("get", LIST + ".csv"),
    "log-list-jsonl": ("get", LIST + ".jsonl"),
    "log-compare": ("get", LOGS + "compare/?id=one&id=two&provider=openai"),
    "count-histogram": ("get", LOGS + "counts/histogram/?provider=openai"),
    "count-facet": ("get", LOGS + "counts/facet/?count=provider&value=openai"),
    "count-ranges": ("get", LOGS + "counts/ranges/?provider=openai"),
    "count-newer": ("get", LOGS + "counts/newer/?provider=openai&after=2026-11-20T10:00:00.250Z"),
    "log-select": ("post", LOGS + "selection/?provider=openai"),
    "delete-preview": ("post", LOGS + "delete/preview/?provider=openai"),
    "delete-confirmed": ("post", LOGS + "delete/"),
    "delete-check": ("post", LOGS + "delete/check/"),
    "review-list": ("get", REVIEWS),
    "review-start": ("post", REVIEWS + "start/"),
    "review": ("get", REVIEW),
    "review-summary": ("get", REVIEW + "summary/"),
    "review-csv": ("get", REVIEW + "verdicts.csv"),
    "review-log": ("get", REVIEW + "logs/one/"),
    "review-save": ("post", REVIEW + "logs/one/save/"),
    "review-claim": ("post", REVIEW + "logs/one/claim/"),
    "log-detail": ("get", LOG + "?provider=openai"),
    "log-conversation": ("get", LOG + "conversation/?provider=openai&turns=0"),
    "log-markdown": ("get", LOG + "conversation.md"),
    "log-raw": ("get", LOG + "raw/?provider=openai"),
    "log-media": ("get", LOG + "response/media/?at=picture"),
    "log-repro": ("get", LOG + "repro/?provider=openai&as=issue"),
    "log-peek": ("get", LOG + "peek/?provider=openai"),
    "log-place": ("get", LOG + "place/?provider=openai"),
    "log-around": ("get", LOG + "around/?provider=openai&n=25&within=list"),
    "log-tree": ("get", LOG + "tree/?at=response&provider=openai"),
    "log-attempts": ("get", LOG + "attempts/?provider=openai"),
    "log-twins": ("get", LOG + "twins/?provider=openai&within=24h"),
    "log-annotate": ("post", LOG + "annotate/?provider=openai"),
    "log-download": ("get", LOG + "request"),
    "log-reveal": ("post", LOG + "request/reveal/"),
    "log-body": ("get", LOG + "response/part/?at=1"),
    "log-complete": ("get", "/gateways/prod-edge/logs/complete/?word=pro"),
    "palette": ("get", "/palette/"),
    "palette-json": ("get", "/palette.json"),
    "find": ("get", "/find/?id=one"),
    "preferences": ("post", "/preferences/"),
    "zone-choice": ("get", "/preferences/zone/?next=/gateways/"),
    "login": ("get", "/login/?next=/gateways/"),
    "logout": ("post", "/logout/"),
    "healthz": ("get", "/healthz"),
}


def allow_reveal(person: Client) -> None:
    """Give the person the right to see masked secrets."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    user.user_permissions.add(Permission.objects.get(codename="reveal_secrets"))


def _of_a_review(person: Client, name: str) -> dict[str, Any]:
    """A review of one log under a key that is known, and what its form sends."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    review = making.make("prod-edge", user, "1 log, ticked one by one", ["one"])
    Review.objects.filter(key=REVIEW_KEY).delete()  # a test that asks for all of them comes here for each
    Review.objects.filter(pk=review.pk).update(key=REVIEW_KEY)
    if name != "review-save":
        return {}
    form = parse(person.get(REVIEW + "logs/one/")).one("form", data_review=None)
    return fields(form) | {"feedback": ["1"], "note": ["kim@example.org is wrong"]}


def data(person: Client, name: str) -> dict[str, Any]:
    """What the example sends, as the pages before it would have it."""
    if name == "delete-preview":
        return {"id": "one"}
    if name == "log-reveal":
        allow_reveal(person)
        return {"secret": Mask("prod-edge", "one", "request").digest("kim@example.org")}
    if name == "review-start":
        return {"id": "one"}
    if name.startswith("review"):
        return _of_a_review(person, name)
    if name == "log-select":
        return {"id": "one", "shown": "one", "to": LOGS + "?provider=openai&page=2"}
    if name in ("delete-confirmed", "delete-check"):
        preview = parse(person.post(LOGS + "delete/preview/", {"id": "one"}))
        return fields(preview.one("form", action=LOGS + "delete/"))
    if name == "log-annotate":
        return fields(parse(person.get(LOG)).one("form", data_annotate=None)) | {"score": ["12"]}
    if name in ("view-rename", "view-delete"):
        user = person.session["_auth_user_id"]
        SavedView.objects.create(pk=1, user_id=user, gateway="prod-edge", name="old", query="provider=openai")
    if name in ("view-save", "view-rename"):
        return {"name": "new", "query": "provider=openai"}
    return {"theme": "dark", "next": "/gateways/"} if name == "preferences" else {}


def ask(person: Client, name: str, sent: dict[str, Any] | None = None, **options: Any) -> Any:
    """The answer to one example."""
    method, url = EXAMPLES[name]
    return person.post(url, sent or {}, **options) if method == "post" else person.get(url, **options)
