"""Every address of the product with an example of it, for the tests that hold on all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.api import tokens
from gateway_dash.api.models import ApiToken
from gateway_dash.bulk import files, jobs
from gateway_dash.bulk.exporting.spec import Spec
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.retention.models import RetentionRule
from gateway_dash.bulk.review import making
from gateway_dash.bulk.review.models import Review
from gateway_dash.links.models import ShareLink, hash_of
from gateway_dash.logs.masks import Mask
from gateway_dash.sharing.models import SavedView
from gateway_dash.talk.models import Comment, Mention
from gateway_dash.team.demo import make_people
from gateway_dash.watches.models import Watch
from tests.conftest import LOGS
from tests.views.reading import fields, parse

LIST = LOGS.removesuffix("/")
LOG = LOGS + "one/"
VIEWS = "/gateways/prod-edge/views/"
JOB = "/gateways/prod-edge/jobs/0123456789abcdef/"

EXPORT = "00000000000000e1"
RETENTION = "/gateways/prod-edge/retention/"
WATCHES = "/gateways/prod-edge/watches/"
REVIEWS = "/gateways/prod-edge/reviews/"
REVIEW_KEY = "0123456789abcdef"
REVIEW = REVIEWS + REVIEW_KEY + "/"
PERSON = "/team/people/900/"
LINKS = "/gateways/prod-edge/links/"
SHARE_TOKEN = "AAAAAAAAAAAAAAAAAAAAAA"
API = "/api/v1/"
API_LOGS = API + "gateways/prod-edge/logs"

# The smallest PNG: what a page can show.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
ANSWER = b'{"picture": "' + PIXEL.encode() + b'"}'

# By the name in urls.py: method and address. A new address needs its example here.
EXAMPLES: dict[str, tuple[str, str]] = {
    "demo-sign-in": ("post", "/login/demo/"),
    "log-bundle": ("post", LOGS + "bundle/?provider=openai"),
    "link-list": ("get", LINKS),
    "link-new": ("get", LINKS + "new/?log=one"),
    "link-preview": ("get", LINKS + "900/preview/"),
    "link-revoke": ("post", LINKS + "900/revoke/"),
    "share-link": ("get", f"/share/{SHARE_TOKEN}/"),
    "go": ("get", "/go/one"),
    "person-list": ("get", "/team/"),
    "person-add": ("post", "/team/people/add/"),
    "person": ("get", PERSON),
    "role-give": ("post", PERSON + "give/"),
    "role-take": ("post", PERSON + "take/"),
    "person-switch": ("post", PERSON + "switch/"),
    "password-link": ("post", PERSON + "link/"),
    "role-list": ("get", "/team/roles/"),
    "role-add": ("post", "/team/roles/add/"),
    "role-save": ("post", "/team/roles/900/save/"),
    "role-remove": ("post", "/team/roles/900/remove/"),
    "audit-list": ("get", "/audit/"),
    "audit-export": ("post", "/audit.jsonl"),
    "person-tokens-revoke": ("post", PERSON + "tokens/revoke/"),
    "token-list": ("get", "/account/tokens/"),
    "token-make": ("post", "/account/tokens/make/"),
    "token-revoke": ("post", "/account/tokens/900/revoke/"),
    "api-reference": ("get", "/account/api/"),
    "api-description": ("get", API + "openapi.json"),
    "api-me": ("get", API + "me"),
    "api-gateway-list": ("get", API + "gateways"),
    "api-gateway": ("get", API + "gateways/prod-edge"),
    "api-log-list": ("get", API_LOGS + "?provider=openai"),
    "api-count": ("get", API + "gateways/prod-edge/counts?provider=openai"),
    "api-view-list": ("get", API + "gateways/prod-edge/views"),
    "api-log": ("get", API_LOGS + "/one"),
    "api-body": ("get", API_LOGS + "/one/request"),
    "password-choose": ("get", "/password/MQ/set-password/"),
    "home": ("get", "/"),
    "gateway-list": ("get", "/gateways/"),
    "gateway-open": ("get", "/gateways/prod-edge/"),
    "view-list": ("get", VIEWS),
    "view-save": ("post", VIEWS + "save/"),
    "view-default": ("post", VIEWS + "default/"),
    "view-rename": ("post", VIEWS + "1/rename/"),
    "view-delete": ("post", VIEWS + "1/delete/"),
    "view-team": ("post", VIEWS + "1/team/"),
    "view-team-default": ("post", VIEWS + "team-default/"),
    "view-since": ("get", VIEWS + "1/since/"),
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
    "export-plan": ("get", LOGS + "export/?provider=openai"),
    "job-file": ("get", f"/gateways/prod-edge/jobs/{EXPORT}/files/logs-0001.jsonl"),
    "annotate-many": ("post", LOGS + "annotate-many/?provider=openai"),
    "annotate-plan": ("post", LOGS + "annotate-many/plan/?provider=openai"),
    "annotate-start": ("post", "/gateways/prod-edge/jobs/0123456789abcdef/annotate/"),
    "annotate-undo": ("post", "/gateways/prod-edge/jobs/0123456789abcdef/undo/"),
    "delete-preview": ("post", LOGS + "delete/preview/?provider=openai"),
    "job-list": ("get", "/gateways/prod-edge/jobs/"),
    "job": ("get", JOB),
    "job-confirm": ("post", JOB + "confirm/"),
    "job-approve": ("post", JOB + "approve/"),
    "job-go-on": ("post", JOB + "go-on/"),
    "job-stop": ("post", JOB + "stop/"),
    "job-archive": ("get", JOB + "archive/"),
    "job-archive-file": ("get", JOB + "archive/1"),
    "job-archived": ("get", JOB + "archive/one/"),
    "job-receipt": ("get", JOB + "receipt.json"),
    "log-keep": ("post", LOG + "keep/"),
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
    "log-comments": ("get", LOG + "comments/?provider=openai&before=9"),
    "comment-add": ("post", LOG + "comments/add/?provider=openai"),
    "comment-change": ("post", LOG + "comments/1/change/?provider=openai"),
    "comment-remove": ("post", LOG + "comments/1/remove/?provider=openai"),
    "log-here": ("post", LOG + "here/?provider=openai"),
    "people-complete": ("get", "/gateways/prod-edge/people/complete/?word=ki"),
    "mention-list": ("get", "/mentions/"),
    "mention-seen": ("post", "/mentions/seen/"),
    "mention-open": ("post", "/mentions/900/open/"),
    "log-download": ("get", LOG + "request"),
    "log-reveal": ("post", LOG + "request/reveal/"),
    "log-body": ("get", LOG + "response/part/?at=1"),
    "log-complete": ("get", "/gateways/prod-edge/logs/complete/?word=pro"),
    "retention-list": ("get", RETENTION + "?count=1"),
    "retention-add": ("post", RETENTION + "add/"),
    "retention-edit": ("get", RETENTION + "1/"),
    "retention-save": ("post", RETENTION + "1/save/"),
    "retention-switch": ("post", RETENTION + "1/switch/"),
    "retention-remove": ("post", RETENTION + "1/remove/"),
    "watch-list": ("get", WATCHES + "?count=900"),
    "watch-add": ("post", WATCHES + "add/"),
    "watch-edit": ("get", WATCHES + "900/"),
    "watch-save": ("post", WATCHES + "900/save/"),
    "watch-switch": ("post", WATCHES + "900/switch/"),
    "watch-remove": ("post", WATCHES + "900/remove/"),
    "watch-try": ("post", WATCHES + "900/try/"),
    "deletion-gates": ("get", "/deletion/"),
    "deletion-stop": ("post", "/deletion/stop/"),
    "deletion-allow": ("post", "/deletion/allow/"),
    "palette": ("get", "/palette/"),
    "palette-json": ("get", "/palette.json"),
    "find": ("get", "/find/?id=one"),
    "preferences": ("post", "/preferences/"),
    "zone-choice": ("get", "/preferences/zone/?next=/gateways/"),
    "login": ("get", "/login/?next=/gateways/"),
    "login-code": ("get", "/login/code/"),
    "oidc-login": ("get", "/login/oidc/?next=/gateways/"),
    "oidc-callback": ("get", "/login/oidc/callback/?code=x&state=y"),
    "logout": ("post", "/logout/"),
    "account": ("get", "/account/"),
    "account-confirm": ("get", "/account/confirm/?next=/account/second-factor/"),
    "account-password": ("get", "/account/password/"),
    "second-factor": ("get", "/account/second-factor/"),
    "second-factor-qr": ("get", "/account/second-factor/qr.svg"),
    "second-factor-codes": ("get", "/account/second-factor/codes/"),
    "second-factor-remove": ("post", "/account/second-factor/remove/"),
    "session-end": ("post", "/account/sessions/1/end/"),
    "session-end-others": ("post", "/account/sessions/end/"),
    "healthz": ("get", "/healthz"),
    "readyz": ("get", "/readyz"),
    "metrics": ("get", "/metrics"),
}

# Where a token is the only way in; `ask` shows one of whoever is signed in.
WITH_TOKEN = {name for name, (_, url) in EXAMPLES.items() if url.startswith(API)} - {"api-description"}


METRICS = {"Authorization": "Bearer metrics-token-of-the-tests"}  # as tests/settings.py has it


def a_job(person: Client, *, is_over: bool = False) -> None:
    """A deletion of the log `one`: planned, or over with its archive. The key is that of the addresses above."""
    key = JOB.split("/")[-2]
    if not Job.objects.filter(key=key).exists():
        made = person.post(LOGS + "delete/preview/", {"id": "one"})["Location"].split("/")[-2]
        Job.objects.filter(key=made).update(key=key)
    if is_over:
        job = Job.objects.get(key=key)
        record = {"log": {"id": "one"}, "request": {"text": "question of kim@example.org"}, "response": {"missing": ""}}
        name = files.archives().save("a/part.jsonl.gz", ContentFile(files.packed(json.dumps(record).encode() + b"\n")))
        job.parts.create(name=name, kind="selected", records=1, size=1, sha256="0" * 64)
        receipt: dict[str, Any] = dict.fromkeys(
            ("asked", "gone", "gone_before", "left", "untried", "held", "held_gone", "accepted"), 0
        )
        receipt |= {"newer": None, "manifest": "", "verified_at": timezone.now().isoformat(), "archive": []}
        job.state, job.ended_at, job.found = Job.State.DONE, timezone.now(), job.found | {"receipt": receipt}
        job.save()


def allow_reveal(person: Client) -> None:
    """Give the person the right to see masked secrets."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    user.user_permissions.add(Permission.objects.get(codename="reveal_secrets"))


def a_link(person: Client) -> None:
    """A link to the log `one`, which whoever asks has made."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    known: dict[str, Any] = {
        "account": upstream.account_key(),
        "gateway": "prod-edge",
        "kind": "log",
        "log_ids": ["one"],
        "shows": "masked",
        "token_hash": hash_of(SHARE_TOKEN),
        "author": user,
        "author_name": "kim",
        "expires_at": ShareLink.until(7),
    }
    ShareLink.objects.update_or_create(pk=900, defaults=known)


def an_approver(person: Client) -> None:
    """Somebody who may approve a deletion that is planned."""
    a_job(person)
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    user.user_permissions.add(Permission.objects.get(codename="approve_deletions"))


def export(person: Client) -> None:
    """Every log with its bodies, under the name of the example."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    spec = Spec(format="bodies", query="?end=2100-01-01T00:00:00Z&sort=created_at")
    job = jobs.start("export", "prod-edge", user, "All calls", spec.kept(), phase="read")
    job.key = EXPORT
    job.save()
    jobs.begin_here(job, until_phase_ends=False)


def a_view(person: Client) -> None:
    user = person.session["_auth_user_id"]
    SavedView.objects.create(pk=1, user_id=user, gateway="prod-edge", name="old", query="provider=openai")


def a_watch(person: Client) -> None:
    """Of a view of the person's own, with a channel that there is only in an example."""
    user = person.session["_auth_user_id"]
    known = {"gateway": "prod-edge", "name": "watched", "query": "provider=openai"}
    view, _made = SavedView.objects.update_or_create(pk=900, defaults={"user_id": user, **known})
    whose = {"account": upstream.account_key(), "gateway": "prod-edge", "actor_id": user, "view": view}
    Watch.objects.update_or_create(pk=900, defaults=whose | {"more_than": 20, "minutes": 15, "channels": ["ops"]})


def a_session(person: Client) -> None:
    """Another session of the same person."""
    other = {"user_id": person.session["_auth_user_id"], "ip": "192.0.2.7", "session_key": "0" * 32}
    UserSession.objects.update_or_create(pk=1, defaults=other)


def a_comment(person: Client) -> None:
    """One of the person's own about the log `one`, in which they are called."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    here: dict[str, Any] = {"account": upstream.account_key(), "gateway": "prod-edge"}
    said: dict[str, Any] = {"author": user, "author_name": user.username, "text": "first", "removed_at": None}
    comment, _made = Comment.objects.update_or_create(defaults=said, log_id="one", number=1, **here)
    Mention.objects.update_or_create(pk=900, defaults={"comment": comment, "person": user, "name": "kim", **here})


def a_token(person: Client) -> None:
    """One to revoke; nobody knows its text."""
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    ends = timezone.now() + timedelta(days=1)
    ApiToken.objects.update_or_create(pk=900, defaults={"person": user, "name": "old", "expires_at": ends})


def bearer(person: Client) -> dict[str, str]:
    """The header with a new token, good for all that whoever is signed in may; nothing for a stranger."""
    if "_auth_user_id" not in person.session:
        return {}
    user = get_user_model().objects.get(pk=person.session["_auth_user_id"])
    return {"Authorization": f"Bearer {tokens.make(user, 'test', tokens.SCOPES, [], 1)[1]}"}


def an_administrator(person: Client) -> None:
    get_user_model().objects.filter(pk=person.session["_auth_user_id"]).update(is_superuser=True)


def a_colleague(person: Client) -> None:
    """Somebody to change, and a role, by an administrator."""
    an_administrator(person)
    get_user_model().objects.get_or_create(pk=900, username="robin")
    Group.objects.get_or_create(pk=900, name="Visitor")


def annotation_job(*, is_over: bool) -> None:
    """One that is planned, or one that has changed a log."""
    now, said = timezone.now(), '{"feedback": 1, "score": null, "metadata": {}}'
    job = Job.objects.create(
        key="0123456789abcdef",
        account=upstream.account_key(),
        gateway="prod-edge",
        kind="annotate",
        actor=get_user_model().objects.get(),
        state=Job.State.DONE if is_over else Job.State.PLANNED,
        ended_at=now if is_over else None,
        expires_at=now + timedelta(hours=1),
    )
    state = Item.State.CHANGED if is_over else Item.State.PENDING
    Item.objects.create(job=job, position=0, log_id="one", state=state, before=said.replace("1", "-1"), after=said)


# What has to be there before the example can be asked for, and what the example sends.
BEFORE: dict[str, Callable[[Client], object]] = {
    "job-file": export,
    "log-reveal": allow_reveal,
    "annotate-start": lambda _person: annotation_job(is_over=False),
    "annotate-undo": lambda _person: annotation_job(is_over=True),
    "deletion-allow": an_administrator,
    "demo-sign-in": lambda _person: make_people(),
    "job-approve": an_approver,
    **dict.fromkeys(("link-preview", "link-revoke", "share-link"), a_link),
    **dict.fromkeys(
        (
            *("person-list", "person-add", "person", "role-give", "role-take", "person-switch", "password-link"),
            *("role-list", "role-add", "role-save", "role-remove", "audit-list", "audit-export"),
            "person-tokens-revoke",
        ),
        a_colleague,
    ),
    "session-end": a_session,
    **dict.fromkeys(("comment-change", "comment-remove", "log-comments", "mention-list", "mention-open"), a_comment),
    "token-revoke": a_token,
    **dict.fromkeys(
        (*("watch-list", "watch-add", "watch-edit", "watch-save"), "watch-switch", "watch-remove", "watch-try"), a_watch
    ),
    "view-rename": a_view,
    "view-delete": a_view,
    "view-team": a_view,
    "view-since": a_view,
    "view-team-default": an_administrator,
    **dict.fromkeys(("job", "job-confirm", "job-go-on", "job-stop"), a_job),
    **dict.fromkeys(
        ("job-archive", "job-archive-file", "job-archived", "job-receipt"), lambda person: a_job(person, is_over=True)
    ),
}
SENT: dict[str, dict[str, Any]] = {
    "delete-preview": {"id": "one"},
    "log-bundle": {"id": "one"},
    "log-select": {"id": "one", "shown": "one", "to": LOGS + "?provider=openai&page=2"},
    "log-reveal": {"secret": Mask("prod-edge", "one", "request").digest("kim@example.org")},
    "job-confirm": {"level": "bodies", "phrase": "delete 1"},
    "log-keep": {"keep": "1"},
    "comment-add": {"text": "This answer is wrong, @robin.", "place": ""},
    "comment-change": {"text": "second"},
    "log-here": {"seen": "0"},
    "review-start": {"id": "one"},
    "deletion-allow": {"typed": "allow"},
    "demo-sign-in": {"as": "demo"},
    "person-add": {"name": "lou", "mail": "lou@example.org"},
    "role-give": {"role": "900"},
    "role-take": {"role": "900"},
    "role-add": {"name": "Guest"},
    "role-save": {"right": ["see_logs"]},
    "annotate-many": {"id": "one", "feedback": "1"},
    "annotate-plan": {"id": "one", "feedback": "1"},
    "token-make": {"name": "nightly", "scope": "read", "days": "30"},
    "view-save": {"name": "new", "query": "provider=openai"},
    "view-team": {"team": "1"},
    "view-rename": {"name": "new", "query": "provider=openai"},
    "watch-add": {"view": "900", "more_than": "5", "minutes": "60"},
    "watch-save": {"more_than": "5", "minutes": "60"},
    "preferences": {"theme": "dark", "next": "/gateways/"},
}


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
    if name in BEFORE:
        BEFORE[name](person)
    if name.startswith("review") and name != "review-start":
        return _of_a_review(person, name)
    if name == "log-annotate":
        return fields(parse(person.get(LOG)).one("form", data_annotate=None)) | {"score": ["12"]}
    if name.startswith("retention-"):
        return _retention(person, name)
    return SENT.get(name, {})


def _retention(person: Client, name: str) -> dict[str, Any]:
    """A rule that is there, and what its forms send."""
    rule = {"query": "provider=openai", "age_days": 30, "hour": 3, "level": "rows"}
    if name != "retention-add":
        whose = {"account": upstream.account_key(), "gateway": "prod-edge", "actor_name": "kim"}
        known = {"name": "old", "actor_id": person.session["_auth_user_id"], **whose, **rule}
        RetentionRule.objects.update_or_create(pk=1, defaults=known)
    return {"name": "new", **rule} if name in ("retention-add", "retention-save") else {}


def ask(person: Client, name: str, sent: dict[str, Any] | None = None, **options: Any) -> Any:
    """The answer to one example."""
    method, url = EXAMPLES[name]
    if name == "metrics":
        options["headers"] = options.get("headers", {}) | METRICS
    if name in WITH_TOKEN:
        options["headers"] = options.get("headers", {}) | bearer(person)
    answer = person.post(url, sent or {}, **options) if method == "post" else person.get(url, **options)
    if not answer.streaming:
        return answer
    return HttpResponse(b"".join(answer), headers=answer.headers, status=answer.status_code)
