"""gateway_dash/logs/around_card.py: the ways from one log to what is around it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.around_card import around_card, rail_context
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.twins import MOST_OF_A_PAGE

LIST = "/gateways/prod-edge/logs/"


def ways(**fields):
    row: dict[str, Any] = {
        "id": "one",
        "event_id": "one",
        "step": 0,
        "created_at": datetime(2026, 11, 20, tzinfo=UTC),
    } | fields
    query = LogQuery.read(QueryDict("provider=openai"))
    return {way.words: way for way in around_card(Screen(LIST), Log(**row), query, reads=True)}


def test_each_way_keeps_the_list_that_the_log_was_opened_from():
    found = ways()
    assert found["Before and after, in time"].url == LIST + "one/around/?provider=openai"
    assert found["Same request within an hour"].url == LIST + "one/twins/?provider=openai"
    assert found["Same request within an hour"].cost == f"up to {MOST_OF_A_PAGE} calls"
    assert found["Logs with the same event id"].url == LIST + "one/attempts/?provider=openai"


def test_the_calls_of_a_session_or_a_user_are_all_of_theirs():
    found = ways(metadata={"session": "s-1", "user_id": 42, "team": "checkout", "traceId": "t"})
    lists = {words: way.url for words, way in found.items() if words.startswith("Same ") and "request" not in words}
    assert lists == {
        "Same session: s-1": LIST + "?metadata.session=s-1",
        "Same user_id: 42": LIST + "?metadata.user_id=42",
        "Same traceId: t": LIST + "?metadata.traceId=t",
    }


@pytest.mark.parametrize(
    "metadata", [None, "text", {"session": ""}, {"session": "x" * 501}, {"session": "a\x00"}, {"session\n": "a"}]
)
def test_what_no_filter_can_say_is_no_way(metadata):
    assert not [words for words in ways(metadata=metadata) if words.startswith("Same session")]


def test_hidden_signs_of_a_pair_are_marked():
    [words] = [words for words in ways(metadata={"session": "a\u202eb"}) if words.startswith("Same session")]
    assert "\u202e" not in words


def test_where_the_attempts_have_a_card_of_their_own_there_is_no_link_to_them():
    assert "Logs with the same event id" not in ways(event_id="other")
    assert "Logs with the same event id" not in ways(event_id=None)


def test_the_rail_has_a_ladder_only_where_there_can_be_other_attempts():
    log = Log(id="one", event_id="one", step=0, created_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert rail_context(Screen(LIST), log, LogQuery(), reads=True)["ladder"] is None
