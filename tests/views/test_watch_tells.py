"""What channels are told of watches: once, in order, again where it was not taken, and nothing that a log says."""

import logging
from datetime import timedelta
from itertools import pairwise

import pytest

from gateway_dash.bulk import runner
from gateway_dash.sharing.models import SavedView
from gateway_dash.telemetry.lines import JsonLines
from gateway_dash.watches import telling
from gateway_dash.watches.checking import check_due
from gateway_dash.watches.models import Alert, Message, Watch
from gateway_dash.watches.telling import deliver, tell_due
from gateway_dash.watches.wording import told
from tests.people import noted
from tests.receivers import hook
from tests.views.watching import NOW, a_watch, channels, fail, minutes

pytestmark = pytest.mark.django_db

SECRET = "canary-hook-9d1f"


@pytest.fixture
def other(settings, tmp_path, monkeypatch):
    """The other end of the channel `ops`."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with hook() as found:
        channels(settings, tmp_path, ops=f"webhook+http://{found.address}/{SECRET}")
        yield found


@pytest.fixture
def alert(person, bare_store, wire, other):
    """Three failed calls, which is one too many."""
    a_watch(person)
    bare_store.add({"id": "said", "created_at": "2026-11-20T11:58:00Z", "success": False, "model": "canary-model",
                    "request_body": b"canary-payload", "metadata": {"user": "canary-user"}})  # fmt: skip
    fail(bare_store, 2, minutes(-1))
    check_due(NOW)
    return Alert.objects.get()


def texts(other):
    return [sent["message"] for _path, sent in other.got]


def test_the_channel_gets_counts_times_and_a_link_and_nothing_that_a_log_says(alert, other):
    tell_due(NOW)
    [(path, sent)] = other.got
    assert path == f"/{SECRET}"
    assert sent["title"] == "prod-edge: 3 logs in 10 minutes, “Failed”"
    url = "http://127.0.0.1:8000/gateways/prod-edge/logs/?success=false&start=2026-11-20T11:50:00Z"
    url += "&end=2026-11-20T12:00:00.001Z"
    assert sent["message"].splitlines() == [
        "From 11:50:00 UTC on 20 Nov 2026 to 12:00:00 UTC on 20 Nov 2026: 3 logs.",
        "Watch: Failed, more than 2 logs in 10 minutes",
        "Filter: Calls that failed",
        f"See them: {url}",
    ]
    assert (sent["event"], sent["logs"], sent["more_than"], sent["minutes"]) == ("over", 3, 2, 10)
    assert (sent["url"], sent["alert"]) == (url, f"{alert.watch_id}-{alert.pk}")
    assert "canary" not in str(sent)


def test_what_is_sent_is_sent_once(alert, other):
    for number in (0, 1, 60, 600):
        tell_due(minutes(number))
    assert len(other.got) == 1
    assert Message.objects.get().state == "sent"


def test_two_workers_send_it_once(alert, other):
    both = [Message.objects.select_related("alert__watch__view", "alert__watch__actor").get() for _ in range(2)]
    for message in both:
        deliver(message, NOW)
    assert len(other.got) == 1


def test_what_was_not_taken_is_tried_again_later_and_later_and_given_up_at_last(alert, other):
    other.status = 503
    moments, now = [], NOW
    for _ in range(200):
        before = len(other.got)
        tell_due(now)
        if len(other.got) > before:
            moments.append(now)
        now += timedelta(minutes=1)
    waits = [int((b - a).total_seconds() // 60) for a, b in pairwise(moments)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    message = Message.objects.get()
    assert (message.state, message.tries, message.sent_at) == ("given up", telling.TRIES, None)


def test_a_worker_that_dies_while_it_sends_leaves_the_message_to_the_next(alert, other, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(telling, "send", die)
        with pytest.raises(KeyboardInterrupt):
            tell_due(NOW)
    tell_due(NOW)  # at once: another worker may still be sending it
    assert other.got == []
    tell_due(minutes(1))
    assert len(other.got) == 1


def test_nobody_hears_that_it_is_over_before_they_heard_that_it_began(alert, other):
    other.status = 500
    tell_due(NOW)
    Watch.objects.update(due_at=minutes(20))
    check_due(minutes(20))
    assert Message.objects.count() == 2
    other.status = 200
    Message.objects.filter(says="over").update(due_at=minutes(30))
    tell_due(minutes(20))
    assert len(other.got) == 1  # the one that was not taken
    tell_due(minutes(30))
    tell_due(minutes(31))
    assert [sent["event"] for _, sent in other.got] == ["over", "over", "calm"]
    assert texts(other)[-1].splitlines()[0] == (
        "Too much from 12:00:00 UTC on 20 Nov 2026 on, for 20 min; at most 3 logs in 10 minutes."
    )


def test_the_trail_has_it_before_the_channel_has_it_and_once(alert, other):
    other.status = 500
    tell_due(NOW)
    tell_due(minutes(1))
    facts = {"view": "Failed", "says": "over", "channel": "ops", "logs": 3}
    assert noted("watch-told") == [("kim", "watch-told", facts)]
    assert len(other.got) == 2


def test_a_channel_that_is_taken_away_is_not_told(alert, other, settings, tmp_path):
    channels(settings, tmp_path)
    tell_due(NOW)
    assert other.got == []
    assert Message.objects.get().state == "given up"


def test_neither_a_log_line_nor_a_table_has_the_address_of_the_channel(alert, other, caplog):
    caplog.set_level(logging.DEBUG)
    other.status = 404
    tell_due(NOW)
    lines = [JsonLines().format(each) for each in caplog.records]
    assert any("was not taken by the channel ops" in line for line in lines)
    rows = [str(row) for model in (Watch, Alert, Message) for row in model.objects.values()]
    assert not [each for each in lines + rows if SECRET in each]


def test_words_of_people_lose_what_a_chat_tool_would_obey(alert):
    SavedView.objects.update(name="<!channel> @here |\u202e sk-ant-api03-" + "A1b2C3d4" * 5)
    title = told(Message.objects.get()).title
    assert not set("<>@|\u202e") & set(title)
    assert "A1b2C3d4A1b2" not in title


def test_one_that_cannot_see_says_that_silence_means_nothing(alert):
    alert.words, alert.begins_at, alert.path = "The upstream did not answer: No answer.", minutes(-31), ""
    said = told(Message(alert=alert, says="blind", channel="ops"))
    assert said.title == "prod-edge: the watch “Failed” cannot see"
    assert "so no alert means nothing" in said.text
    assert said.facts["url"] == ""


def test_old_alerts_are_forgotten_and_open_ones_are_not(alert):
    tell_due(minutes(60 * 24 * 100))
    assert Alert.objects.count() == 1
    Alert.objects.update(ended_at=NOW)
    tell_due(minutes(60 * 24 * 89))
    assert Alert.objects.count() == 1
    tell_due(minutes(60 * 24 * 91))
    assert Alert.objects.count() == 0


def test_workers_do_both_beside_their_jobs(alert, other):
    runner.tidy()
    assert Message.objects.get(says="over").state == "sent"
    assert Watch.objects.filter(checked_at__gt=NOW).exists()
