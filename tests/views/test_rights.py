"""Who may open which address: every one of them, for every role, and in a gateway that is not theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from gateway_dash.bulk.models import Job
from gateway_dash.team.actions import NEEDS, Action
from gateway_dash.team.doors import ADMINISTERS, BY_TOKEN, OPEN, SIGNED_IN
from gateway_dash.team.roles import ADMINISTRATOR, METADATA, OPERATOR, READER, ROLES
from tests.people import only, somebody
from tests.views.crawl import ANSWER, EXAMPLES, SENT, WITH_TOKEN, ask, bearer, data

SEE, READ, REVEAL, ANNOTATE, EXPORT = Action.SEE, Action.READ, Action.REVEAL, Action.ANNOTATE, Action.EXPORT
SHARE, DELETE, APPROVE, ADMINISTER = Action.SHARE, Action.DELETE, Action.APPROVE, Action.ADMINISTER

# What each address asks for. A new address needs its row, and a changed one a changed row.
DOORS: dict[str, str | tuple[Action, ...]] = {
    **dict.fromkeys(
        (
            "login",
            "login-code",
            "oidc-login",
            "oidc-callback",
            "logout",
            "demo-sign-in",
            "password-choose",
            "share-link",
            "healthz",
            "readyz",
            "metrics",
            "api-description",
        ),
        OPEN,
    ),
    "api-me": BY_TOKEN,
    **dict.fromkeys(
        (
            *("person-list", "person-add", "person", "role-give", "role-take", "person-switch", "password-link"),
            *("role-list", "role-add", "role-save", "role-remove", "person-tokens-revoke"),
        ),
        ADMINISTERS,
    ),
    **dict.fromkeys(("password-choose", "share-link"), OPEN),
    **dict.fromkeys(
        (
            *("home", "gateway-list", "all-log-list", "palette", "palette-json", "find", "go"),
            *("preferences", "zone-choice", "account", "account-confirm", "account-password"),
            *("second-factor", "second-factor-qr", "second-factor-codes", "second-factor-remove"),
            *("session-end", "session-end-others"),
            *("mention-list", "mention-seen", "mention-open"),
            *("token-list", "token-make", "token-revoke", "api-reference"),
        ),
        SIGNED_IN,
    ),
    **dict.fromkeys(
        (
            *("gateway-open", "view-list", "view-save", "view-default", "view-rename", "view-delete", "view-team"),
            *("view-since", "search-forget", "log-list", "log-complete", "log-select"),
            *("count-histogram", "count-facet", "count-ranges", "count-newer"),
            *("log-detail", "log-peek", "log-place", "log-around", "log-attempts"),
            *("job-list", "job", "job-receipt", "job-go-on", "job-stop", "retention-list", "retention-switch"),
            *("watch-list", "watch-switch", "watch-remove"),
            *("deletion-gates", "deletion-stop", "log-comments", "log-here"),
            *("api-gateway-list", "api-gateway", "api-log-list", "api-count", "api-view-list", "api-log"),
        ),
        (SEE,),
    ),
    **dict.fromkeys(
        (
            *("log-compare", "log-conversation", "log-markdown", "log-raw", "log-repro", "log-tree", "log-twins"),
            *("log-download", "log-body", "log-media", "job-archive", "job-archived"),
            "api-body",
        ),
        (READ,),
    ),
    "log-reveal": (REVEAL,),
    **dict.fromkeys(
        (
            *("annotate-many", "annotate-plan", "annotate-start", "annotate-undo", "log-keep", "log-annotate"),
            *("comment-add", "comment-change", "comment-remove", "people-complete"),
        ),
        (ANNOTATE,),
    ),
    **dict.fromkeys(
        (
            *("review-list", "review-start", "review", "review-summary", "review-csv"),
            *("review-log", "review-save", "review-claim"),
        ),
        (READ, ANNOTATE),
    ),
    **dict.fromkeys(("log-list-json", "log-list-csv", "log-list-jsonl", "export-plan", "job-file"), (EXPORT,)),
    **dict.fromkeys(("job-archive-file", "log-bundle"), (READ, EXPORT)),
    **dict.fromkeys(
        ("delete-preview", "job-confirm", "retention-add", "retention-edit", "retention-save", "retention-remove"),
        (DELETE,),
    ),
    **dict.fromkeys(("link-list", "link-new", "link-preview", "link-revoke"), (SHARE,)),
    **dict.fromkeys(("watch-add", "watch-edit", "watch-save", "watch-try"), (SHARE,)),
    "job-approve": (APPROVE,),
    **dict.fromkeys(("deletion-allow", "view-team-default", "audit-list", "audit-export"), (ADMINISTER,)),
}
ASKING = [name for name, door in DOORS.items() if isinstance(door, tuple)]
ASK_MORE = ("job-go-on", "view-team")  # of who began the job, and of who shares
IN_A_GATEWAY = [name for name in ASKING if "/gateways/" in EXAMPLES[name][1]]


def views():
    return {each.name: each.callback for each in get_resolver().url_patterns if isinstance(each, URLPattern)}


def reaches(role, name):
    """Whether the role has all that the address asks for, and what that in turn needs."""
    actions = [action for action in Action if action in DOORS[name]]
    wanted = {need for action in actions for need in (action, *NEEDS.get(action, ()))}
    return wanted <= set(ROLES.get(role, ()))


def signed_in(name, role, gateway=""):
    person = Client()
    person.force_login(somebody(name, role, gateway))
    return person


@pytest.fixture
def root(bare_store, wire):
    """An administrator, who prepares what the examples need."""
    for log_id in ("one", "two"):
        bodies = {"request_body": b'"question of kim@example.org"', "response_body": ANSWER}
        bare_store.add({"id": log_id, "created_at": "2026-11-20T10:00:00.250Z", "provider": "openai", **bodies})
    person = Client()
    person.force_login(somebody("kim", "Administrator"))
    return person


def test_every_address_has_a_door_and_a_row_here():
    assert {name: view.door for name, view in views().items()} == DOORS


@pytest.mark.django_db
@pytest.mark.parametrize("name", ASKING)
def test_who_lacks_the_right_is_refused_before_anything_is_asked(root, wire, name):
    sent = data(root, name)
    jobs = list(Job.objects.values_list("pk", "state"))
    wire.forget()
    for role in [*ROLES, ""]:
        if reaches(role, name):
            continue
        answer = ask(as_(role), name, sent)
        sees = SEE in ROLES.get(role, ())
        assert answer.status_code == (403 if sees or name not in IN_A_GATEWAY else 404), (role, answer.status_code)
    assert wire.calls == []
    assert list(Job.objects.values_list("pk", "state")) == jobs


def as_(role):
    person = signed_in("lee", "")
    only(role, "lee")
    return person


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", [name for name in ASKING if name not in ("job-go-on", "view-team")]
)  # which ask for more
def test_the_least_role_that_has_the_right_gets_in(root, name):
    role = next(role for role in ROLES if reaches(role, name))
    only(role)  # what the example needs was made by, and belongs to, this person
    sent = data_by(root, name, role)
    assert ask(root, name, sent).status_code not in (403, 404), role


def data_by(person, name, role):
    only("Administrator")
    sent = data(person, name)
    only(role)
    return sent


@pytest.mark.django_db
@pytest.mark.parametrize("name", IN_A_GATEWAY)
def test_a_gateway_of_others_is_as_one_that_is_not_there(root, wire, name):
    sent = data(root, name)
    foreign = signed_in("lee", "Administrator", "staging")
    wire.forget()
    there = ask(foreign, name, sent)
    method, url = EXAMPLES[name]
    shown = bearer(foreign) if name in WITH_TOKEN else {}
    nowhere = getattr(foreign, method)(url.replace("/prod-edge", "/prod-none"), sent, headers=shown)
    assert there.status_code == nowhere.status_code == 404
    assert without_chance(there).replace("prod-edge", "prod-none") == without_chance(nowhere)
    assert wire.calls == []


def without_chance(answer):
    """The page without what is different on each: form tokens, the time, its own id, and how many calls there were."""
    chance = r'value="[A-Za-z0-9]{64}"|[\d,]+ of 1,000|\d\d:\d\d:\d\d(\.\d+)?|\d+ ms|\bid [0-9a-f]{16}\b'
    return re.sub(chance, "", answer.content.decode())


@pytest.mark.django_db
def test_a_role_in_one_gateway_is_one_there_and_nowhere_else(root):
    lee = signed_in("lee", OPERATOR, "staging")
    assert lee.get("/gateways/staging/logs/").status_code == 200
    assert lee.get("/gateways/prod-edge/logs/").status_code == 404
    assert "prod-edge" not in lee.get("/gateways/").text
    assert "prod-edge" not in lee.get("/logs/").text
    assert "prod-edge" not in lee.get("/palette.json").text
    assert "prod-edge" not in lee.get("/deletion/").text
    assert lee.get("/logs/?gateway=staging&gateway=prod-edge").status_code == 404
    assert lee.get("/find/?id=one").status_code == 404


@pytest.mark.django_db
def test_a_gateway_of_others_and_none_are_told_the_same_in_a_list_of_several(root):
    lee = signed_in("lee", OPERATOR, "staging")
    there, nowhere = (lee.get(f"/logs/?gateway=staging&gateway={name}") for name in ("prod-edge", "prod-none"))
    assert there.status_code == nowhere.status_code == 404
    assert without_chance(there).replace("prod-edge", "prod-none") == without_chance(nowhere)


@pytest.mark.django_db
def test_who_has_no_right_yet_is_told_so(root):
    page = signed_in("lee", "").get("/gateways/")
    assert page.status_code == 200
    assert "Nobody has given you a right yet" in page.text


@pytest.mark.django_db
def test_a_right_that_is_taken_away_is_gone_with_the_next_request(root):
    lee = signed_in("lee", OPERATOR)
    assert lee.get("/gateways/prod-edge/logs/").status_code == 200
    only("", "lee")
    assert lee.get("/gateways/prod-edge/logs/").status_code == 404


@pytest.mark.django_db
def test_a_right_without_the_one_that_it_needs_is_none(root):
    lee = signed_in("lee", "")
    from django.contrib.auth.models import Permission

    user = somebody("lee", "")
    user.user_permissions.add(Permission.objects.get(codename="delete_logs"))
    assert lee.get("/gateways/prod-edge/jobs/").status_code == 404
    assert lee.post("/gateways/prod-edge/logs/delete/preview/", {"id": "one"}).status_code == 404


@pytest.mark.django_db
def test_who_may_not_read_sees_a_log_and_nothing_of_what_was_said(root, bare_store):
    bare_store.add({
        "id": "three", "created_at": "2026-11-20T10:00:01Z", "provider": "openai",
        "request_body": b'{"messages": [{"role": "user", "content": "canary question"}]}',
        "response_body": b'{"choices": [{"message": {"role": "assistant", "content": "canary answer"}}]}',
    })  # fmt: skip
    lee = signed_in("lee", METADATA)
    for url in ("three/", "three/peek/", "three/place/", "?peek=three", "", "three/around/", "three/attempts/"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = lee.get("/gateways/prod-edge/logs/" + url, headers=headers, follow=True)
            assert answer.status_code == 200, url
            assert "canary" not in answer.text, url
    page = lee.get("/gateways/prod-edge/logs/three/").text
    assert "What was said is not for you to read" in page
    assert "Raw" not in page
    merged = lee.get("/logs/?gateway=prod-edge&gateway=staging&peek=prod-edge/three").text
    assert "canary" not in merged


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_the_files_of_who_may_not_read_have_no_beginnings_of_bodies(root, wire, kind):
    wire.instead = lambda request: None
    person = signed_in("lee", METADATA)
    somebody("lee", "").user_permissions.add(permission("export_logs"))
    assert "question" not in person.get(f"/gateways/prod-edge/logs.{kind}").text
    assert person.get("/gateways/prod-edge/logs/export/").status_code == 200


def permission(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename)


@pytest.mark.django_db
def test_a_page_offers_nothing_that_would_be_refused(root):
    lee = signed_in("lee", READER)
    for url in ("/gateways/prod-edge/logs/", "/gateways/prod-edge/logs/one/", "/gateways/prod-edge/retention/"):
        text = lee.get(url).text
        for words in ("Delete…", "Annotate…", "Export…", "Review…", "Save annotation", "Add the rule"):
            assert words not in text, (url, words)


def test_templates_ask_for_rights_that_there_are():
    asked = {
        name
        for path in Path("templates").rglob("*.html")
        for name in re.findall(r"\bmay\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= {action.name.lower() for action in Action}


def test_the_examples_that_send_something_belong_to_an_address():
    assert set(SENT) <= set(EXAMPLES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door == ADMINISTERS])
def test_the_team_is_for_who_administers_all_gateways(root, name):
    sent = data(root, name)
    for role in ROLES:
        expected = role == ADMINISTRATOR
        answer = ask(as_(role), name, sent)
        assert (answer.status_code not in (403, 404)) == expected, role
    of_one = signed_in("sam", ADMINISTRATOR, "staging")
    assert ask(of_one, name, sent).status_code == 403
