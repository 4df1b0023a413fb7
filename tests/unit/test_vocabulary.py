"""The check of a row against a filter: it fits, it is near (the API cannot say it exactly), or it was not applied."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.http import QueryDict

from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.models import Log, read_log
from gateway_dash.gateway.query import LogQuery

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ROW = {
    "id": "a1", "created_at": "2026-11-23T10:00:00.500Z", "provider": "openai", "model": "gpt-4o-mini",
    "path": "chat/completions", "duration": 800, "success": True, "cached": False, "tokens_in": 20, "tokens_out": 22,
    "cost": 0.00015, "feedback": None, "metadata": {"user": "u-bob", "team": "red", "n": 42, "vip": True},
    "event_id": "e1", "user_agent": "curl/8.1", "model_type": "chat", "request_type": "http",
    "request_content_type": "application/json", "response_content_type": "text/event-stream", "dlp_action": "FLAG",
    "wholesale": True, "authentication": False, "compatibilityMode": "openai",
}  # fmt: skip


def log(*missing: str, **changes: Any) -> Log:
    row = {name: value for name, value in (ROW | changes).items() if name not in missing}
    return read_log(msgspec.json.encode(row))


def fit(url: str, row: Log) -> Fit:
    return LogQuery.read(QueryDict(url), now=NOW).fit(row)


@pytest.mark.parametrize(
    ("fits", "misfits"),
    [
        ("provider=openai", "provider=groq"),
        ("provider=groq&provider=openai", "provider=groq&provider=mistral"),
        ("provider__not=groq", "provider__not=openai"),
        ("provider__not=groq&provider__not=mistral", "provider__not=groq&provider__not=openai"),
        ("provider__contains=open", "provider__contains=groq"),
        ("provider__contains=groq&provider__contains=ai", "provider__contains=x&provider__contains=y"),
        ("model=gpt-4o-mini", "model=gpt-4o"),
        ("success=true", "success=false"),
        ("success__not=false", "success__not=true"),
        ("success=true&success=false", "success__not=true&success__not=false"),
        ("cached=false", "cached=true"),
        ("cost=0.00015", "cost=0.00016"),
        ("cost__lt=0.0002", "cost__lt=0.0001"),
        ("cost__gt=0.0001", "cost__gt=0.0002"),
        ("cost__not=1", "cost__not=0.00015"),
        ("duration=800", "duration=801"),
        ("duration__lt=801", "duration__lt=800"),
        ("duration__gt=799", "duration__gt=800"),
        ("tokens=42", "tokens=41"),
        ("tokens__gt=41", "tokens__gt=42"),
        ("tokens_in__lt=21", "tokens_in__lt=20"),
        ("tokens_out__gt=21", "tokens_out__gt=22"),
        ("feedback=none", "feedback=1"),
        ("feedback=none&feedback=1", "feedback=1&feedback=-1"),
        ("feedback__not=1", "feedback__not=none"),
        ("metadata_key=user", "metadata_key=tenant"),
        ("metadata_key__contains=use", "metadata_key__contains=tenant"),
        ("metadata_value=u-bob", "metadata_value=u-eve"),
        ("metadata_value=42", "metadata_value=43"),
        ("metadata_value=true", "metadata_value=false"),
        ("metadata_value__contains=bob", "metadata_value__contains=eve"),
        ("id=a1", "id=a2"),
        ("id__not=a2", "id__not=a1"),
        ("event_id=e1", "event_id=e2"),
        ("user_agent__contains=curl", "user_agent__contains=wget"),
        ("model_type=chat", "model_type=embedding"),
        ("request_type=http", "request_type=ws"),
        ("request_content_type__contains=json", "request_content_type__contains=xml"),
        ("response_content_type=text/event-stream", "response_content_type=text/plain"),
        ("dlp_action=FLAG", "dlp_action=BLOCK"),
        ("wholesale=true", "wholesale=false"),
        ("authentication=false", "authentication=true"),
        ("compatibilityMode=openai", "compatibilityMode=groq"),
        ("provider=openai&cost__gt=0.0001", "provider=openai&cost__gt=1"),
    ],
)
def test_a_row_fits_or_shows_that_the_filter_was_not_applied(fits, misfits):
    assert fit(fits, log()) is Fit.YES
    assert fit(misfits, log()) is Fit.NO


def test_text_is_compared_without_case_since_the_upstreams_way_is_not_published():
    assert fit("provider=OpenAI", log()) is Fit.YES
    assert fit("model__contains=GPT", log()) is Fit.YES


def test_a_number_is_no_text():
    assert fit("cost=1.5e-4", log()) is Fit.YES
    assert fit("tokens_in__gt=9", log(tokens_in=100)) is Fit.YES  # as text, "100" would be before "9"
    assert fit("feedback=1", log(feedback=1.0)) is Fit.YES


FIELDS = {
    "provider": "provider=groq", "model": "model=x", "success": "success=false", "cached": "cached=true",
    "cost": "cost__gt=9", "duration": "duration__gt=9000", "tokens_in": "tokens__gt=9000",
    "tokens_out": "tokens__gt=9000", "feedback": "feedback=1", "event_id": "event_id=x",
    "user_agent": "user_agent=x", "model_type": "model_type=x", "request_type": "request_type=x",
    "request_content_type": "request_content_type=x", "response_content_type": "response_content_type=x",
    "dlp_action": "dlp_action=x", "wholesale": "wholesale=false", "authentication": "authentication=x",
    "compatibilityMode": "compatibilityMode=x",
}  # fmt: skip


@pytest.mark.parametrize(("field", "url"), FIELDS.items())
def test_a_row_that_lacks_the_field_proves_nothing(field, url):
    assert fit(url, log()) is Fit.NO
    assert fit(url, log(field)) is Fit.YES


TAKEN_AS_THEY_COME = {"dlp_action", "wholesale", "authentication", "compatibilityMode"}


@pytest.mark.parametrize("field", sorted(FIELDS.keys() - TAKEN_AS_THEY_COME))
def test_a_field_that_cannot_be_read_proves_nothing(field):
    url = FIELDS[field]
    assert fit(url, log(**{field: [1]})) is Fit.YES


def test_a_cost_that_is_unknown_is_not_zero():
    assert fit("cost=0", log("cost")) is Fit.YES
    assert fit("cost__gt=0", log(cost=None)) is Fit.YES
    assert fit("cost=0", log(cost=0)) is Fit.YES
    assert fit("cost__gt=0", log(cost=0)) is Fit.NO


def test_feedback_that_is_none_is_known_to_be_none():
    assert fit("feedback=-1", log(feedback=None)) is Fit.NO
    assert fit("feedback__not=none", log(feedback=-1)) is Fit.YES


# --- metadata ---------------------------------------------------------------------------------------------------------


def test_a_pair_is_paired_row_by_row():
    assert fit("metadata.user=u-bob", log()) is Fit.YES
    assert fit("metadata.user__contains=bob", log()) is Fit.YES
    assert fit("metadata.n=42", log()) is Fit.YES
    assert fit("metadata.vip=true", log()) is Fit.YES


def test_key_and_value_that_are_no_pair_are_what_the_api_was_asked_for_but_not_what_is_wanted():
    assert fit("metadata.team=u-bob", log()) is Fit.NEAR
    assert fit("metadata.team__contains=bob", log()) is Fit.NEAR


def test_a_pair_whose_key_or_value_is_nowhere_was_not_applied():
    assert fit("metadata.tenant=u-bob", log()) is Fit.NO
    assert fit("metadata.user=u-eve", log()) is Fit.NO


def test_two_pairs_have_to_fit_the_same_row():
    assert fit("metadata.user=u-bob&metadata.team=red", log()) is Fit.YES
    assert fit("metadata.user=u-bob&metadata.team=blue", log()) is Fit.NO
    assert fit("metadata.user=u-bob&metadata.team=u-bob", log()) is Fit.NEAR


@pytest.mark.parametrize(
    "metadata", ['{"user": "u-bob", "team": "red"}', {"user": "u-bob", "team": "red"}], ids=["text", "object"]
)
def test_metadata_as_text_is_paired_like_an_object(metadata):
    assert fit("metadata.user=u-bob", log(metadata=metadata)) is Fit.YES
    assert fit("metadata.team=u-bob", log(metadata=metadata)) is Fit.NEAR
    assert fit("metadata_key=user", log(metadata=metadata)) is Fit.YES
    assert fit("metadata_value=blue", log(metadata=metadata)) is Fit.NO


@pytest.mark.parametrize("metadata", [None, "", "not JSON", "[1]", "null", [], {}, 5, '{"user": ' + "[" * 5000])
def test_metadata_that_is_no_map_has_no_pair(metadata):
    assert fit("metadata.user=u-bob", log(metadata=metadata)) is Fit.NO
    assert fit("metadata_key=user", log(metadata=metadata)) is Fit.NO


def test_missing_metadata_has_no_pair():
    assert fit("metadata.user=u-bob", log("metadata")) is Fit.NO


def test_whether_a_negated_key_excludes_a_log_that_also_has_others_is_not_known():
    assert fit("metadata_key__not=user", log()) is Fit.NEAR
    assert fit("metadata_key__not=tenant", log()) is Fit.YES
    assert fit("metadata_value__not=red", log()) is Fit.NEAR


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("start=2026-11-23T10:00:00.500Z", Fit.YES),  # inclusive
        ("start=2026-11-23T10:00:00.501Z", Fit.NEAR),  # the same second: the API cannot leave it out
        ("start=2026-11-23T10:00:00.999Z", Fit.NEAR),
        ("start=2026-11-23T10:00:01Z", Fit.NO),
        ("end=2026-11-23T10:00:00.501Z", Fit.YES),
        ("end=2026-11-23T10:00:00.500Z", Fit.NEAR),  # exclusive
        ("end=2026-11-23T10:00:00.001Z", Fit.NEAR),
        ("end=2026-11-23T10:00:00Z", Fit.NEAR),  # if `lt` takes in the second that it names
        ("end=2026-11-23T09:59:59.999Z", Fit.NEAR),
        ("end=2026-11-23T09:59:59Z", Fit.NO),
        ("since=3h", Fit.YES),
        ("since=1h", Fit.NO),
        ("as_of=2026-11-23T10:00:00Z", Fit.NEAR),
        ("as_of=2026-11-23T09:00:00Z", Fit.NO),
    ],
)
def test_a_range_is_checked_to_the_millisecond(url, expected):
    assert fit(url, log()) is expected


def test_the_worst_of_all_checks_counts():
    assert fit("start=2026-11-23T10:00:00.501Z&provider=groq", log()) is Fit.NO
    assert fit("start=2026-11-23T10:00:00.501Z&provider=openai", log()) is Fit.NEAR


def test_a_row_without_a_zone_is_taken_as_utc():
    row = log(created_at="2026-11-23T10:00:00.500")
    assert row.created_at - datetime(2026, 11, 23, 10, tzinfo=UTC) == timedelta(milliseconds=500)
    assert fit("start=2026-11-23T10:00:00.500Z", row) is Fit.YES
