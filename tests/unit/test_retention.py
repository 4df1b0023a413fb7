"""Retention rules day by day: what they report, what they delete, and when they leave it to a person."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway_dash import upstream
from gateway_dash.bulk import gates, jobs
from gateway_dash.bulk.models import Item, Job, KeepMark, Tombstone
from gateway_dash.bulk.retention import deciding, schedule
from gateway_dash.bulk.retention.meaning import query_of, read_filter, sentence_of
from gateway_dash.bulk.retention.models import RetentionRule, RetentionRun
from gateway_dash.bulk.runner import advance, start_rules
from gateway_dash.gateway.errors import QueryError
from gateway_dash.sandbox import Options
from tests.people import somebody

pytestmark = pytest.mark.django_db

GATEWAY = "prod-edge"
TODAY = datetime.now(UTC).replace(hour=4, minute=10, second=0, microsecond=0)
Outcome = RetentionRun.Outcome


@pytest.fixture(autouse=True)
def no_wait(monkeypatch):
    monkeypatch.setattr(upstream, "deletion_wait_s", lambda: 0)


@pytest.fixture
def logs(store, sandbox):
    """Six logs of 40 to 45 days, and four of yesterday."""
    store.delete(store.ids())
    for number in range(10):
        at = TODAY - timedelta(days=40 + number if number < 6 else 1)
        provider = "groq" if number in (0, 9) else "mistral"
        store.add({"id": f"m-{number}", "created_at": at.isoformat(), "provider": provider})
    return store


@pytest.fixture
def author(django_user_model):
    return somebody("kim")


@pytest.fixture
def rule(author):
    return make(author)


def make(author, **fields):
    usual = {
        "account": upstream.account_key(),
        "gateway": GATEWAY,
        "name": "old ones of mistral",
        "query": "provider=mistral",
        "age_days": 30,
        "hour": 3,
        "level": "rows",
        "actor": author,
        "actor_name": author.get_username(),
        "due_from": TODAY - timedelta(days=100),
    }
    return RetentionRule.objects.create(**usual | fields)


def work_off(job):
    """All steps of the job, as if each pause was over."""
    for _ in range(60):
        job.refresh_from_db()
        if job.state != Job.State.ACTIVE:
            break
        Job.objects.filter(pk=job.pk).update(due_at=datetime.now(UTC) - timedelta(seconds=1))
        advance(job.pk)
    return job


def run_day(number):
    """The runs that begin on that day, worked off; the first of their jobs."""
    before = set(Job.objects.values_list("pk", flat=True))
    schedule.start_due(TODAY + timedelta(days=number))
    new = [work_off(job) for job in Job.objects.exclude(pk__in=before)]
    return new[0] if new else None


def report(number=3):
    return [run_day(day) for day in range(number)]


def test_three_runs_only_report_and_the_fourth_deletes_exactly_what_matches(logs, rule):
    for job in report():
        assert job.state == Job.State.DONE
        assert job.found["report"] is True
        assert job.found["count"] == 5
        assert job.found["split"]["provider"] == {"mistral": 5}
        days = [TODAY - timedelta(days=number) for number in (45, 41)]
        told = "From {} to {}: 5 of mistral.".format(*(f"{day.day} {day:%b %Y}" for day in days))
        assert f"5 logs would go. {told} Nothing was deleted." in job.entries.last().words
        assert rule.runs.first().words == told
        assert not Item.objects.filter(job=job).exists()
        assert len(logs.ids()) == 10
    job = run_day(3)
    assert job.state == Job.State.DONE
    assert job.found["receipt"]["gone"] == 5
    assert sorted(logs.ids()) == ["m-0", "m-6", "m-7", "m-8", "m-9"]
    assert Tombstone.objects.filter(plan=job.key).count() == 5
    assert job.parts.get(kind="selected").records == 5
    assert [run.outcome for run in rule.runs.order_by("day")] == [Outcome.REPORTED] * 3 + [Outcome.WENT]


def test_a_deletion_waits_first_so_that_people_can_stop_it(logs, rule, author, monkeypatch):
    report()
    monkeypatch.setattr(upstream, "deletion_wait_s", lambda: 60)
    schedule.start_due(TODAY + timedelta(days=3))
    job = Job.objects.get(state=Job.State.ACTIVE)
    assert advance(job.pk)
    job.refresh_from_db()
    assert (job.state, job.phase) == (Job.State.ACTIVE, "wait")
    assert 50 < (job.due_at - datetime.now(UTC)).total_seconds() <= 61
    assert not advance(job.pk)
    assert jobs.stop(job, author)
    assert work_off(job).state == Job.State.CANCELLED
    assert len(logs.ids()) == 10


def test_two_workers_at_the_same_minute_begin_one_run(logs, rule):
    seen_by_both = [schedule.due(TODAY), schedule.due(TODAY)]
    begun = [schedule.begin(found, day, TODAY) for ((found, day),) in seen_by_both]
    assert begun[0] is not None
    assert begun[1] is None
    assert Job.objects.count() == RetentionRun.objects.count() == 1
    schedule.start_due(TODAY + timedelta(hours=5))
    assert Job.objects.count() == 1


def test_a_rule_runs_at_its_hour_and_not_before(logs, rule):
    RetentionRule.objects.update(hour=20, due_from=TODAY)
    assert schedule.due(TODAY + timedelta(hours=15)) == []
    assert [day for _, day in schedule.due(TODAY + timedelta(hours=16))] == [TODAY.date()]


def test_days_without_a_worker_are_made_up_once(logs, rule):
    report(1)
    late = TODAY + timedelta(days=6)
    schedule.start_due(late)
    schedule.start_due(late + timedelta(minutes=1))
    assert [run.day for run in rule.runs.order_by("day")] == [TODAY.date(), late.date()]


def test_the_worker_begins_what_is_due(logs, rule):
    start_rules()
    assert Job.objects.get().spec["rule"] == rule.pk


def test_more_than_three_times_the_last_runs_waits_for_a_person(logs, rule):
    report()
    for number in range(11):
        at = (TODAY - timedelta(days=50)).isoformat()
        logs.add({"id": f"new-{number}", "created_at": at, "provider": "mistral"})
    job = run_day(3)
    assert job.state == Job.State.PLANNED
    assert "more than 3 times the 5 of the largest of its last runs" in job.entries.last().words
    assert job.expires_at - datetime.now(UTC) > timedelta(hours=20)
    assert len(logs.ids()) == 21
    # Nobody said yes: the next day it is no less strange.
    assert run_day(4).state == Job.State.PLANNED
    assert len(logs.ids()) == 21


def test_once_a_person_confirmed_so_many_the_next_run_goes_by_itself(logs, rule, author):
    report()
    for number in range(11):
        at = (TODAY - timedelta(days=50)).isoformat()
        logs.add({"id": f"new-{number}", "created_at": at, "provider": "mistral"})
    job = run_day(3)
    assert jobs.confirm(job, author, job.spec, needs_second=False)
    assert work_off(job).found["receipt"]["gone"] == 16
    logs.add({"id": "one-more", "created_at": (TODAY - timedelta(days=50)).isoformat(), "provider": "mistral"})
    assert run_day(4).found["receipt"]["gone"] == 1


def test_more_than_ten_thousand_wait_for_a_person(logs, rule, monkeypatch):
    report()
    monkeypatch.setattr(deciding, "MOST_LOGS", 4)
    job = run_day(3)
    assert job.state == Job.State.PLANNED
    assert "More than 4 are not deleted without a person" in rule.runs.first().words
    assert len(logs.ids()) == 10


def test_where_two_people_are_needed_a_large_run_waits_for_them(logs, rule, monkeypatch):
    report()
    monkeypatch.setattr(upstream, "approval_is_on", lambda: True)
    monkeypatch.setattr(deciding, "SECOND_PERSON_ABOVE", 4)
    assert run_day(3).state == Job.State.PLANNED
    assert "needs two people" in rule.runs.first().words


def test_held_logs_stay_whatever_the_rule_says(logs, rule, author):
    report()
    KeepMark.objects.create(account=upstream.account_key(), gateway=GATEWAY, log_id="m-2", by=author, by_name="kim")
    assert run_day(3).found["receipt"]["gone"] == 4
    assert "m-2" in logs.ids()


def test_another_edition_of_the_rule_reports_three_times_again(logs, rule):
    report()
    RetentionRule.objects.update(age_days=20, edition=2)
    assert RetentionRule.objects.get().reports_left == 3
    for day in (3, 4, 5):
        assert run_day(day).found["report"] is True
    assert len(logs.ids()) == 10
    assert run_day(6).found["receipt"]["gone"] == 5


@pytest.mark.parametrize("change", [{"edition": 2}, {"is_on": False}, None], ids=["changed", "off", "removed"])
def test_a_run_under_way_deletes_nothing_once_its_rule_is_another(logs, rule, change):
    report()
    schedule.start_due(TODAY + timedelta(days=3))
    job = Job.objects.get(state=Job.State.ACTIVE)
    if change:
        RetentionRule.objects.update(**change)
    else:
        RetentionRule.objects.all().delete()
    assert work_off(job).state == Job.State.CANCELLED
    assert len(logs.ids()) == 10


@pytest.mark.parametrize("query", ["providr=mistral", "cost__gt=much", "", "since=24h"])
def test_a_rule_that_cannot_be_read_selects_nothing_and_is_switched_off(logs, rule, query):
    RetentionRule.objects.update(query=query)
    assert run_day(0) is None
    rule.refresh_from_db()
    assert not rule.is_on
    assert "Its filter cannot be read any more" in rule.off_why
    assert not RetentionRun.objects.exists()


def test_every_log_is_meant_only_where_a_person_said_so(logs, author):
    rule = make(author, query="", takes_all=True)
    assert sentence_of(rule) == "All calls, once they are 30 days old"
    report()
    assert run_day(3).found["receipt"]["gone"] == 6
    assert sorted(logs.ids()) == ["m-6", "m-7", "m-8", "m-9"]
    with pytest.raises(QueryError, match="Only one of the two"):
        read_filter("provider=mistral", takes_all=True)


def test_an_address_of_a_list_is_read_without_its_look():
    address = "https://dash.example/gateways/prod-edge/logs/?provider=mistral&columns=time,model&sort=model&page=4"
    assert read_filter(address, takes_all=False).url() == "?provider=mistral"
    with pytest.raises(QueryError, match="switched off"):
        read_filter("provider=mistral&off=model%3Agpt", takes_all=False)


def test_a_search_and_metadata_choose_too(logs, author):
    at = (TODAY - timedelta(days=50)).isoformat()
    for number, user in enumerate(("ada", "ada", "bob")):
        logs.add({"id": f"u-{number}", "created_at": at, "provider": "groq", "metadata": {"user": user}})
    make(author, query="metadata.user=ada", name="pair")
    report()
    assert run_day(3).found["receipt"]["gone"] == 2
    RetentionRule.objects.all().delete()
    make(author, query="search=bob", name="search")
    for day in (4, 5, 6):
        run_day(day)
    assert run_day(7).found["receipt"]["gone"] == 1
    assert len(logs.ids()) == 10


def test_nobody_deletes_in_the_name_of_somebody_who_left(logs, rule, author):
    report()
    author.is_active = False
    author.save()
    assert run_day(3) is None
    rule.refresh_from_db()
    assert not rule.is_on
    assert rule.off_why.startswith("kim may not delete logs of this gateway any more.")


def test_an_author_who_is_gone_switches_it_off_too(logs, rule, author):
    author.delete()
    assert run_day(0) is None
    assert not RetentionRule.objects.get().is_on


def test_a_closed_gate_skips_the_day_with_words(logs, rule):
    gates.close(gates.ACCOUNT, "lee", "we look into something")
    assert run_day(0) is None
    run = rule.runs.get()
    assert run.outcome == Outcome.SKIPPED
    assert "Skipped: Deleting is locked for every gateway, by lee: we look into something." in run.words
    gates.open_again(gates.ACCOUNT)
    assert run_day(0) is None  # the day has had its run
    assert run_day(1).found["report"] is True


def test_deletion_that_is_off_skips_the_day(logs, rule, monkeypatch):
    monkeypatch.setattr(upstream, "deletion_is_on", lambda: False)
    assert run_day(0) is None
    assert "GATEWAY_DASH_DELETION=on" in rule.runs.get().words


def test_a_real_gateway_is_not_even_planned_until_it_is_verified(logs, rule, monkeypatch):
    monkeypatch.setattr(upstream, "is_sandbox", lambda: False)
    monkeypatch.setattr(upstream, "account_key", lambda: "sandbox")
    assert run_day(0) is None
    assert "verify_deletion prod-edge" in rule.runs.get().words
    gates.verified(GATEWAY, "lee")
    assert run_day(1).found["report"] is True


def test_a_gate_that_closes_later_halts_the_run_before_it_deletes(logs, rule):
    report()
    schedule.start_due(TODAY + timedelta(days=3))
    job = Job.objects.get(state=Job.State.ACTIVE)
    advance(job.pk)
    gates.close(GATEWAY, "lee", "stop")
    assert work_off(job).state == Job.State.HALTED
    assert len(logs.ids()) == 10


def test_an_upstream_that_ignores_filters_stops_the_plan(logs, rule, sandbox):
    report()
    sandbox.options = Options(budget=None, ignore_filters=True)
    assert run_day(3).state == Job.State.EXPIRED
    assert len(logs.ids()) == 10


def test_a_run_that_is_still_at_work_is_not_joined_by_another(logs, rule):
    schedule.start_due(TODAY)
    schedule.start_due(TODAY + timedelta(days=1))
    assert Job.objects.count() == 1
    assert rule.runs.first().words == f"Skipped: the run of {TODAY.date()} is still at work."


def test_nothing_old_enough_is_a_report_too_and_later_a_day_like_others(logs, author):
    rule = make(author, age_days=400)
    for job in report():
        assert job.state == Job.State.DONE
    assert rule.reports_left == 0
    assert run_day(3).state == Job.State.DONE
    assert rule.runs.first().outcome == Outcome.NONE


def test_the_age_is_counted_in_days_from_the_run(author):
    now = datetime(2026, 11, 25, 3, 0, 0, 123456, tzinfo=UTC)
    query = query_of(make(author, age_days=30), now)
    assert query.end == datetime(2026, 10, 26, 3, 0, 0, tzinfo=UTC)
    assert query.start is None


def test_one_rule_that_breaks_leaves_the_others(logs, author, monkeypatch):
    make(author, name="a")
    make(author, name="b")
    real = schedule.begin

    def breaks(rule, day, now):
        if rule.name == "a":
            raise RuntimeError("broken")
        return real(rule, day, now)

    monkeypatch.setattr(schedule, "begin", breaks)
    schedule.start_due(TODAY)
    assert [run.rule.name for run in RetentionRun.objects.all()] == ["b"]


@pytest.mark.parametrize(
    ("hour", "now", "day"),
    [(3, datetime(2026, 11, 25, 3, 0, tzinfo=UTC), 25), (3, datetime(2026, 11, 25, 2, 59, tzinfo=UTC), 24)],
)
def test_the_day_of_a_run_is_that_of_its_hour(hour, now, day):
    assert schedule.slot(hour, now) == datetime(2026, 11, day, 3, tzinfo=UTC)
    assert schedule.slot(hour, now).date() == date(2026, 11, day)
