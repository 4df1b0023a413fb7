"""What a watch finds: one call for each check, one alert while it lasts, and no silence that only looks like calm."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.bulk import pace
from gateway_dash.bulk.models import Spent
from gateway_dash.sharing.models import SavedView
from gateway_dash.watches.checking import check, check_due
from gateway_dash.watches.meaning import every_s
from gateway_dash.watches.models import Alert, Message, Watch
from gateway_dash.watches.telling import tell_due
from tests.people import only, somebody
from tests.views.reading import parse
from tests.views.watching import NOW, URL, a_watch, channels, fail, minutes, view_of, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(settings, tmp_path):
    channels(settings, tmp_path, ops="json://127.0.0.1:9", mail="json://127.0.0.1:9")


@pytest.fixture
def watch(person, bare_store, wire):
    return a_watch(person)


def again():
    return Watch.objects.select_related("view", "actor").get()


def at(number):
    """Check as a worker would, so many minutes after the first time."""
    Watch.objects.update(due_at=minutes(number))
    check_due(minutes(number))


def test_a_check_is_one_call_and_counts_the_last_minutes_of_the_view(watch, wire, bare_store):
    fail(bare_store, 2, minutes(-1))
    fail(bare_store, 5, minutes(-11))  # too long ago
    at(0)
    assert wire.calls == ["GET /prod-edge/logs"]
    assert (again().number, again().is_bound, again().checked_at) == (2, False, NOW)
    assert Alert.objects.count() == 0
    assert Spent.objects.get().calls == 1


def test_more_than_the_limit_is_one_alert_for_as_long_as_it_lasts(watch, bare_store):
    fail(bare_store, 3, minutes(-1))
    for number in (0, 2, 4):
        at(number)
    fail(bare_store, 4, minutes(5))
    at(6)
    alert = Alert.objects.get()
    assert (alert.number, alert.most, alert.at, alert.ended_at) == (3, 7, NOW, None)
    assert waiting() == [("over", "ops")]


def test_as_many_as_the_limit_is_not_more(watch, bare_store):
    fail(bare_store, 2, minutes(-1))
    at(0)
    assert Alert.objects.count() == 0


def test_it_ends_when_it_was_calm_for_all_the_minutes_and_begins_anew_after_that(watch, bare_store):
    fail(bare_store, 3, minutes(-1))
    at(0)
    at(9.5)  # they have left the ten minutes
    assert again().number == 0
    assert Alert.objects.get().ended_at is None  # up and down around the limit is one alert
    at(10)
    assert Alert.objects.get().ended_at == minutes(10)
    assert waiting() == [("over", "ops"), ("calm", "ops")]
    fail(bare_store, 3, minutes(11))
    at(12)
    assert Alert.objects.count() == 2
    assert waiting() == [("over", "ops"), ("calm", "ops"), ("over", "ops")]


def test_who_does_not_want_to_hear_that_it_is_over_does_not(person, bare_store, wire):
    a_watch(person, tells_calm="")
    fail(bare_store, 3, minutes(-1))
    at(0)
    at(20)
    assert Alert.objects.get().ended_at == minutes(20)
    assert waiting() == [("over", "ops")]


def test_the_link_shows_what_was_counted_however_late_it_is_opened(watch, person, bare_store):
    fail(bare_store, 3, minutes(-1))
    at(0)
    fail(bare_store, 2, minutes(1), "later")
    path = Alert.objects.get().path
    asked = parse_qs(urlsplit(path).query)
    assert asked == {"success": ["false"], "start": ["2026-11-20T11:50:00Z"], "end": ["2026-11-20T12:00:00.001Z"]}
    rows = parse(person.get(path)).one("tbody").all("tr")
    assert len([each for each in rows if "x-115900" in str(each.attributes)]) == len(rows) == 3


def test_the_times_of_a_view_give_way_to_the_minutes(person, bare_store, wire):
    fail(bare_store, 3, minutes(-1))
    a_watch(person, "success=false&since=7d&sort=-provider&columns=model,cost")
    at(0)
    assert Alert.objects.get().number == 3


def test_a_view_that_is_changed_is_watched_as_it_is_now(watch, bare_store):
    fail(bare_store, 3, minutes(-1))
    SavedView.objects.update(query="success=true")
    at(0)
    assert again().number == 1


@pytest.mark.parametrize(("number", "found"), [(3, (3, False)), (60, (61, True))])
def test_a_pair_of_metadata_is_exact_where_all_rows_were_seen_and_else_an_upper_bound(
    person, bare_store, wire, number, found
):
    for each in range(number):
        bare_store.add({"id": f"m-{each}", "created_at": "2026-11-20T11:59:00Z", "metadata": {"team": "a"}})
    bare_store.add({"id": "swapped", "created_at": "2026-11-20T11:58:00Z", "metadata": {"team": "b", "to": "a"}})
    a_watch(person, "metadata.team=a")
    at(0)
    alert = Alert.objects.get()
    assert (alert.number, alert.is_bound) == found
    assert len(wire.calls) == 1


def test_the_next_check_is_a_fifth_of_the_minutes_away(watch):
    at(0)
    assert again().due_at == minutes(2)
    assert [every_s(each) for each in (5, 10, 60, 1440)] == [60, 120, 600, 600]


def test_only_one_of_two_workers_checks(watch, wire):
    both = [again(), again()]
    for each in both:
        check(each, NOW)
    assert len(wire.calls) == 1


def test_what_is_found_for_a_limit_that_was_changed_meanwhile_is_dropped(watch, wire, bare_store):
    fail(bare_store, 3, minutes(-1))

    def meanwhile(_request):
        Watch.objects.update(edition=again().edition + 1, more_than=100)

    wire.instead = meanwhile
    at(0)
    assert Alert.objects.count() == 0
    assert again().checked_at is None


def test_one_that_was_switched_off_meanwhile_finds_nothing(watch, wire, bare_store):
    fail(bare_store, 3, minutes(-1))
    wire.instead = lambda _request: Watch.objects.update(is_on=False) and None
    at(0)
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("status", [403, 500])
def test_half_an_hour_without_an_answer_is_told_once_and_so_is_its_end(watch, wire, bare_store, status):
    refusal = httpx.Response(status, json={"success": False, "errors": [{"code": 1, "message": "no"}], "result": None})
    wire.instead = lambda _request: refusal
    for number in (0, 10, 20):
        at(number)
    assert again().failing_since == NOW
    assert again().problem
    assert Alert.objects.count() == 0
    for number in (31, 41):
        at(number)
    assert waiting() == [("blind", "ops")]
    wire.instead = lambda _request: None
    at(50)
    assert waiting() == [("blind", "ops"), ("sees", "ops")]
    assert (again().failing_since, again().problem) == (None, "")
    assert Alert.objects.get().ended_at == minutes(50)


def test_an_alert_goes_on_while_nothing_can_be_seen(watch, wire, bare_store):
    fail(bare_store, 3, minutes(-1))
    at(0)
    wire.instead = lambda _request: httpx.Response(500)
    at(30)
    assert Alert.objects.get(kind="over").ended_at is None


def test_a_count_that_did_not_follow_the_filter_is_no_count(watch, sandbox, bare_store):
    fail(bare_store, 3, minutes(-1), "a")
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    at(0)
    assert again().number is None
    assert "cannot be trusted" in again().problem


def test_a_429_is_waited_for(watch, wire):
    wire.instead = lambda _request: httpx.Response(429, headers={"Retry-After": "1200"}, json={"success": False})
    at(0)
    assert again().due_at >= NOW + timedelta(seconds=1190)


def test_few_calls_are_left_for_people_and_the_watch_waits_without_being_blind(watch, wire):
    upstream.account().client.budget.left = pace.LEFT_FOR_PEOPLE - 1
    at(0)
    assert wire.calls == []
    assert again().failing_since is None
    assert again().due_at == NOW + timedelta(seconds=pace.WAIT_S)
    at(1)
    assert len(wire.calls) == 1


def test_who_may_not_share_any_more_has_no_watch_any_more(watch, wire):
    only("Reader")
    at(0)
    assert wire.calls == []
    assert not again().is_on
    assert "kim may not share" in again().off_why


def test_a_view_that_is_not_the_teams_any_more_is_not_watched_by_others(person, bare_store, wire):
    told = {"gateway": "prod-edge", "name": "Lee’s", "query": "success=false", "is_team": True}
    theirs = SavedView.objects.create(user=somebody("lee"), **told)
    person.post(URL + "add/", {"view": theirs.pk, "more_than": 1, "minutes": 10})
    at(0)
    assert again().is_on
    SavedView.objects.update(is_team=False)
    at(10)
    assert not again().is_on
    assert "not the team’s any more" in again().off_why


@pytest.mark.parametrize("query", ["providr=openai", "start=2026-01-01T00:00:00Z"])
def test_a_view_that_cannot_be_watched_any_more_switches_it_off_and_never_counts_more(watch, wire, query, bare_store):
    fail(bare_store, 3, minutes(-1))
    at(0)
    SavedView.objects.update(query=query)
    at(2)
    assert len(wire.calls) == 1
    assert not again().is_on
    assert "cannot be watched any more" in again().off_why
    assert Alert.objects.get().ended_at == minutes(2)


def test_a_view_that_is_deleted_takes_its_watch_along(watch, person, wire):
    view_of(person).delete()
    check_due(NOW)
    assert (Watch.objects.count(), Message.objects.count(), wire.calls) == (0, 0, [])


def test_one_watch_that_fails_leaves_the_others(person, bare_store, wire):
    a_watch(person)
    view = view_of(person, "success=true", "Good")
    person.post(URL + "add/", {"view": view.pk, "more_than": 0, "minutes": 10})
    Watch.objects.update(due_at=NOW)
    wire.instead = lambda request: httpx.Response(500) if "false" in str(request.url) else None
    check_due(NOW)
    assert sorted(bool(each.problem) for each in Watch.objects.all()) == [False, True]


def test_watches_of_another_account_are_not_checked(watch, wire):
    Watch.objects.update(account="another")
    check_due(NOW)
    assert wire.calls == []


def test_checks_and_messages_end_when_there_is_no_more_time(watch, wire, bare_store):
    fail(bare_store, 3, minutes(-1))
    check_due(NOW, lambda: False)
    assert wire.calls == []
    at(0)
    tell_due(NOW, lambda: False)
    assert waiting() == [("over", "ops")]
    assert Message.objects.get().tries == 0
