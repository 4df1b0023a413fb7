"""How much travels until the list stands for the first time."""

import pytest

from gateway_dash.sandbox import Store
from tests.conftest import LOGS
from tests.views.first_load import collected, first_load

pytestmark = pytest.mark.django_db

ALL_BYTES, SCRIPT_BYTES = 60_000, 30_000


@pytest.fixture
def store():
    store = Store.seeded(2000)
    yield store
    store.close()


@pytest.mark.parametrize("query", ["", "?provider=openai&since=7d", "?open=facets"])
def test_the_first_list_is_under_60_kilobytes_and_our_scripts_under_30(person, tmp_path, query):
    with collected(tmp_path):
        found = first_load(person, LOGS + query, tmp_path)
    assert found["htmx"] > 10_000  # it was looked at
    assert found["scripts"] < SCRIPT_BYTES, found
    assert sum(found.values()) < ALL_BYTES, found
