"""A query, from the URL to the API, to a sentence, and back to the same URL."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery, json_text
from gateway_dash.gateway.reading import PAGE_SIZES, SORT_KEYS, known_names, read_filter
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.vocabulary import VOCABULARY

# From the published description, on purpose not from our own code.
API_KEYS = {
    "id", "created_at", "request_content_type", "response_content_type", "request_type", "success", "cached",
    "provider", "model", "model_type", "cost", "tokens", "tokens_in", "tokens_out", "duration", "feedback",
    "event_id", "metadata.key", "metadata.value", "authentication", "wholesale", "compatibilityMode", "dlp_action",
    "user_agent",
}  # fmt: skip
API_OPERATORS = {"eq", "neq", "contains", "lt", "gt"}
NOW = datetime(2026, 11, 23, 11, 0, 0, 250_000, tzinfo=UTC)


def read(text: str, now: datetime = NOW) -> LogQuery:
    return LogQuery.read(QueryDict(text), now=now)


def condition(key, operator, *values):
    return {"key": key, "operator": operator, "value": list(values)}


# One line for each thing that can be asked: the URL, the API's conditions, the sentence.
EXAMPLES = [
    ("provider=openai", [condition("provider", "eq", "openai")], "Calls from openai"),
    ("provider=openai&provider=groq", [condition("provider", "eq", "openai", "groq")], "Calls from openai or groq"),
    ("provider__not=openai", [condition("provider", "neq", "openai")], "Calls not from openai"),
    ("provider__contains=ai", [condition("provider", "contains", "ai")], "Calls from a provider like “ai”"),
    ("model=gpt-4o", [condition("model", "eq", "gpt-4o")], "Calls to gpt-4o"),
    ("model__not=gpt-4o", [condition("model", "neq", "gpt-4o")], "Calls not to gpt-4o"),
    ("model__contains=gpt", [condition("model", "contains", "gpt")], "Calls to a model like “gpt”"),
    ("success=true", [condition("success", "eq", True)], "Calls that succeeded"),
    ("success__not=true", [condition("success", "neq", True)], "Calls that failed"),
    ("cached=false", [condition("cached", "eq", False)], "Calls not answered from cache"),
    ("cached__not=true", [condition("cached", "neq", True)], "Calls not answered from cache"),
    ("cost=0.01", [condition("cost", "eq", 0.01)], "Calls that cost $0.01"),
    ("cost__not=0", [condition("cost", "neq", 0)], "Calls not costing $0"),
    ("cost__lt=0.5", [condition("cost", "lt", 0.5)], "Calls that cost less than $0.5"),
    ("cost__gt=0.01", [condition("cost", "gt", 0.01)], "Calls that cost more than $0.01"),
    ("duration=800", [condition("duration", "eq", 800)], "Calls that took 800 ms"),
    ("duration__not=800", [condition("duration", "neq", 800)], "Calls not taking 800 ms"),
    ("duration__lt=800", [condition("duration", "lt", 800)], "Calls that took less than 800 ms"),
    ("duration__gt=1500", [condition("duration", "gt", 1500)], "Calls that took more than 1,500 ms"),
    ("tokens=42", [condition("tokens", "eq", 42)], "Calls with 42 tokens"),
    ("tokens__not=42", [condition("tokens", "neq", 42)], "Calls not with 42 tokens"),
    ("tokens__lt=42", [condition("tokens", "lt", 42)], "Calls with fewer than 42 tokens"),
    ("tokens__gt=4200", [condition("tokens", "gt", 4200)], "Calls with more than 4,200 tokens"),
    ("tokens_in=42", [condition("tokens_in", "eq", 42)], "Calls with 42 tokens in"),
    ("tokens_in__not=42", [condition("tokens_in", "neq", 42)], "Calls not with 42 tokens in"),
    ("tokens_in__lt=100", [condition("tokens_in", "lt", 100)], "Calls with fewer than 100 tokens in"),
    ("tokens_in__gt=100", [condition("tokens_in", "gt", 100)], "Calls with more than 100 tokens in"),
    ("tokens_out=0", [condition("tokens_out", "eq", 0)], "Calls with 0 tokens out"),
    ("tokens_out__not=0", [condition("tokens_out", "neq", 0)], "Calls not with 0 tokens out"),
    ("tokens_out__lt=9", [condition("tokens_out", "lt", 9)], "Calls with fewer than 9 tokens out"),
    ("tokens_out__gt=9", [condition("tokens_out", "gt", 9)], "Calls with more than 9 tokens out"),
    ("feedback=-1", [condition("feedback", "eq", -1)], "Calls with thumbs down"),
    ("feedback=none", [condition("feedback", "eq", None)], "Calls with no feedback"),
    ("feedback__not=1", [condition("feedback", "neq", 1)], "Calls not with thumbs up"),
    ("metadata_key=user", [condition("metadata.key", "eq", "user")], "Calls with metadata key “user”"),
    ("metadata_key__not=user", [condition("metadata.key", "neq", "user")], "Calls not with metadata key “user”"),
    ("metadata_key__contains=us", [condition("metadata.key", "contains", "us")], "Calls with metadata key like “us”"),
    ("metadata_value=42", [condition("metadata.value", "eq", "42")], "Calls with metadata value “42”"),
    ("metadata_value__not=42", [condition("metadata.value", "neq", "42")], "Calls not with metadata value “42”"),
    ("metadata_value__contains=4", [condition("metadata.value", "contains", "4")],
     "Calls with metadata value like “4”"),
    ("metadata.user=42", [condition("metadata.key", "eq", "user"), condition("metadata.value", "eq", "42")],
     "Calls with user = 42"),
    ("metadata.user__contains=4",
     [condition("metadata.key", "eq", "user"), condition("metadata.value", "contains", "4")],
     "Calls with user like “4”"),
    ("id=01KDEX", [condition("id", "eq", "01KDEX")], "Calls with the id 01KDEX"),
    ("id__not=01KDEX", [condition("id", "neq", "01KDEX")], "Calls not with the id 01KDEX"),
    ("event_id=e1", [condition("event_id", "eq", "e1")], "Calls with event id e1"),
    ("event_id__not=e1", [condition("event_id", "neq", "e1")], "Calls not with event id e1"),
    ("event_id__contains=e", [condition("event_id", "contains", "e")], "Calls with event id like “e”"),
    ("user_agent=curl/8", [condition("user_agent", "eq", "curl/8")], "Calls with user agent “curl/8”"),
    ("user_agent__not=curl/8", [condition("user_agent", "neq", "curl/8")], "Calls not with user agent “curl/8”"),
    ("user_agent__contains=curl", [condition("user_agent", "contains", "curl")], "Calls with user agent like “curl”"),
    ("model_type=chat", [condition("model_type", "eq", "chat")], "Calls with model type chat"),
    ("model_type__not=chat", [condition("model_type", "neq", "chat")], "Calls not with model type chat"),
    ("model_type__contains=ch", [condition("model_type", "contains", "ch")], "Calls with model type like “ch”"),
    ("request_type=http", [condition("request_type", "eq", "http")], "Calls with request type http"),
    ("request_type__not=http", [condition("request_type", "neq", "http")], "Calls not with request type http"),
    ("request_type__contains=ht", [condition("request_type", "contains", "ht")], "Calls with request type like “ht”"),
    ("request_content_type=text/plain", [condition("request_content_type", "eq", "text/plain")],
     "Calls with request content type text/plain"),
    ("request_content_type__not=text/plain", [condition("request_content_type", "neq", "text/plain")],
     "Calls not with request content type text/plain"),
    ("request_content_type__contains=json", [condition("request_content_type", "contains", "json")],
     "Calls with request content type like “json”"),
    ("response_content_type=text/plain", [condition("response_content_type", "eq", "text/plain")],
     "Calls with response content type text/plain"),
    ("response_content_type__not=text/plain", [condition("response_content_type", "neq", "text/plain")],
     "Calls not with response content type text/plain"),
    ("response_content_type__contains=json", [condition("response_content_type", "contains", "json")],
     "Calls with response content type like “json”"),
    ("dlp_action=BLOCK", [condition("dlp_action", "eq", "BLOCK")], "Calls with dlp action BLOCK"),
    ("dlp_action__not=BLOCK", [condition("dlp_action", "neq", "BLOCK")], "Calls not with dlp action BLOCK"),
    ("dlp_action__contains=BL", [condition("dlp_action", "contains", "BL")], "Calls with dlp action like “BL”"),
    ("authentication=true", [condition("authentication", "eq", True)], "Calls with authentication true"),
    ("authentication__not=key", [condition("authentication", "neq", "key")], "Calls not with authentication key"),
    ("authentication__contains=k", [condition("authentication", "contains", "k")],
     "Calls with authentication like “k”"),
    ("wholesale=true", [condition("wholesale", "eq", True)], "Calls billed wholesale"),
    ("wholesale__not=true", [condition("wholesale", "neq", True)], "Calls not billed wholesale"),
    ("compatibilityMode=openai", [condition("compatibilityMode", "eq", "openai")],
     "Calls with compatibility mode openai"),
    ("compatibilityMode__not=openai", [condition("compatibilityMode", "neq", "openai")],
     "Calls not with compatibility mode openai"),
    ("compatibilityMode__contains=ai", [condition("compatibilityMode", "contains", "ai")],
     "Calls with compatibility mode like “ai”"),
    ("provider=openai&cached__not=true&cost__gt=0.01",
     [condition("provider", "eq", "openai"), condition("cached", "neq", True), condition("cost", "gt", 0.01)],
     "Calls from openai, not answered from cache, that cost more than $0.01"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "api", "sentence"), EXAMPLES, ids=[each[0] for each in EXAMPLES])
def test_a_filter_is_one_thing_in_the_url_for_the_api_and_in_english(url, api, sentence):
    query = read(url)
    assert query.for_api() == api
    assert words(query) == sentence
    assert query.url() == f"?{url}"


def test_every_word_and_every_operator_has_an_example():
    asked = {parameter for url, _api, _sentence in EXAMPLES for parameter in QueryDict(url)}
    known = {word.name + operator.suffix for word in VOCABULARY.values() for operator in word.kind.operators}
    assert known - asked == set()


def test_every_key_of_the_api_can_be_asked():
    asked = {each["key"] for _url, api, _sentence in EXAMPLES for each in api}
    assert asked | {"created_at"} == API_KEYS


def test_nothing_asked_is_every_log():
    query = read("")
    assert query.is_bare
    assert query.for_api() == []
    assert query.url() == ""
    assert words(query) == "All calls"


@pytest.mark.parametrize("url", ["provider=openai", "search=x", "since=1h", "start=2026-11-01", "end=2026-11-01"])
def test_anything_asked_is_not_every_log(url):
    assert not read(url).is_bare


def test_what_is_the_default_is_not_spelled():
    assert read("sort=-created_at&page=1&per_page=50").url() == ""
    assert read("sort=model&page=3&per_page=20").url() == "?sort=model&per_page=20&page=3"


def test_the_order_is_the_apis():
    assert read("").order == ("created_at", "desc")
    assert read("sort=model_type").order == ("model_type", "asc")
    assert read("sort=-success").order == ("success", "desc")


def test_values_that_stand_twice_count_once():
    assert read("provider=a&provider=a&provider=b").for_api() == [condition("provider", "eq", "a", "b")]
    assert read("cost=1&cost=1.0&cost=1e0").for_api() == [condition("cost", "eq", 1)]


# --- changing a query -------------------------------------------------------------------------------------------------


def test_a_changed_query_begins_at_its_first_page_and_now():
    pinned = read("provider=openai&since=24h&page=3").pinned(NOW, 3)
    changed = pinned.change(sort="model")
    assert (changed.page, changed.as_of, changed.start) == (1, None, None)
    assert changed.since == "24h"


def test_taking_a_filter_away_keeps_the_others():
    query = read("provider=openai&model=a&start=2026-11-01")
    assert query.without(query.filters[0]).url() == "?model=a&start=2026-11-01T00:00:00Z"


def test_adding_a_value_to_a_filter_means_or():
    query = read("provider=openai").adding(read_filter("provider", ["groq"]))
    assert query.url() == "?provider=openai&provider=groq"


def test_adding_a_bound_replaces_the_other():
    query = read("cost__gt=1&cost__lt=9").adding(read_filter("cost__gt", ["2"]))
    assert {each.parameter: each.values for each in query.filters} == {"cost__gt": (2,), "cost__lt": (9,)}


# --- any query --------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), min_size=1, max_size=30)
VALUES = {
    "text": TEXT,
    "flag": st.sampled_from(["true", "false"]),
    "feedback": st.sampled_from(["1", "-1", "0", "none"]),
    "number": st.integers(-(10**15) + 1, 10**15 - 1).map(str),
}
DOLLARS = st.floats(allow_nan=False, allow_infinity=False).map(repr)
MOMENTS = st.integers(631_152_000_000, 3_786_912_000_000).map(  # milliseconds of 1990 to 2090
    lambda ms: datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)
)


def spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@st.composite
def parameters(draw):
    """The parameters of a URL that can be read."""
    names = [word.name + operator.suffix for word in VOCABULARY.values() for operator in word.kind.operators]
    pairs: list[tuple[str, str]] = []
    for name in draw(st.lists(st.sampled_from(names), max_size=6, unique=True)):
        word = VOCABULARY[name.partition("__")[0]]
        value = DOLLARS if word.name == "cost" else VALUES[word.kind.name]
        most = 1 if name.endswith(("__lt", "__gt")) else 3
        pairs += [(name, text) for text in draw(st.lists(value, min_size=1, max_size=most))]
    if draw(st.booleans()):
        suffix = draw(st.sampled_from(["", "__contains"]))
        pairs.append((f"metadata.{draw(TEXT.filter(lambda key: '__' not in key))}{suffix}", draw(TEXT)))
    if draw(st.booleans()):
        pairs.append(("search", draw(TEXT)))
    when = draw(st.sampled_from(["", "since", "range"]))
    if when == "since":
        pairs.append(("since", f"{draw(st.integers(1, 500))}{draw(st.sampled_from('mhdw'))}"))
    if when == "range":
        first, second = sorted(draw(st.lists(MOMENTS, min_size=2, max_size=2, unique=True)))
        pairs += [("start", spelled(first)), ("end", spelled(second))][draw(st.integers(0, 1)) :]
    pairs.append(("sort", draw(st.sampled_from(["", "-"])) + draw(st.sampled_from(SORT_KEYS))))
    pairs.append(("page", str(draw(st.integers(1, 1_000_000)))))
    pairs.append(("per_page", str(draw(st.sampled_from(PAGE_SIZES)))))
    return pairs


def querydict(pairs):
    given_ = QueryDict(mutable=True)
    for name, value in pairs:
        given_.appendlist(name, value)
    return given_


@given(parameters())
def test_any_query_survives_its_url(pairs):
    query = LogQuery.read(querydict(pairs), now=NOW)
    again = read(query.url()[1:])
    assert again == query
    assert again.url() == query.url()
    assert again.for_api() == query.for_api()
    assert words(again) == words(query)


@given(parameters())
def test_the_api_is_only_asked_what_it_knows(pairs):
    query = LogQuery.read(querydict(pairs), now=NOW)
    conditions = json.loads(json_text(query.for_api()))
    for edge in query.edges():
        conditions += json.loads(json_text(edge))
    for each in conditions:
        assert set(each) == {"key", "operator", "value"}
        assert each["key"] in API_KEYS
        assert each["operator"] in API_OPERATORS
        assert isinstance(each["value"], list)
        assert each["value"]
        assert all(value is None or isinstance(value, str | int | float | bool) for value in each["value"])
    asked = {name.partition("__")[0] for name, _value in pairs}
    assert {each["key"] for each in query.for_api()} - {"created_at", "metadata.key", "metadata.value"} <= asked


@given(parameters(), MOMENTS, st.integers(2, 99))
def test_any_pinned_page_survives_its_url(pairs, moment, page):
    query = LogQuery.read(querydict(pairs), now=NOW)
    assume(not query.since or moment <= NOW)  # a pin is never later than its page
    pinned = query.pinned(moment, page)
    later = read(pinned.url()[1:], now=NOW + timedelta(hours=5))
    assert later == pinned
    assert (later.begins, later.ends) == (pinned.begins, pinned.ends)
    assert later.for_api() == pinned.for_api()


@given(st.lists(st.tuples(st.one_of(st.sampled_from(known_names()), st.text(max_size=20)), st.text(max_size=20))))
@example([("start", "0001-01-01T00:00+23:59")])
@example([("end", "9999-12-31T23:59:59.999Z")])
@example([("created_at", "9999-12-31T23:59:59.999Z")])
@example([("created_at__gt", "9999-12-31T23:59:59.999-23:59")])
@example([("search", "\ud800")])
@example([("metadata.\udfff", "x")])
@example([("cost", "1e999")])
@example([("cost", "9" * 5000)])
@example([("page", "9" * 5000)])
@example([("x" * 100_000, "y")])
def test_any_parameter_is_read_or_refused(pairs):
    refused = None
    try:
        query = LogQuery.read(querydict(pairs), now=NOW)
    except QueryError as error:  # any other error fails
        refused = error
    if refused:
        assert refused.status == 400
        assert len(refused.message.encode()) < 2000
        return
    json_text(query.for_api()).encode()
    json.dumps(query.edges())
    words(query).encode()
    assert read(query.url()[1:]) == query


@given(st.text(st.sampled_from("0123456789.eE+-_ ٣٫"), min_size=1, max_size=25))
@example("1e15")
@example("1234567890123456")
@example("123456789012345e99")
@example(".000000000000000000000000000001e-99")
@example("-0")
@example("5e-324")
def test_any_number_that_can_be_read_can_be_read_again(text):
    try:
        query = LogQuery.read(querydict([("cost__gt", text)]))
    except QueryError:
        return
    assert text.isascii()
    (number,) = query.filters[0].values
    assert isinstance(number, int | float)
    assert math.isfinite(number)
    assert read(query.url()[1:]) == query


# --- ranges and pins --------------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}Z")


def test_times_go_to_the_api_in_whole_seconds():
    query = read("start=2026-11-20T10:00:00.250Z&end=2026-11-21T10:00:00.750Z")
    assert query.for_api() == [
        condition("created_at", "gt", "2026-11-20T10:00:00Z"),
        condition("created_at", "lt", "2026-11-21T10:00:01Z"),
    ]


def test_a_whole_second_is_asked_as_it_is():
    query = read("start=2026-11-20T10:00:00Z&end=2026-11-21T10:00:00Z")
    assert [each["value"] for each in query.for_api()] == [["2026-11-20T10:00:00Z"], ["2026-11-21T10:00:00Z"]]


def test_the_edges_are_the_seconds_that_a_range_cuts_through():
    query = read("provider=openai&start=2026-11-20T10:00:00.250Z&end=2026-11-21T10:00:00.750Z")
    mine = condition("provider", "eq", "openai")
    gt = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"
    lt = "2026-11-20T10:00:01Z", "2026-11-21T10:00:01Z"
    assert query.edges() == [
        [mine, condition("created_at", "gt", gt[n]), condition("created_at", "lt", lt[n])] for n in (0, 1)
    ]


def test_a_start_on_the_second_has_no_edge_and_a_future_end_neither():
    assert read("start=2026-11-20T10:00:00Z").edges() == []
    assert read("end=2026-11-23T11:00:01Z").edges() == []
    assert len(read("end=2026-11-20T10:00:00Z").edges()) == 1  # whether `lt` takes in its second is not published
    assert read("since=24h").edges() == []


def test_since_counts_back_from_the_moment_of_reading():
    assert read("since=24h").begins == moment("22T11:00:00")
    assert read("since=15m").begins == moment("23T10:45:00")
    assert read("since=1w").ends is None


def test_a_pinned_page_keeps_the_range_of_the_first():
    pinned = read("since=24h").pinned(moment("23T10:59:59.500"), 2)
    assert pinned.url() == "?start=2026-11-22T11:00:00Z&since=24h&page=2&as_of=2026-11-23T10:59:59.500Z"
    later = read(pinned.url()[1:], now=NOW + timedelta(days=3))
    assert later.begins == moment("22T11:00:00")
    assert later.ends == moment("23T10:59:59.500")


def test_the_earlier_of_end_and_pin_ends_the_range():
    assert read("end=2026-11-20&as_of=2026-11-22").ends == moment("20T00:00:00")
    assert read("end=2026-11-22&as_of=2026-11-20").ends == moment("20T00:00:00")


def test_a_link_cannot_say_15_minutes_and_mean_six_years():
    with pytest.raises(QueryError, match="“start”"):
        read("since=15m&start=2020-01-01&as_of=2026-11-23T11:00:00Z")


def test_created_at_is_the_range_that_it_means():
    assert read("created_at__gt=2026-11-20T10:00:00Z").start == moment("20T10:00:00.001")
    assert read("created_at__lt=2026-11-20T10:00:00Z").end == moment("20T10:00:00")
    exact = read("created_at=2026-11-20T10:00:00.250Z")
    assert (exact.start, exact.end) == (moment("20T10:00:00.250"), moment("20T10:00:00.251"))
    assert exact.url() == "?start=2026-11-20T10:00:00.250Z&end=2026-11-20T10:00:00.251Z"
