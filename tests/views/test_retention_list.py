"""/gateways/<gateway>/retention/ and what its forms do"""

import httpx
import pytest
from django.test import Client

from gateway_dash import upstream
from gateway_dash.bulk import gates
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.retention.models import RetentionRule, RetentionRun
from tests.people import somebody
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

URL = "/gateways/prod-edge/retention/"
RULE = {"name": "old ones", "query": "provider=openai", "age_days": "30", "hour": "3", "level": "rows"}


@pytest.fixture
def rule(person):
    assert person.post(URL + "add/", RULE).status_code == 303
    return RetentionRule.objects.get()


def main(person, url=URL):
    return parse(person.get(url)).one("main")


def run_of(rule, user, state=Job.State.ACTIVE):
    job = Job.objects.create(
        account=upstream.account_key(),
        gateway="prod-edge",
        kind="delete",
        title="t",
        phase="plan",
        actor=user,
        spec={"rule": rule.pk},
        state=state,
    )
    return RetentionRun.objects.create(rule=rule, day="2026-11-24", edition=rule.edition, job=job)


def test_a_rule_is_a_sentence_with_what_it_will_do_next(person, rule, wire):
    page = main(person)
    assert page.one("h1").text == "1 retention rule of prod-edge: 1 only reports yet"
    card = page.one("section", class_="rule")
    assert "Calls from openai, once they are 30 days old. Copied first: the logs without bodies." in card.text
    assert "3 runs still only report." in card.text
    assert "by kim" in card.text
    assert "No runs yet." in card.text
    assert wire.sent == []


def test_without_rules_there_is_the_form_alone(person, wire):
    page = main(person)
    assert page.one("h1").text == "No retention rules of prod-edge"
    assert fields(page.one("form", action=URL + "add/"))["age_days"] == ["30"]


def test_how_many_match_is_counted_on_demand_with_one_call(person, rule, wire, store):
    for number in range(3):
        store.add({"id": f"x-{number}", "created_at": "2026-01-05T10:00:00Z", "provider": "openai"})
    page = main(person, f"{URL}?count={rule.pk}")
    assert "3 logs match now" in page.text
    assert wire.calls == ["GET /prod-edge/logs"]


def test_a_pair_is_counted_as_an_upper_bound(person, rule, wire):
    RetentionRule.objects.update(query="metadata.user=ada")
    assert "up to 0 logs match now" in main(person, f"{URL}?count={rule.pk}").text


@pytest.mark.parametrize("count", ["x", "9" * 30])
def test_a_count_that_cannot_be_read_is_refused(person, count):
    assert person.get(f"{URL}?count={count}").status_code == 400


def test_a_count_of_another_gateways_rule_is_not_there(person, rule):
    assert person.get(f"/gateways/staging/retention/?count={rule.pk}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"query": "providr=openai"}, "Did you mean “provider”?"),
        ({"query": ""}, "The filter is empty."),
        ({"query": "since=24h"}, "A rule's age says which logs it takes"),
        ({"takes_all": "1"}, "Only one of the two can be meant."),
        ({"age_days": "0"}, "“age_days” takes a whole number from 1 to 3,650."),
        ({"age_days": "1e3"}, "“age_days”"),
        ({"hour": "24"}, "“hour” takes a whole number from 0 to 23."),
        ({"level": "all"}, "“level” takes one of bodies, rows, none."),
        ({"name": ""}, "“name” takes 1 to 80 characters"),
        ({"name": "a\u202eb"}, "“name” takes 1 to 80 characters"),
    ],
)
def test_what_cannot_be_read_makes_no_rule(person, sent, words):
    answer = person.post(URL + "add/", RULE | sent)
    assert answer.status_code == 422
    assert words in parse(answer).text
    assert not RetentionRule.objects.exists()


def test_two_rules_of_a_gateway_have_two_names(person, rule):
    answer = person.post(URL + "add/", RULE)
    assert answer.status_code == 422
    assert "has a rule of that name already" in parse(answer).text


def test_the_form_of_a_rule_sends_what_it_is(person, rule):
    form = main(person, f"{URL}{rule.pk}/").one("form", action=f"{URL}{rule.pk}/save/")
    sent = fields(form)
    assert sent["query"] == ["provider=openai"]
    assert sent["hour"] == ["3"]
    assert person.post(f"{URL}{rule.pk}/save/", sent).status_code == 303
    assert RetentionRule.objects.get().edition == 1


@pytest.mark.parametrize(
    ("change", "edition"),
    [
        ({"query": "provider=groq"}, 2),
        ({"age_days": "31"}, 2),
        ({"name": "x"}, 1),
        ({"hour": "5"}, 1),
        ({"level": "none"}, 1),
    ],
)
def test_another_filter_or_age_begins_the_reports_again(person, rule, change, edition):
    person.post(f"{URL}{rule.pk}/save/", RULE | change)
    assert RetentionRule.objects.get().edition == edition


def test_whoever_changes_a_rule_is_whose_deletions_they_are(person, rule, django_user_model):
    other = Client()
    other.force_login(somebody("lee"))
    other.post(f"{URL}{rule.pk}/save/", RULE | {"age_days": "60"})
    assert RetentionRule.objects.get().actor_name == "lee"


@pytest.mark.parametrize("how", ["save", "switch", "remove"])
@pytest.mark.parametrize("state", [Job.State.ACTIVE, Job.State.PLANNED])
def test_what_the_rule_began_is_asked_to_stop_when_it_is_another(person, rule, how, state):
    run = run_of(rule, rule.actor, state)
    person.post(f"{URL}{rule.pk}/{how}/", RULE | {"age_days": "31", "on": "0"})
    job = Job.objects.get(pk=run.job_id)
    assert job.cancel_asked or job.state == Job.State.CANCELLED


def test_a_rule_is_switched_off_and_on_again_in_the_name_of_who_does_that(person, rule, django_user_model):
    person.post(f"{URL}{rule.pk}/switch/", {"on": "0"})
    assert "1 is off" in main(person).one("h1").text
    assert "It does not run." in main(person).text
    other = Client()
    other.force_login(somebody("lee"))
    other.post(f"{URL}{rule.pk}/switch/", {"on": "1"})
    rule.refresh_from_db()
    assert rule.is_on
    assert rule.actor_name == "lee"
    assert rule.due_from > rule.created_at


def test_a_rule_that_cannot_be_read_is_not_switched_on(person, rule):
    RetentionRule.objects.update(query="providr=a", is_on=False)
    answer = person.post(f"{URL}{rule.pk}/switch/", {"on": "1"})
    assert answer.status_code == 422
    assert not RetentionRule.objects.get().is_on
    page = main(person)
    assert "Its filter cannot be read, so it selects nothing." in page.text
    assert "Count what matches now" not in page.text


def test_a_removed_rule_is_gone(person, rule):
    person.post(f"{URL}{rule.pk}/remove/")
    assert not RetentionRule.objects.exists()
    assert person.get(f"{URL}{rule.pk}/").status_code == 404


def test_a_rule_belongs_to_its_gateway_and_account(person, rule, monkeypatch):
    for what in ("", "save/", "switch/", "remove/"):
        url = f"/gateways/staging/retention/{rule.pk}/{what}"
        assert (person.get(url) if not what else person.post(url, RULE)).status_code == 404
    RetentionRule.objects.update(account="another")
    assert person.get(f"{URL}{rule.pk}/").status_code == 404
    assert "No retention rules" in main(person).one("h1").text


def test_the_last_runs_say_what_they_came_to(person, rule):
    run = run_of(rule, rule.actor, Job.State.DONE)
    run.outcome, run.count, run.words = RetentionRun.Outcome.REPORTED, 1204, "From a to b: 1,204 of groq."
    run.save()
    RetentionRun.objects.create(
        rule=rule, day="2026-11-25", edition=1, outcome=RetentionRun.Outcome.SKIPPED, words="Skipped: no."
    )
    rows = main(person).one("table").all("tr")[1:]
    assert [each.text for each in rows[0].all("td")] == ["25 Nov", "Skipped: no.", ""]
    assert "Report: 1,204 logs would go. From a to b: 1,204 of groq. Nothing was deleted." in rows[1].text
    assert rows[1].one("a")["href"] == f"/gateways/prod-edge/jobs/{run.job.key}/"


def test_a_locked_gateway_says_that_no_rule_runs(person, rule):
    gates.close("prod-edge", "lee", "look first")
    page = main(person)
    assert "No rule runs now. Deleting is locked for this gateway, by lee: look first." in page.text
    assert page.one("div", class_="note").links() == {"Deletion locks": "/deletion/"}


def test_the_page_works_while_the_upstream_does_not(person, rule, wire):
    wire.instead = lambda _request: httpx.Response(502)
    assert person.get(URL).status_code == 200


def test_text_of_strangers_in_a_filter_is_marked(person):
    person.post(URL + "add/", RULE | {"query": "model=%E2%80%AEgpt<b>"})
    page = person.get(URL)
    assert "\u202e" not in parse(page).one("section", class_="rule").text
    assert "gpt<b>" not in page.text


def test_only_the_right_method_is_answered(person, rule):
    assert person.post(URL).status_code == 405
    for what in ("add/", f"{rule.pk}/save/", f"{rule.pk}/switch/", f"{rule.pk}/remove/"):
        assert person.get(URL + what).status_code == 405
