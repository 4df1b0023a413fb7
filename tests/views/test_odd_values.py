"""What no database takes, in place of each value that is sent: it is refused in words, or kept as it can be."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client

from tests.people import somebody
from tests.views.crawl import BEFORE, EXAMPLES, WITH_TOKEN, bearer, data

pytestmark = pytest.mark.django_db

ODD = {"a NUL": "a\x00b", "too long": "x" * 5000, "too large": "9" * 40, "below all": "-" + "9" * 40}
QUERIES = {name: url for name, (method, url) in EXAMPLES.items() if method == "get" and "?" in url}
FORMS = sorted(name for name, (method, _url) in EXAMPLES.items() if method == "post")


@pytest.fixture
def person(bare_store, sandbox):
    """An administrator, before two logs."""
    for log_id in ("one", "two"):
        bare_store.add({"id": log_id, "created_at": "2026-11-20T10:00:00.250Z", "provider": "openai"})
    found = Client()
    found.force_login(somebody("kim", "Administrator"))
    return found


def is_an_answer(answer: Any) -> bool:
    return bool(answer.status_code < 500)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", FORMS)
def test_a_form_with_an_odd_value_is_answered(person: Client, name: str, odd: str):
    sent = data(person, name)
    for field in sent or ("name", "why", "id", "typed"):
        assert is_an_answer(person.post(EXAMPLES[name][1], {**sent, field: odd})), field


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", sorted(QUERIES))
def test_an_address_with_an_odd_value_is_answered(person: Client, name: str, odd: str):
    if name in BEFORE:
        data(person, name)
    parts = urlsplit(QUERIES[name])
    known = parse_qsl(parts.query)
    headers = bearer(person) if name in WITH_TOKEN else {}
    for at, (parameter, _value) in enumerate(known):
        query = [*known[:at], (parameter, odd), *known[at + 1 :]]
        assert is_an_answer(person.get(f"{parts.path}?{urlencode(query)}", headers=headers)), parameter


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_the_trail_is_searched_for_an_odd_value(person: Client, odd: str):
    for parameter in ("who", "what", "gateway", "since", "before", "until", "after"):
        assert is_an_answer(person.get(f"/audit/?{urlencode({parameter: odd})}")), parameter


@pytest.mark.parametrize("odd", [10**9, 10**18, 10**30])
def test_an_address_with_a_number_that_no_row_has_is_answered(person: Client, odd: int):
    for name, (method, url) in EXAMPLES.items():
        numbered = [part for part in url.split("/") if part in ("1", "900")]
        if numbered:
            path = url.replace(f"/{numbered[0]}", f"/{odd}", 1)
            answer = person.post(path) if method == "post" else person.get(path)
            assert is_an_answer(answer), name
