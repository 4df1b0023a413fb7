"""/account/tokens/, /account/api/ and the tokens on a person's page"""

import re
from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from gateway_dash.api import tokens
from gateway_dash.api.models import ApiToken
from gateway_dash.team.actions import Action
from gateway_dash.team.roles import ADMINISTRATOR, READER
from tests.conftest import LOGS
from tests.people import noted, somebody
from tests.views.api import API, script
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

PAGE, MAKE = "/account/tokens/", "/account/tokens/make/"
FORM = {"name": "nightly report", "scope": "read", "days": "30"}


def made(person, **more):
    """The text of a new token, as the page shows it."""
    return parse(person.post(MAKE, FORM | more)).one(id="new-token").text


def test_a_token_is_shown_once_and_opens_the_door(person):
    text = made(person)
    assert re.fullmatch(r"gwd_[A-Za-z0-9]{43}", text)
    assert Client().get(API + "me", headers={"Authorization": f"Bearer {text}"}).json()["name"] == "kim"
    page = person.get(PAGE)
    assert text not in page.text
    assert text[:10] in page.text
    assert "nightly report" in page.text


def test_two_tokens_are_never_the_same(person):
    assert made(person) != made(person)


def test_only_the_digest_is_kept(person):
    text = made(person)
    kept = ApiToken.objects.get()
    assert kept.digest == tokens.digest_of(text)
    assert text[10:] not in str(vars(kept))


def test_the_page_can_be_used_without_scripts(person):
    form = parse(person.get(PAGE)).one("form", action=MAKE)
    sent = fields(form) | {"name": ["from the form"]}
    assert person.post(MAKE, sent).status_code == 200
    token = ApiToken.objects.get()
    assert (token.scopes, token.gateways) == (["see_logs"], [])
    assert timedelta(days=89) < token.expires_at - timezone.now() < timedelta(days=90, minutes=1)


def test_it_is_made_for_what_was_chosen(person):
    made(person, gateway=["staging", "prod-edge"], days="365")
    token = ApiToken.objects.get()
    assert (token.scopes, token.gateways) == (["see_logs", "see_payloads"], ["staging", "prod-edge"])
    assert token.expires_at - timezone.now() < timedelta(days=365, minutes=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\u202eb"},
        {"scope": "reveal"},
        {"scope": "administer"},
        {"days": "366"},
        {"days": "0"},
        {"days": "-1"},
        {"days": "x"},
        {"gateway": "a/b"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(person, wrong):
    answer = person.post(MAKE, FORM | wrong)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert not ApiToken.objects.exists()
    assert noted("token-made") == []


def test_a_token_cannot_be_made_for_longer_or_for_more_by_code_either(person):
    for days, scopes in ((366, tokens.SCOPES), (0, tokens.SCOPES), (30, (Action.DELETE,))):
        with pytest.raises(ValueError, match="within a year"):
            tokens.make(somebody("kim", ""), "x", scopes, [], days)


def test_a_gateway_that_one_does_not_see_is_neither_offered_nor_taken(sandbox):
    lee = Client()
    lee.force_login(somebody("lee", READER, "staging"))
    assert 'value="staging"' in lee.get(PAGE).text
    assert "prod-edge" not in lee.get(PAGE).text
    assert lee.post(MAKE, FORM | {"gateway": "prod-edge"}).status_code == 422


def test_without_the_upstream_the_page_works_and_offers_no_gateways(person, wire):
    wire.instead = lambda _request: httpx.Response(500)
    assert person.get(PAGE).status_code == 200
    assert made(person)


def test_one_person_keeps_so_many_and_no_more(person, monkeypatch):
    monkeypatch.setattr(tokens, "LIVE_LIMIT", 2)
    made(person)
    made(person)
    assert person.post(MAKE, FORM).status_code == 422
    tokens.revoke(ApiToken.objects.all())
    assert made(person)


def test_a_revoked_token_is_good_for_nothing_more_and_stays_on_the_page_as_ended(person):
    text = made(person)
    person.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert Client().get(API + "me", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    page = parse(person.get(PAGE))
    assert page.one("h1").text == "You have no API tokens"
    assert "revoked" in page.text


def test_somebody_elses_token_is_neither_shown_nor_revoked(person):
    other = script("lee", READER)
    ApiToken.objects.update(name="canary")
    assert "canary" not in person.get(PAGE).text
    assert person.post(f"/account/tokens/{other.token.pk}/revoke/").status_code == 404
    assert other.get(API + "me").status_code == 200
    assert noted("token-revoked") == []


def test_nothing_is_revoked_by_a_link(person):
    made(person)
    assert person.get(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 405
    assert person.get(MAKE).status_code == 405


def test_making_and_revoking_are_in_the_trail_without_the_token(person):
    text = made(person, gateway="staging")
    person.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/")
    (who, _, facts), (_, _, revoked) = noted("token-made", "token-revoked")
    assert (who, facts["name"], facts["days"], facts["gateways"]) == ("kim", "nightly report", 30, ["staging"])
    assert facts["scopes"] == ["see_logs", "see_payloads"]
    assert revoked["name"] == "nightly report"
    assert text[10:] not in str(noted())


def test_where_the_trail_cannot_be_written_no_token_is_made(person, monkeypatch):
    def fails(*_arguments, **_facts):
        raise RuntimeError("no trail")

    monkeypatch.setattr("gateway_dash.team.audit.record", fails)
    person.raise_request_exception = False
    assert person.post(MAKE, FORM).status_code == 500
    assert not ApiToken.objects.exists()


def test_the_menu_under_ones_name_leads_to_the_page(person):
    assert parse(person.get(LOGS)).one(id="user-menu").links()["API tokens"] == PAGE


# --- by an administrator


@pytest.fixture
def root(sandbox):
    person = Client()
    person.force_login(somebody("root", ADMINISTRATOR))
    return person


def test_an_administrator_sees_how_many_there_are_and_revokes_all(root):
    kim, again, lee = script(), script(), script("lee")
    ApiToken.objects.filter(pk=again.token.pk).update(expires_at=timezone.now())
    url = f"/team/people/{kim.token.person_id}/"
    page = root.get(url)
    assert "1 is good now." in parse(page).text
    assert "nightly" not in page.text
    assert root.post(url + "tokens/revoke/")["Location"] == url
    assert kim.get(API + "me").status_code == 401
    assert lee.get(API + "me").status_code == 200
    assert "Revoke all tokens" not in root.get(url).text
    [(who, _, facts)] = noted("token-revoked")
    assert (who, facts) == ("root", {"person": "kim", "tokens": 1})


def test_nobody_else_revokes_the_tokens_of_others(person):
    lee = script("lee")
    assert person.post(f"/team/people/{lee.token.person_id}/tokens/revoke/").status_code == 403
    assert lee.get(API + "me").status_code == 200


# --- what the API answers


def test_the_reference_lists_every_operation_and_needs_no_script(person):
    page = parse(person.get("/account/api/"))
    heads = [each.text for each in page.all("h2")]
    assert "GET /api/v1/gateways/{gateway}/logs" in heads
    assert len([each for each in heads if each.startswith("GET ")]) == 8
    assert "provider__contains" in page.text
    assert page.links()["openapi.json"] == "/api/v1/openapi.json"
