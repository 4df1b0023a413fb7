"""/healthz"""

import pytest

from tests.views.reading import HTMX

URL = "/healthz"


@pytest.mark.django_db
def test_it_asks_neither_database_nor_upstream(client, wire, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(URL)
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert wire.sent == []


@pytest.mark.django_db
def test_a_session_cookie_costs_no_query_either(person, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert person.get(URL, headers=HTMX).status_code == 200


def test_it_answers_without_a_database(client):
    """Not marked with django_db: any query would fail here."""
    assert client.get(URL).status_code == 200


def test_it_needs_no_login_and_sets_no_cookie(client):
    assert not client.get(URL).cookies


def test_a_load_balancer_may_ask_with_head(client):
    answer = client.head(URL)
    assert (answer.status_code, answer.content) == (200, b"")


def test_it_takes_nothing(client):
    assert client.post(URL).status_code == 405
