"""Box, address, query, API and sentence say the same: for generated queries, and judged by the emulated upstream."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_dash import upstream
from gateway_dash.gateway.box import read_box, read_one_filter, spell_box, spell_filter
from gateway_dash.gateway.filters import Filter, Fit
from gateway_dash.gateway.query import LogQuery, json_text
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.vocabulary import CONTAINS, EQ, GT, LT, NEQ, PAIR_PREFIX, VOCABULARY, pair_word
from gateway_dash.sandbox import Options, Sandbox, Store
from tests.conftest import GATEWAY

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), min_size=1, max_size=20)
VALUES = {
    "text": TEXT,
    "flag": st.booleans(),
    "number": st.integers(0, 10**9),
    "feedback": st.sampled_from([1, -1, 0, None]),
}
# From the published description, on purpose not from our own code.
SUFFIXES = {"": "eq", "__not": "neq", "__contains": "contains", "__lt": "lt", "__gt": "gt"}
RENAMED = {"metadata_key": "metadata.key", "metadata_value": "metadata.value"}


@st.composite
def filters(draw):
    """Any filter that the vocabulary can say, or one metadata pair."""
    names = [*VOCABULARY, *(f"{PAIR_PREFIX}{key}" for key in ("user", "a.b", "with blank", "ö"))]
    name = draw(st.sampled_from(names))
    kind = (pair_word(name) if name.startswith(PAIR_PREFIX) else VOCABULARY[name]).kind
    operator = draw(st.sampled_from(kind.operators))
    most = 1 if operator in (LT, GT) else 3
    values = draw(st.lists(VALUES[kind.name], min_size=1, max_size=most, unique_by=repr))
    return Filter(name, operator, tuple(kind.read(kind.spell(value)) for value in values))


@st.composite
def queries(draw):
    """Any query that an address can hold."""
    chosen = draw(st.lists(filters(), max_size=6, unique_by=lambda each: each.parameter))
    times = draw(
        st.sampled_from(
            [
                {},
                {"since": "24h"},
                {"start": NOW - timedelta(days=2)},
                {"start": NOW - timedelta(days=2, milliseconds=250), "end": NOW - timedelta(days=1)},
                {"end": NOW},
            ]
        )
    )
    search = draw(st.one_of(st.just(""), TEXT.map(str.strip).filter(bool)))
    return LogQuery(tuple(chosen), search=search, read_at=NOW, **times)


@given(queries())
def test_the_box_and_the_address_mean_the_same_query(query):
    by_address = LogQuery.read(QueryDict(query.url().removeprefix("?")), now=NOW)
    by_box = read_box(spell_box(query), LogQuery(read_at=NOW))
    assert by_address == query == by_box
    assert by_box.for_api() == by_address.for_api()


@given(queries())
def test_the_api_is_asked_for_what_stands_in_the_address(query):
    asked = json.loads(json_text(query.for_api()))
    found = [(each["key"], each["operator"], [_spelled(value) for value in each["value"]]) for each in asked]
    expected = []
    for name, values in _grouped(query.spelled()):
        suffix = next((each for each in SUFFIXES if each and name.endswith(each)), "")
        key = name.removesuffix(suffix) if suffix else name
        if key.startswith("metadata."):
            expected.append(("metadata.key", "eq", [key.removeprefix("metadata.")]))
            key = "metadata.value"
        expected.append((RENAMED.get(key, key), SUFFIXES[suffix], values))
    assert [each for each in found if each[0] != "created_at"] == expected
    bounds = [(operator, values[0]) for key, operator, values in found if key == "created_at"]
    assert [operator for operator, _ in bounds] == [
        name for name, moment in (("gt", query.begins), ("lt", query.ends)) if moment
    ]


@given(queries())
def test_the_sentence_names_every_value_and_says_not_where_it_is_meant(query):
    said = words(query)
    for filter_ in query.filters:
        if filter_.word.kind.name != "flag":
            assert all(filter_.word.kind.show(value) in said for value in filter_.values)
    negated = [each for each in query.filters if each.operator is NEQ and each.word.kind.name != "flag"]
    assert not negated or "not " in said
    if query.search:
        assert query.search in said
    assert said == words(read_box(spell_box(query), LogQuery(read_at=NOW)))


@given(filters())
def test_a_chip_sends_back_the_filter_that_it_shows(filter_):
    assert read_one_filter(spell_filter(filter_)) == filter_


# --- judged by the other side -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def logs():
    store = Store.seeded(300)
    account = upstream.connect(Sandbox(store, Options(budget=None)))
    yield account.logs(GATEWAY)
    store.close()


@pytest.fixture(scope="module")
def every_log(logs):
    first = logs.page(LogQuery())
    rest = [logs.page(first.at(number)) for number in range(2, first.pages + 1)]
    return [log for page in (first, *rest) for log in page.logs]


@settings(max_examples=150)
@given(data=st.data())
def test_the_upstream_finds_exactly_the_rows_that_the_query_fits(logs, every_log, data):
    def value_of(name):
        found = {word.value_in(log) for log in every_log if isinstance((word := VOCABULARY[name]).value_in(log), str)}
        return sorted(found)

    numbers = st.sampled_from([0, 1, 100, 1000, 20000])
    choices = st.one_of(
        st.builds(lambda v, o: Filter("provider", o, (v,)),
                  st.sampled_from(value_of("provider")), st.sampled_from([EQ, NEQ])),
        st.builds(lambda v: Filter("model", CONTAINS, (v[:4],)), st.sampled_from(value_of("model"))),
        st.builds(lambda v, o: Filter("model", o, tuple(v)),
                  st.lists(st.sampled_from(value_of("model")), min_size=1, max_size=3, unique=True),
                  st.sampled_from([EQ, NEQ])),
        st.builds(lambda v, o: Filter("success", o, (v,)), st.booleans(), st.sampled_from([EQ, NEQ])),
        st.builds(lambda v: Filter("cached", EQ, (v,)), st.booleans()),
        st.builds(lambda n, v, o: Filter(n, o, (v,)), st.sampled_from(["duration", "tokens", "tokens_in"]), numbers,
                  st.sampled_from([LT, GT])),
        st.builds(lambda v: Filter("metadata_key", EQ, (v,)), st.sampled_from(["user", "tenant", "team"])),
    )  # fmt: skip
    query = LogQuery(tuple(data.draw(st.lists(choices, max_size=3, unique_by=lambda each: each.parameter))))
    unknown = [log for log in every_log if any(_says_nothing(each, log) for each in query.filters)]
    page = logs.page(query)
    rows = [
        log for number in range(1, page.pages + 1) for log in (logs.page(page.at(number)) if number > 1 else page).logs
    ]
    assert page.misfits == 0
    expected = {log.id for log in every_log if query.fit(log) is Fit.YES} - {log.id for log in unknown}
    assert {log.id for log in rows} - {log.id for log in unknown} == expected


def _says_nothing(filter_, log):
    """A row that does not carry the field proves nothing, and the upstream leaves it out of comparisons."""
    value = filter_.word.value_in(log)
    return value is None or not isinstance(value, str | int | float | bool | list)


def _spelled(value):
    return "true" if value is True else "false" if value is False else "none" if value is None else str(value)


def _grouped(pairs):
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in ("since", "start", "end", "search", "sort", "per_page", "page", "as_of"):
            found.setdefault(name, []).append(value)
    return found.items()
