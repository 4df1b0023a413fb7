"""/deletion/ with /deletion/stop/ and /deletion/allow/"""

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.bulk import gates
from gateway_dash.bulk.models import DeletionGate, Job
from gateway_dash.team.roles import ADMINISTRATOR
from tests.conftest import LOGS
from tests.people import only
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

URL = "/deletion/"


@pytest.fixture
def superuser(person, django_user_model):
    django_user_model.objects.update(is_superuser=True)
    return person


def main(person):
    return parse(person.get(URL)).one("main")


def rows(person):
    return {each.one("th").text: each.text for each in main(person).one("table").all("tr")[1:]}


def test_each_gateway_says_whether_it_is_verified_locked_and_at_work(person, django_user_model):
    gates.verified("prod-edge", "lee")
    gates.close("support-bot", "job 0123", "filters were ignored")
    job = Job.objects.create(
        account=upstream.account_key(), gateway="prod-edge", kind="delete", title="t", phase="delete"
    )
    assert gates.enter(job)
    found = rows(person)
    assert list(found) == ["prod-edge", "support-bot", "staging"]
    assert "just now, by lee" in found["prod-edge"]
    assert f"delete, {job.key}" in found["prod-edge"]
    assert "locked just now by job 0123: filters were ignored" in found["support-bot"]
    assert "An administrator can unlock it." in found["support-bot"]
    assert main(person).one("h1").text == "Deletion is on: 1 gateway is locked"


def test_a_job_that_is_over_is_not_at_work(person):
    job = Job.objects.create(
        account=upstream.account_key(), gateway="prod-edge", kind="delete", title="t", phase="delete"
    )
    gates.enter(job)
    Job.objects.update(state=Job.State.HALTED)
    assert rows(person)["prod-edge"].endswith("nothing")


def test_on_a_real_account_it_says_how_to_verify(person, monkeypatch):
    monkeypatch.setattr(upstream, "is_sandbox", lambda: False)
    monkeypatch.setattr(upstream, "account_name", lambda: "5a9d8c0e")
    monkeypatch.setattr(upstream, "account_key", lambda: "5a9d8c0e7b1f")
    assert "not verified: manage.py verify_deletion staging" in rows(person)["staging"]
    assert main(person).one("h1").text == "Deletion is on: 3 are not verified"


def test_anybody_stops_all_and_the_first_reason_stays(person, client):
    answer = person.post(URL + "stop/", {"why": "the archive is full"})
    assert answer.status_code == 303
    person.post(URL + "stop/", {"why": "me too"})
    page = main(person)
    assert page.one("h1").text == "All deletions are stopped"
    assert "by kim: the archive is full." in page.text
    assert "An administrator can allow them again." in page.text
    assert not page.all("form", action=URL + "allow/")


def test_what_is_stopped_is_refused_with_the_way_to_the_locks(person, store):
    person.post(URL + "stop/")
    answer = person.post(LOGS + "delete/preview/", {"id": store.ids()[0]})
    assert answer.status_code == 422
    page = parse(answer).one("main")
    assert "Deleting is locked for every gateway, by kim: stopped by hand." in page.text
    assert page.links()["Deletion locks"] == URL
    assert not Job.objects.exists()


def test_only_an_administrator_who_typed_it_allows_deletions_again(person, django_user_model):
    person.post(URL + "stop/")
    assert person.post(URL + "allow/", {"typed": "allow"}).status_code == 403
    assert gates.gate_of("prod-edge").why
    only(ADMINISTRATOR)
    answer = person.post(URL + "allow/", {"typed": "alow"})
    assert answer.status_code == 422
    assert "They are still locked." in parse(answer).text
    assert person.post(URL + "allow/", {"typed": "allow"}).status_code == 303
    assert not gates.gate_of("prod-edge").why


def test_one_gateway_is_unlocked_by_itself(superuser):
    gates.close("prod-edge", "job 1", "why")
    gates.close("staging", "job 2", "why")
    form = main(superuser).all("form", action=URL + "allow/")[0]
    assert form.one("input", name="gateway")["value"] == "prod-edge"
    superuser.post(URL + "allow/", {"typed": "allow", "gateway": "prod-edge"})
    assert not gates.gate_of("prod-edge").why
    assert gates.gate_of("staging").why
    assert superuser.post(URL + "allow/", {"typed": "allow", "gateway": "nope"}).status_code == 404


def test_another_accounts_locks_are_not_shown(person):
    DeletionGate.objects.create(account="another", gateway="prod-edge", closed_by="zoe", closed_why="x")
    assert "zoe" not in main(person).text


def test_stopping_works_while_the_upstream_does_not(person, wire):
    gates.verified("prod-edge", "lee")
    wire.instead = lambda _request: httpx.Response(502)
    page = main(person)
    assert "The gateways could not be read" in page.text
    assert list(rows(person)) == ["prod-edge"]
    assert page.one("form", action=URL + "stop/")
    assert person.post(URL + "stop/").status_code == 303
    assert gates.gate_of("staging").why


def test_it_costs_one_call(person, wire):
    person.get(URL)
    assert wire.calls == ["GET /gateways"]


def test_deletion_that_the_operator_has_not_turned_on_says_so(person, monkeypatch):
    monkeypatch.setattr(upstream, "deletion_is_on", lambda: False)
    page = main(person)
    assert page.one("h1").text == "Deletion is off: the operator has not turned it on"
    assert "GATEWAY_DASH_DELETION=on" in page.text


def test_the_jobs_page_leads_to_it(person):
    assert parse(person.get("/gateways/prod-edge/jobs/")).links()["Deletion locks"] == URL


def test_a_reason_that_cannot_be_seen_is_refused(person):
    assert person.post(URL + "stop/", {"why": "a\u202eb"}).status_code == 422
    assert person.get(URL + "stop/").status_code == 405
    only(ADMINISTRATOR)
    assert person.get(URL + "allow/").status_code == 405
