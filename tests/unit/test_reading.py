"""What cannot be read is refused by name, with the nearest thing that can: never a wider search."""

import pytest
from django.http import QueryDict

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import FILTERS_LIMIT, VALUES_LIMIT, known_names


def refusal(url: str) -> str:
    with pytest.raises(QueryError) as refused:
        LogQuery.read(QueryDict(url))
    return refused.value.message


BAD = [
    # a value that is missing, or not of the kind
    ("provider=", "provider"),
    ("provider=openai&provider=", "provider"),
    ("provider__not=", "provider__not"),
    ("metadata.user=", "metadata.user"),
    ("search=", "search"),
    ("id=", "id"),
    ("success=yes", "success"),
    ("success=True", "success"),
    ("success=1", "success"),
    ("cached=", "cached"),
    ("wholesale=null", "wholesale"),
    ("feedback=2", "feedback"),
    ("feedback=up", "feedback"),
    ("feedback=1.0", "feedback"),
    ("cost__gt=nan", "cost__gt"),
    ("cost__gt=inf", "cost__gt"),
    ("cost__lt=-Infinity", "cost__lt"),
    ("cost__gt=1e999", "cost__gt"),
    ("cost__gt=-1e999", "cost__gt"),
    ("cost__gt=", "cost__gt"),
    ("cost__gt=1_0", "cost__gt"),
    ("cost__gt=0x10", "cost__gt"),
    ("cost__gt=1,5", "cost__gt"),
    ("cost__gt= 1", "cost__gt"),
    ("cost__gt=1%0A", "cost__gt"),
    ("cost__gt=٣", "cost__gt"),
    ("tokens__gt=1.5", "tokens__gt"),
    ("tokens__gt=1e3", "tokens__gt"),
    ("tokens=٣", "tokens"),
    ("tokens=1234567890123456", "tokens"),
    ("duration__lt=--5", "duration__lt"),
    # two bounds where one can count
    ("cost__gt=1&cost__gt=2", "cost__gt"),
    ("cost__lt=1&cost__lt=2", "cost__lt"),
    ("start=2026-11-01&start=2026-10-01", "start"),
    ("created_at__gt=2026-11-01&start=2020-01-01", "start"),
    ("start=2026-11-01&created_at__gt=2020-01-01", "start"),
    ("created_at__lt=2026-11-01&end=2026-12-01", "end"),
    ("created_at=2026-11-01&start=2020-01-01", "start"),
    ("created_at=2026-11-01&created_at__lt=2026-12-01", "end"),
    ("page=1&page=2", "page"),
    ("sort=model&sort=-model", "sort"),
    ("search=a&search=b", "search"),
    ("since=1h&since=24h", "since"),
    # pages, order
    ("page=0", "page"),
    ("page=-1", "page"),
    ("page=1.5", "page"),
    ("page=٣", "page"),
    ("page=", "page"),
    ("page= 1", "page"),
    ("page=1000001", "page"),
    ("page=99999999999999999999999", "page"),
    ("per_page=51", "per_page"),
    ("per_page=0", "per_page"),
    ("per_page=٥٠", "per_page"),
    ("sort=cost", "sort"),
    ("sort=--model", "sort"),
    ("sort=", "sort"),
    # times
    ("since=0h", "since"),
    ("since=24x", "since"),
    ("since=24", "since"),
    ("since=-24h", "since"),
    ("since=1.5h", "since"),
    ("since=1٣h", "since"),
    ("since=99999w", "since"),
    ("since=", "since"),
    ("since=24h&start=2026-11-01", "since"),
    ("since=24h&end=2026-11-01", "since"),
    ("since=24h&created_at__lt=2026-11-01", "since"),
    ("since=24h&start=2026-11-01&end=2026-11-02&as_of=2026-11-02", "since"),
    ("start=2026-11-02&end=2026-11-01", "start"),
    ("start=2026-11-01&end=2026-11-01", "start"),
    ("start=2026-13-01", "start"),
    ("start=2026-02-30", "start"),
    ("start=yesterday", "start"),
    ("start=2026-11-01T25:00", "start"),
    ("start=2026-11-01T10:00:60", "start"),
    ("start=2026-11-01T10", "start"),
    ("start=2026-11-01Z", "start"),
    ("start=2026-11-01T10:00:00.1234Z", "start"),
    ("start=2026-11-01T10:00:00.123000001Z", "start"),
    ("start=2026-11-01T10:00:00 02:00", "start"),  # a plus that was not quoted
    ("start=٢٠٢٦-11-01", "start"),
    ("start=0001-01-01T00:00%2B14:00", "start"),
    ("end=9999-12-31T23:59:59.999Z", "end"),
    ("created_at=9999-12-31T23:59:59.999Z", "created_at"),
    ("as_of=", "as_of"),
    ("as_of=now", "as_of"),
    # metadata pairs
    ("metadata.=1", "metadata."),
    ("metadata.user__not=1", "metadata.user__not"),
    ("metadata.user__gt=1", "metadata.user__gt"),
    ("metadata.a%00b=1", "metadata.a"),
    ("metadata." + "k" * 101 + "=1", "metadata.kkk"),
    # characters that no filter can hold
    ("provider=a%00b", "provider"),
    ("provider=a%0Ab", "provider"),
    ("provider=%1B[31m", "provider"),
    ("provider=%7F", "provider"),
    ("provider=%FF", "provider"),  # no UTF-8: the server shows it as U+FFFD
    ("provider=%EF%BF%BD", "provider"),
    ("search=%00", "search"),
    ("metadata.user=%00", "metadata.user"),
    ("provider=" + "x" * 501, "provider"),
    # names that nobody knows
    ("filters=[]", "filters"),
    ("limit=10", "limit"),
    ("provider__gt=a", "provider__gt"),
    ("success__contains=t", "success__contains"),
    ("id__contains=0", "id__contains"),
    ("cost__contains=0", "cost__contains"),
    ("cost__gte=1", "cost__gte"),
    ("PROVIDER=openai", "PROVIDER"),
    ("metadata.key=user", None),
    ("metadata[user]=1", "metadata[user]"),
    ("__proto__=1", "__proto__"),
    ("=1", ""),
]


@pytest.mark.parametrize(("url", "name"), [each for each in BAD if each[1] is not None], ids=lambda text: text[:40])
def test_what_cannot_be_read_is_refused_by_name(url, name):
    assert f"“{name}" in refusal(url)


def test_metadata_key_as_the_api_spells_it_is_a_pair_of_that_name():
    query = LogQuery.read(QueryDict("metadata.key=user"))
    assert query.filters[0].is_pair  # the log's own key "key"; the API's key of that name is metadata_key


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("providr=openai", "provider"),
        ("Provider=openai", "provider"),
        ("models=gpt", "model"),
        ("cost__gte=1", "cost__gt"),
        ("tokens_int=5", "tokens_in"),
        ("perpage=20", "per_page"),
        ("user-agent=curl", "user_agent"),
        ("sinse=24h", "since"),
        ("metadatakey=user", "metadata_key"),
        ("created_at__gte=2026-11-01", "created_at__gt"),
    ],
)
def test_the_nearest_name_is_offered(typed, meant):
    assert f"Did you mean “{meant}”?" in refusal(typed)


def test_where_nothing_is_near_the_list_is_named():
    assert "listed under “Filter”" in refusal("zzzzzzzz=1")


def test_an_operator_that_a_filter_lacks_is_answered_with_those_it_has():
    assert "provider or provider__not or provider__contains" in refusal("provider__gt=a")
    assert "metadata.user or metadata.user__contains" in refusal("metadata.user__not=1")


def test_a_value_that_is_wrong_is_said_back_without_its_control_characters():
    message = refusal("success=" + "%1B[31m%E2%80%AEevil" + "x" * 500)
    assert "[31m" in message
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert len(message) < 200


def test_many_values_are_one_too_many_at_51():
    values = [f"provider=p{number}" for number in range(VALUES_LIMIT + 1)]
    assert "51 values" in refusal("&".join(values))
    assert len(LogQuery.read(QueryDict("&".join(values[1:]))).filters[0].values) == 50


def test_many_filters_are_one_too_many_at_21():
    filters = [f"metadata.k{number}=v" for number in range(FILTERS_LIMIT + 1)]
    assert "21 filters" in refusal("&".join(filters))
    assert len(LogQuery.read(QueryDict("&".join(filters[1:]))).filters) == 20


def test_the_same_bound_twice_is_refused_in_either_order():
    for url in ("created_at__gt=2026-11-01&start=2020-01-01", "start=2020-01-01&created_at__gt=2026-11-01"):
        assert "second time" in refusal(url)


@pytest.mark.parametrize(
    "url",
    [
        "page=1000000",
        "per_page=20",
        "cost__gt=.5",
        "cost__gt=1.",
        "cost__gt=1e-7",
        "cost__lt=-0.5",
        "tokens=-1",
        "since=1m",
        "since=3660d",
        "start=2026-11-01",
        "start=2026-11-01 10:00",
        "start=2026-11-01T10:00:00.120000Z",
        "start=2026-11-01T12:00:00%2B02:00",
        "provider=" + "x" * 500,
        "provider=%D8%A7%F0%9F%98%80",
        "metadata." + "k" * 100 + "=1",
        "metadata.a.b=1",
        "authentication=true",
    ],
)
def test_what_is_just_within_the_rules_is_read(url):
    assert not LogQuery.read(QueryDict(url)).is_bare or "page" in url


def test_every_known_name_is_known():
    for name in known_names():
        text = "2026-11-01" if name.startswith(("created_at", "start", "end", "as_of")) else "1"
        try:
            LogQuery.read(QueryDict(f"{name}={text}"))
        except QueryError as error:
            assert "is not a filter" not in error.message  # noqa: PT017 - only the reason matters here
