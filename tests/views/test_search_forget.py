"""/gateways/<gateway>/searches/forget/, and which searches there are to forget"""

import pytest
from django.db import OperationalError
from django.test import Client

from gateway_dash.sharing import recent
from gateway_dash.sharing.models import RECENT_LIMIT, RecentSearch
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

URL = "/gateways/prod-edge/searches/forget/"


def noted():
    return list(RecentSearch.objects.order_by("-at", "-pk").values_list("query", flat=True))


def test_opened_searches_are_noted_once_the_newest_first(person):
    for query in ("?provider=openai", "?success=false&since=24h", "?provider=openai&sort=-model&per_page=20"):
        person.get(LOGS + query)
    assert noted() == ["provider=openai", "success=false&since=24h"]


@pytest.mark.parametrize(
    "query", ["", "?sort=-model", "?per_page=20", "?provider=openai&page=2", "?provider=openai&as_of=2026-11-23T10:00Z"]
)
def test_all_logs_and_later_pages_are_no_search(person, query):
    assert person.get(LOGS + query).status_code == 200
    assert noted() == []


def test_a_list_that_cannot_be_read_is_not_noted(person, upstream_answers):
    assert person.get(LOGS + "?providr=openai").status_code == 400
    assert noted() == []


def test_a_head_an_export_and_a_log_note_nothing(person, store):
    person.head(LOGS + "?provider=openai")
    person.get(LOGS.removesuffix("/") + ".csv?provider=openai")
    person.get(LOGS + store.ids("prod-edge")[0] + "/?provider=openai")
    assert noted() == []


def fragment(person, query, on_screen):
    url = f"http://testserver{LOGS}{on_screen}"
    return person.get(LOGS + query, headers=HTMX | {"HX-Current-URL": url})


def test_a_fragment_that_only_sorts_notes_nothing_and_one_that_filters_does(person):
    fragment(person, "?provider=openai&sort=-model", on_screen="?provider=openai&page=2&open=facets")
    assert noted() == []
    fragment(person, "?provider=groq", on_screen="?provider=openai")
    fragment(person, "?set_box=success:false", on_screen="?providr=unreadable")
    assert noted() == ["success=false", "provider=groq"]


def test_no_more_than_twenty_are_kept_and_one_that_comes_again_stays(person):
    person.get(LOGS + "?model=first")
    for number in range(RECENT_LIMIT):
        person.get(f"{LOGS}?model=m{number}")
        person.get(LOGS + "?model=first")
    assert len(noted()) == RECENT_LIMIT
    assert noted()[:2] == ["model=first", "model=m19"]
    assert "model=m0" not in noted()


def test_a_search_too_long_for_the_index_is_shown_and_not_noted(person):
    query = "?" + "&".join(f"model={'x' * 90}{number}" for number in range(40))
    assert person.get(LOGS + query).status_code == 200
    assert noted() == []


def test_a_database_that_cannot_be_written_is_logged_and_the_list_is_shown(person, monkeypatch, caplog):
    def fails(*_arguments):
        raise OperationalError("database is locked")

    monkeypatch.setattr(recent, "_keep", fails)
    answer = person.get(LOGS + "?provider=openai")
    assert answer.status_code == 200
    assert "data-log-id" in answer.text
    assert "A recent search could not be noted (OperationalError)." in caplog.messages


def test_they_are_sentences_in_the_menu_and_can_be_forgotten(person):
    person.get(LOGS + "?provider=openai")
    page = parse(person.get(LOGS + "?success=false"))
    menu = page.one(id="views-menu")
    assert "Calls from openai" in menu.text
    assert "Calls that failed" not in menu.text  # it is the list on the screen
    form = menu.one("form", action=URL)
    answer = person.post(URL, {"next": form.one("input", name="next")["value"]})
    assert answer["Location"] == LOGS + "?success=false"
    assert noted() == []


def test_each_person_has_their_own(person, django_user_model):
    other = Client()
    other.force_login(somebody("lee"))
    person.get(LOGS + "?provider=openai")
    other.get(LOGS + "?success=false")
    assert "Calls from openai" not in parse(other.get(LOGS)).one(id="views-menu").text
    assert "Calls that failed" not in parse(person.get(LOGS)).one(id="views-menu").text
    person.post(URL)
    assert set(RecentSearch.objects.values_list("user__username", flat=True)) == {"lee"}


def test_only_post_is_answered(person):
    assert person.get(URL).status_code == 405
