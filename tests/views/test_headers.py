"""The headers of every answer, whoever asks and whatever comes of it."""

import re

import httpx
import pytest
from django.test import Client

from gateway_dash.team.roles import ADMINISTRATOR, ROLES
from gateway_dash.urls import urlpatterns
from tests.conftest import LOGS
from tests.people import only, somebody
from tests.views.crawl import ANSWER, EXAMPLES, ask, data
from tests.views.reading import HTMX

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
DOWNLOAD_POLICY = {"sandbox", "default-src 'none'"}
MEDIA_POLICY = POLICY - {"img-src 'self'"} | {"img-src 'self' data:"}
POLICIES = {  # all the others have the one policy
    "log-download": DOWNLOAD_POLICY,
    "log-bundle": DOWNLOAD_POLICY,
    "job-archive-file": DOWNLOAD_POLICY,
    "job-file": DOWNLOAD_POLICY,
    "log-media": MEDIA_POLICY,
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
every_address = pytest.mark.parametrize("name", EXAMPLES)
page_and_fragment = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])


def assert_guarded(answer, policy=POLICY):
    # Pages of Django's own login say more than no-store; they may not say less.
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")  # the second where the address is a key
    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    assert {"HX-Request", "Cookie"} <= {each.strip() for each in answer["Vary"].split(",")}
    assert {each.strip() for each in answer["Content-Security-Policy"].split(";")} == policy
    assert "Server" not in answer
    assert "X-Powered-By" not in answer


@pytest.fixture
def one(bare_store):
    bare_store.add({"id": "one", "request_body": b"question of kim@example.org", "response_body": ANSWER})
    bare_store.add({"id": "two", "request_body": b"question", "response_body": b"answer"})


def test_every_address_has_an_example():
    assert set(EXAMPLES) == {each.name for each in urlpatterns}


@every_address
@page_and_fragment
def test_who_is_signed_in_gets_every_header(person, one, name, headers):
    answer = ask(person, name, data(person, name), headers=headers)
    assert answer.status_code in (200, 204, 302, 303)
    assert_guarded(answer, POLICIES.get(name, POLICY))


@every_address
@pytest.mark.parametrize("role", [*ROLES, "none"])
def test_every_role_gets_every_header_whether_it_is_let_in_or_not(person, one, name, role):
    only(ADMINISTRATOR)
    sent = data(person, name)
    only(role if role in ROLES else "")
    answer = ask(person, name, sent)
    assert answer.status_code in (200, 204, 302, 303, 403, 404)
    assert_guarded(answer, POLICIES.get(name, POLICY) if answer.status_code == 200 else POLICY)


@every_address
@page_and_fragment
def test_a_stranger_gets_every_header(client, sandbox, name, headers):
    answer = ask(client, name, headers=headers)
    # 404 is for the click of the demo, which names nobody here; 401 for the API, which needs a token
    assert answer.status_code in (200, 302, 401, 404)
    assert_guarded(answer)


@every_address
@page_and_fragment
def test_a_failure_of_the_upstream_gets_every_header(person, wire, name, headers):
    wire.instead = lambda _request: httpx.Response(502, text="<html>Bad gateway</html>")
    assert_guarded(ask(person, name, headers=headers))


@every_address
def test_the_wrong_method_gets_every_header(person, sandbox, name):
    answer = person.generic("PUT", EXAMPLES[name][1])
    # Rights come first, in the API the token; Django takes a PUT of a form as a POST.
    assert answer.status_code in (200, 302, 401, 403, 404, 405)
    assert_guarded(answer)


@every_address
def test_a_forged_form_gets_every_header(django_user_model, sandbox, name):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(somebody("kim"))
    answer = forged.post(EXAMPLES[name][1])
    assert answer.status_code in (401, 403, 405)
    assert_guarded(answer)


@pytest.mark.parametrize("url", ["/nope", "/gateways/prod-edge/logs", LOGS + "a.b/", "/%00", "/gateways/A/logs/"])
def test_an_address_that_does_not_exist_gets_every_header(person, sandbox, url):
    answer = person.get(url)
    assert answer.status_code in (301, 404)
    assert_guarded(answer)


def test_a_broken_page_of_ours_gets_every_header(person, sandbox, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("canary-in-a-traceback")

    monkeypatch.setattr("gateway_dash.logs.views.list_context", broken)
    person.raise_request_exception = False
    answer = person.get(LOGS)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "canary-in-a-traceback" not in answer.text
    assert "Traceback" not in answer.text
    assert_guarded(answer)


def test_a_host_that_is_not_ours_is_refused(client, sandbox):
    assert client.get("/login/", headers={"Host": "evil.example"}).status_code == 400


def test_no_page_loads_anything_from_elsewhere(person, one):
    for name in ("log-list", "log-detail", "gateway-list", "log-body"):
        page = ask(person, name).text
        assert not re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//""", page)
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
