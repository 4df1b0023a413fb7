"""/gateways/<gateway>/logs/delete/preview/"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings

from gateway_dash.bulk.models import Job
from gateway_dash.bulk.review.models import Review, ReviewLog
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.deleting import PREVIEW, page_of, planned, url_of, work_off
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

OLD = datetime.now(UTC) - timedelta(hours=5)


@pytest.fixture
def logs(bare_store):
    """A hundred and twenty logs of one provider and three of another, all old enough."""
    for number in range(120):
        at = (OLD + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"m-{number:04}", "created_at": at, "provider": "mistral"})
    for number in range(3):
        bare_store.add({"id": f"g-{number}", "created_at": OLD.isoformat(), "provider": "groq"})
    return bare_store


def strip(page):
    return {each.one("dt").text: each.one("dd").text for each in page.one("dl", class_="strip").all("div")}


def everything(person, query):
    """What the list's second step sends: the list's own address, and "all that match"."""
    form = parse(person.get(LOGS + query)).one("form", class_="logs-form")
    answer = person.post(form["action"], {"everything": "1"})
    return Job.objects.get(key=answer["Location"].split("/")[-2])


def chosen(job):
    return set(job.items.values_list("log_id", flat=True))


# --- ticked


def test_the_ticked_logs_are_planned_and_nothing_is_deleted(person, logs, wire):
    job = planned(person, {"id": ["g-0", "m-0003", "g-2"]})
    assert wire.calls == ["GET /prod-edge/logs"]
    page = page_of(person, job)
    assert page.one("h1").text == "Delete 3 logs"
    assert strip(page)["Will go"] == "3 exact, read just now"
    assert chosen(job) == {"g-0", "m-0003", "g-2"}
    assert logs.count() == 123
    assert wire.deletes == []


def test_one_log_from_its_own_page(person, logs):
    page = parse(person.get(LOGS + "g-1/?provider=groq"))
    form = next(each for each in page.all("form") if each["action"].startswith(PREVIEW))
    answer = person.post(form["action"], fields(form))
    page = parse(person.get(answer["Location"]))
    assert page.one("h1").text == "Delete 1 log"
    assert page.one(class_="crumb").all("a")[0]["href"] == LOGS + "?provider=groq"


def test_the_box_in_the_head_means_the_whole_page_without_javascript(person, logs):
    page = parse(person.get(LOGS + "?provider=mistral"))
    form = page.one("form", class_="logs-form")
    answer = person.post(form["action"], fields(form) | {"_page": ["1"]})
    job = Job.objects.get(key=answer["Location"].split("/")[-2])
    assert chosen(job) == {f"m-{number:04}" for number in range(70, 120)}


def test_ticked_rows_count_and_not_the_ones_that_were_only_shown(person, logs):
    job = planned(person, {"id": ["m-0001"], "shown": ["m-0001", "m-0002"], "_page": "1"}, "?provider=mistral")
    assert chosen(job) == {"m-0001"}


def test_nothing_ticked_is_refused(person, logs, wire):
    answer = person.post(PREVIEW, {})
    assert answer.status_code == 422
    assert "No log is ticked" in answer.text
    assert wire.sent == []
    assert not Job.objects.exists()


def test_a_log_that_went_meanwhile_is_counted_apart(person, logs):
    logs.delete(["g-1"])
    job = planned(person, {"id": ["g-0", "g-1"]})
    assert strip(page_of(person, job))["Gone already"].startswith("1 ")
    assert chosen(job) == {"g-0"}


def test_all_of_them_gone_makes_no_plan(person, logs):
    logs.delete(["g-0", "g-1"])
    job = planned(person, {"id": ["g-0", "g-1"]})
    assert job.state == Job.State.EXPIRED
    assert "None of the logs is there any more" in page_of(person, job).one(role="alert", class_="note").text


def test_a_log_ticked_twice_counts_once(person, logs):
    assert planned(person, {"id": ["g-0", "g-0"]}).found["count"] == 1


@pytest.mark.parametrize("bad", ["../x", "x?y", "a b", "", "x" * 129, "ä", "a\x00", "*", "%"])
def test_an_id_that_no_log_can_have_is_refused_without_a_call(person, logs, wire, bad):
    answer = person.post(PREVIEW, {"id": ["g-0", bad]})
    assert answer.status_code == 400
    assert "Nothing was deleted" in answer.text
    assert wire.sent == []


def test_logs_of_another_gateway_cannot_be_ticked_here(person, logs):
    logs.add({"gateway_id": "staging", "id": "theirs"})
    assert planned(person, {"id": ["theirs"]}).state == Job.State.EXPIRED


# --- everything that matches


def test_all_that_match_are_read_page_by_page_counted_and_sampled(person, logs):
    job = everything(person, "?provider=mistral")
    page = page_of(person, job)
    assert page.one("h1").text.startswith("Delete 120 logs: Calls from mistral, before ")
    assert chosen(job) == {f"m-{number:04}" for number in range(120)}
    shown = [row.all("td")[-1].text for row in page.all("table")[0].one("tbody").all("tr")]
    assert shown == [f"m-{number:04}" for number in (*range(5), *range(115, 120))]
    assert page.one("input", name="phrase")["data-phrase"] == "delete 120"
    assert [each.text for each in page.all("ul", class_="share")[1].all("li")] == ["mistral120"]


def test_what_it_costs_to_plan_all_that_match(person, logs, wire):
    form = parse(person.get(LOGS + "?provider=mistral")).one("form", class_="logs-form")
    wire.forget()
    person.post(form["action"], {"everything": "1"})
    assert wire.calls == ["GET /prod-edge/logs"] * 4  # three pages, and one count of the whole gateway


def test_a_plan_that_takes_long_is_read_by_a_worker_and_its_page_says_how_far_it_is(person, logs, monkeypatch):
    monkeypatch.setattr("gateway_dash.bulk.jobs.INLINE_S", 0.0)
    job = planned(person, {"everything": "1"}, "?provider=mistral")
    assert job.state == Job.State.ACTIVE
    assert "Plan" in page_of(person, job).one(class_="is-now").text
    work_off()
    job.refresh_from_db()
    assert (job.state, job.found["count"]) == (Job.State.PLANNED, 120)


def test_logs_that_arrive_after_the_list_was_shown_are_not_part_of_it(person, logs):
    form = parse(person.get(LOGS + "?provider=mistral")).one("form", class_="logs-form")
    logs.add({"id": "late", "provider": "mistral"})
    answer = person.post(form["action"], {"everything": "1"})
    job = Job.objects.get(key=answer["Location"].split("/")[-2])
    assert job.found["count"] == 120
    assert "late" not in chosen(job)


def test_logs_of_the_last_minute_are_left_out_since_more_of_them_may_be_on_their_way(person, logs):
    logs.add({"id": "young", "provider": "groq", "created_at": (datetime.now(UTC) - timedelta(seconds=30)).isoformat()})
    job = everything(person, "?provider=groq")
    assert chosen(job) == {"g-0", "g-1", "g-2"}
    assert "untouched" in page_of(person, job).text
    answer = person.post(PREVIEW + "?since=1m", {"everything": "1"})
    assert answer.status_code == 422
    assert "Logs of the last minute cannot be deleted yet" in answer.text


def test_a_pair_takes_only_the_logs_that_have_it_as_a_pair_and_the_page_says_why_ids(person, bare_store):
    bare_store.add({"id": "pair", "metadata": {"user": "u-1", "agent": "x"}, "created_at": OLD.isoformat()})
    bare_store.add({"id": "apart", "metadata": {"user": "u-2", "agent": "u-1"}, "created_at": OLD.isoformat()})
    bare_store.add({"id": "other", "created_at": OLD.isoformat()})
    job = everything(person, "?metadata.user=u-1")
    assert chosen(job) == {"pair"}
    assert "A deletion of the API cannot say the pair user." in page_of(person, job).text


def test_a_search_can_be_deleted_since_only_ids_go(person, bare_store):
    bare_store.add({"id": "found", "metadata": {"change": "c-102"}, "created_at": OLD.isoformat()})
    bare_store.add({"id": "other", "created_at": OLD.isoformat()})
    job = everything(person, "?search=c-102")
    assert chosen(job) == {"found"}
    assert "A deletion of the API cannot say the search." in page_of(person, job).text


def test_more_than_a_plan_holds_is_refused_with_the_reason(person, logs, monkeypatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, deletion_logs=119))
    job = everything(person, "?provider=mistral")
    assert job.state == Job.State.EXPIRED
    assert "120 logs match, and one plan holds at most 119" in page_of(person, job).text


def test_a_filter_that_leaves_nothing_out_is_pointed_out(person, bare_store):
    for number in range(3):
        bare_store.add({"id": f"x-{number}", "provider": "groq", "created_at": OLD.isoformat()})
    page = page_of(person, everything(person, "?provider=groq"))
    assert "The filter leaves nothing out." in page.one(class_="is-warn", role="alert").text


def test_an_upstream_that_ignores_filters_gets_no_plan(person, logs, sandbox, wire):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    job = planned(person, {"everything": "1"}, "?provider=groq")
    assert job.state == Job.State.EXPIRED
    assert "do not fit the filter" in page_of(person, job).text
    ticked = planned(person, {"id": ["g-0"]})
    assert "others came back" in page_of(person, ticked).text
    assert not Job.objects.exclude(state=Job.State.EXPIRED).exists()
    assert wire.deletes == []


def test_a_filter_we_cannot_read_deletes_nothing(person, logs, wire):
    answer = person.post(PREVIEW + "?providr=groq", {"everything": "1"})
    assert answer.status_code == 400
    assert wire.sent == []
    assert not Job.objects.exists()


def test_no_match_makes_no_plan(person, logs):
    job = planned(person, {"everything": "1"}, "?provider=nobody")
    assert job.state == Job.State.EXPIRED
    assert not page_of(person, job).all("input", name="phrase")


def test_a_page_that_fails_half_way_is_read_again_by_a_worker(person, logs, wire):
    wire.instead = lambda request: httpx.Response(500) if request.url.params.get("page") == "2" else None
    job = planned(person, {"everything": "1"}, "?provider=mistral")
    assert (job.state, job.pause) == (Job.State.ACTIVE, "The upstream gave an unexpected answer.")
    assert "paused" in page_of(person, job).text
    wire.instead = lambda request: None
    work_off()
    job.refresh_from_db()
    assert (job.state, job.found["count"]) == (Job.State.PLANNED, 120)


def test_kept_logs_are_left_out_and_listed(person, logs):
    person.post(LOGS + "g-1/keep/", {"keep": "1"})
    job = planned(person, {"id": ["g-0", "g-1"]})
    page = page_of(person, job)
    assert strip(page)["Held, will stay"].startswith("1 ")
    assert "1 marked “keep”" in page.text
    assert page.links()["Show it"] == LOGS + "?id=g-1"
    assert page.one("input", name="phrase")["data-phrase"] == "delete 1"


def test_only_kept_logs_make_no_plan(person, logs):
    person.post(LOGS + "g-1/keep/", {"keep": "1"})
    job = planned(person, {"id": ["g-1"]})
    assert job.state == Job.State.EXPIRED
    assert "All 1 logs that it selects are held" in page_of(person, job).text


# --- who may


def test_deletion_that_is_off_is_refused_and_nothing_is_sent(person, logs, wire, monkeypatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, deletion=False))
    answer = person.post(PREVIEW, {"id": ["g-0"]})
    assert answer.status_code == 422
    assert "GATEWAY_DASH_DELETION=on" in answer.text
    assert wire.sent == []


def test_only_post_is_answered(person, wire):
    assert person.get(PREVIEW).status_code == 405
    assert wire.sent == []


def test_a_colleague_opens_the_same_plan_by_its_link(person, logs, client, django_user_model):
    job = planned(person, {"id": ["g-0"]})
    client.force_login(somebody("robin"))
    assert parse(client.get(url_of(job))).one("h1").text == "Delete 1 log"


def test_a_log_with_a_note_from_a_review_is_held(person, logs):
    review = Review.objects.create(account="sandbox", gateway="prod-edge", title="", author_name="kim")
    ReviewLog.objects.create(review=review, position=0, log_id="g-1", note="the customer asked about this one")
    ReviewLog.objects.create(review=review, position=1, log_id="g-2")
    job = planned(person, {"id": ["g-0", "g-1", "g-2"]})
    assert (job.found["count"], job.found["held"]) == (2, {"with a note from a review": 1})
