"""/gateways/<gateway>/watches/ and what its forms do"""

import pytest
from django.test import Client

from gateway_dash.sharing.models import SavedView
from gateway_dash.watches.models import Alert, Message, Watch
from tests.conftest import LOGS
from tests.people import noted, only, somebody
from tests.views.reading import fields, parse
from tests.views.watching import NOW, URL, a_watch, channels, minutes, view_of, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(settings, tmp_path):
    channels(settings, tmp_path, ops="json://127.0.0.1:9/canary", mail="json://127.0.0.1:9/canary")


@pytest.fixture
def watch(person):
    return a_watch(person)


@pytest.fixture
def lee(person):
    """Somebody else, in another browser."""
    other = Client()
    other.force_login(somebody("lee"))
    return other


def main(person, url=URL):
    return parse(person.get(url)).one("main")


def test_a_watch_is_a_sentence_with_what_it_does_next(person, watch, wire):
    page = main(person)
    assert page.one("h1").text == "1 watch of prod-edge, all calm"
    card = page.one("section", class_="watch")
    assert "Says so when there are more than 2 logs in 10 minutes. Calls that failed." in card.text
    assert "To ops, also when it is over." in card.text
    assert "by kim" in card.text
    assert "not counted yet" in card.text
    assert "Nothing yet." in card.text
    assert "canary" not in page.text
    assert wire.sent == []


def test_without_views_it_says_how_to_make_one(person):
    page = main(person)
    assert page.one("h1").text == "No watches of prod-edge"
    assert "open “Views” above it" in page.text
    assert page.all("form", action=URL + "add/") == []


def test_the_form_has_the_view_that_one_came_from(person, watch):
    other = view_of(person, "success=true", "Good")
    form = main(person, f"{URL}?view={other.pk}").one("form", action=URL + "add/")
    assert fields(form)["view"] == [str(other.pk)]
    assert [each["value"] for each in form.all("input", name="channel")] == ["ops", "mail"]


def test_without_channels_it_says_what_the_operator_does(person, watch, settings, tmp_path):
    channels(settings, tmp_path)
    page = main(person)
    assert "GATEWAY_DASH_CHANNELS" in page.text
    assert "Channels that are not there any more: ops" in page.text


def test_what_it_found_leads_to_the_logs_and_says_what_became_of_the_messages(person, watch):
    told = {"number": 37, "most": 61, "path": LOGS + "?success=false&end=2026-11-20T12:00:00Z", "at": NOW}
    alert = Alert.objects.create(watch=watch, kind="over", **told)
    for says, state, tries in (("over", "sent", 1), ("calm", "waiting", 2)):
        Message.objects.create(alert=alert, says=says, channel="ops", state=state, tries=tries)
    Message.objects.create(alert=alert, says="over", channel="mail", state="given up", tries=9)
    row = main(person).one("section", class_="watch").one("tbody").one("tr")
    assert row.links() == {"37 logs, at most 61 later": told["path"]}
    assert "goes on" in row.text
    assert "ops: sent, its end waits to be sent, tried 2 times; mail: given up after 9 tries" in row.text
    assert parse(person.get(URL)).one("h1").text == "1 watch of prod-edge: too many logs in 1"


def test_an_alert_shows_in_the_bar_of_every_page_of_the_gateway(person, watch, lee):
    words = "1 watch with an alert"
    assert words not in parse(person.get(LOGS)).text
    Alert.objects.create(watch=watch, kind="over", at=NOW, number=3)
    bar = parse(person.get(LOGS)).one("header", class_="topbar")
    assert words in bar.text
    assert URL in bar.links().values()
    assert words not in parse(lee.get(LOGS)).text  # whose view it is not
    SavedView.objects.update(is_team=True)
    assert words in parse(lee.get(LOGS)).text
    Watch.objects.update(is_on=False)
    assert words not in parse(lee.get(LOGS)).text


def test_how_many_there_are_now_is_counted_on_demand_with_one_call(person, watch, wire, bare_store):
    page = main(person, f"{URL}?count={watch.pk}")
    assert "0 logs in the last 10 minutes" in page.text
    assert wire.calls == ["GET /prod-edge/logs"]


@pytest.mark.parametrize("asked", ["count=x", "count=" + "9" * 30, "view=-1", "view=²"])
def test_a_number_that_cannot_be_read_is_refused(person, asked):
    assert person.get(f"{URL}?{asked}").status_code == 400


def test_a_view_becomes_a_watch_and_the_trail_says_so(person, watch):
    assert (watch.more_than, watch.minutes, watch.channels, watch.tells_calm) == (2, 10, ["ops"], True)
    facts = {"view": "Failed", "limit": "more than 2 logs in 10 minutes", "channels": "ops"}
    assert noted("watch-added") == [("kim", "watch-added", facts)]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"more_than": "-1"}, "“more_than” takes a whole number from 0"),
        ({"more_than": "²"}, "“more_than” takes"),
        ({"minutes": "7"}, "“minutes” takes one of 5, 10"),
        ({"minutes": ""}, "“minutes” takes"),
        ({"channel": ["ops", "slack"]}, "There is no channel “slack”"),
        ({"view": ""}, "Choose the view to watch"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_made(person, sent, says):
    form = {"view": view_of(person).pk, "more_than": "2", "minutes": "10"} | sent
    answer = person.post(URL + "add/", form)
    assert answer.status_code in (400, 409, 422)
    assert says in parse(answer).text
    assert Watch.objects.count() == 0


@pytest.mark.parametrize("query", ["providr=openai", "end=2026-01-01T00:00:00Z", "start=2026-01-01T00:00:00Z"])
def test_a_view_that_cannot_be_watched_says_why(person, query):
    view = view_of(person, query)
    answer = person.post(URL + "add/", {"view": view.pk, "more_than": "2", "minutes": "10"})
    assert "cannot be watched" in parse(answer).text
    assert Watch.objects.count() == 0


def test_the_same_limit_twice_is_refused(person, watch):
    answer = person.post(URL + "add/", {"view": watch.view_id, "more_than": "2", "minutes": "10"})
    assert "with the same limit already" in parse(answer).text
    assert Watch.objects.count() == 1


def test_a_gateway_has_so_many_watches_and_no_more(person, watch):
    for number in range(19):
        Watch.objects.create(account=watch.account, gateway="prod-edge", view=watch.view, actor=watch.actor,
                             more_than=100 + number, minutes=10)  # fmt: skip
    answer = person.post(URL + "add/", {"view": watch.view_id, "more_than": "5", "minutes": "10"})
    assert "This gateway has 20 watches" in parse(answer).text
    assert Watch.objects.count() == 20


def test_views_of_others_are_not_there_to_be_watched(lee, person):
    answer = lee.post(URL + "add/", {"view": view_of(person).pk, "more_than": "2", "minutes": "10"})
    assert answer.status_code == 404
    assert Watch.objects.count() == 0


def test_watches_of_others_are_not_listed_unless_their_view_is_the_teams(lee, watch):
    assert main(lee).one("h1").text == "No watches of prod-edge"
    SavedView.objects.update(is_team=True)
    card = main(lee).one("section", class_="watch")
    assert [each.text for each in card.all("button")] == []  # another person's: to look at
    for verb in ("save", "switch", "remove", "try"):
        sent = {"more_than": "5", "minutes": "60", "on": "0"}
        assert lee.post(f"{URL}{watch.pk}/{verb}/", sent).status_code == 404
    assert Watch.objects.filter(is_on=True, more_than=2).exists()


def test_an_administrator_sees_all_switches_off_and_removes_but_does_not_change(lee, watch):
    only("Administrator", "lee")
    assert "Switch off" in main(lee).one("section", class_="watch").text
    assert lee.get(f"{URL}{watch.pk}/").status_code == 404
    lee.post(f"{URL}{watch.pk}/switch/", {"on": "0"})
    assert not Watch.objects.get().is_on
    assert lee.post(f"{URL}{watch.pk}/switch/", {"on": "1"}).status_code == 404
    lee.post(f"{URL}{watch.pk}/remove/")
    assert Watch.objects.count() == 0
    assert [each[:2] for each in noted("watch-switched", "watch-removed")] == [
        ("lee", "watch-switched"), ("lee", "watch-removed"),
    ]  # fmt: skip


def test_a_change_ends_what_was_found_and_counts_anew(person, watch):
    Alert.objects.create(watch=watch, kind="over", at=NOW, number=3)
    form = main(person, f"{URL}{watch.pk}/").one("form", action=f"{URL}{watch.pk}/save/")
    assert fields(form)["channel"] == ["ops"]
    person.post(f"{URL}{watch.pk}/save/", fields(form) | {"more_than": "50", "channel": ["mail"]})
    again = Watch.objects.get()
    assert (again.more_than, again.channels, again.edition) == (50, ["mail"], watch.edition + 1)
    assert again.due_at > minutes(0)
    assert Alert.objects.get().ended_at is not None
    assert waiting() == []


def test_a_change_to_the_limit_of_another_watch_is_refused(person, watch):
    person.post(URL + "add/", {"view": watch.view_id, "more_than": "9", "minutes": "10"})
    answer = person.post(f"{URL}{watch.pk}/save/", {"more_than": "9", "minutes": "10"})
    assert "with the same limit already" in parse(answer).text


def test_off_and_on_again(person, watch, wire):
    Watch.objects.update(off_why="Its view could not be read.")
    person.post(f"{URL}{watch.pk}/switch/", {"on": "0"})
    assert main(person).one("h1").text == "1 watch of prod-edge: 1 off"
    person.post(f"{URL}{watch.pk}/switch/", {"on": "1"})
    again = Watch.objects.get()
    assert (again.is_on, again.off_why) == (True, "")


def test_one_whose_view_cannot_be_watched_is_not_switched_on(person, watch):
    Watch.objects.update(is_on=False)
    SavedView.objects.update(query="providr=openai")
    answer = person.post(f"{URL}{watch.pk}/switch/", {"on": "1"})
    assert "cannot be watched" in parse(answer).text
    assert not Watch.objects.get().is_on
    assert "Its view cannot be watched." in main(person).text


def test_a_test_goes_to_its_channels_and_not_twice_within_a_minute(person, watch):
    assert person.post(f"{URL}{watch.pk}/try/").status_code == 303
    assert waiting() == [("test", "ops")]
    assert "A test of its channels" in main(person).text
    answer = person.post(f"{URL}{watch.pk}/try/")
    assert "less than a minute ago" in parse(answer).text
    assert len(waiting()) == 1
    assert main(person).one("h1").text == "1 watch of prod-edge, all calm"


def test_without_a_channel_there_is_nothing_to_try(person):
    watch = a_watch(person, channel=[])
    assert "Choose one first" in parse(person.post(f"{URL}{watch.pk}/try/")).text
    assert "To nobody" in main(person).text


def test_who_may_only_read_sees_no_form(person, watch):
    only("Reader")
    page = main(person)
    assert page.all("form", action=URL + "add/") == []
    assert "Switch off" in page.text  # one's own can always be stopped
    assert "Change" not in page.text


def test_deleting_a_view_says_that_its_watch_goes_too(person, watch):
    assert "Delete the view “Failed” and its 1 watch" in parse(person.get("/gateways/prod-edge/views/")).text


def test_names_and_filters_of_strangers_are_text(person):
    view = view_of(person, "model=<script>alert(1)</script>", "<b>x</b>\u202e")
    person.post(URL + "add/", {"view": view.pk, "more_than": "2", "minutes": "10"})
    page = person.get(URL).content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "⟦U+202E⟧" in page
