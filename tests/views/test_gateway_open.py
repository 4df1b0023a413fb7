"""/gateways/<gateway>/"""

import pytest

from gateway_dash.sharing.models import SavedView
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

URL = "/gateways/prod-edge/"


@pytest.fixture
def default(person, django_user_model):
    def make(query, gateway="prod-edge"):
        user = django_user_model.objects.get()
        return SavedView.objects.create(user=user, gateway=gateway, name="Mine", query=query, is_default=True)

    return make


def test_without_a_default_view_it_leads_to_all_logs(person, wire):
    assert person.get(URL)["Location"] == LOGS
    assert wire.sent == []


def test_a_default_view_is_opened_and_all_logs_stay_all_logs(person, default):
    default("provider=openai&since=24h&columns=time,model")
    assert person.get(URL)["Location"] == LOGS + "?provider=openai&since=24h&columns=time,model"
    assert "All calls" in person.get(LOGS).text


def test_the_default_of_another_gateway_or_person_is_not_used(person, default, django_user_model):
    view = default("provider=openai", gateway="staging")
    assert person.get(URL)["Location"] == LOGS
    view.gateway, view.user = "prod-edge", somebody("lee")
    view.save()
    assert person.get(URL)["Location"] == LOGS


def test_a_default_that_cannot_be_read_is_named_with_the_way_out_and_never_widened(person, default, wire):
    default("providr=openai")
    answer = person.get(URL)
    page = parse(answer).one("main")
    assert answer.status_code == 400
    assert "“Mine” cannot be read any more: “providr” is not a filter. Did you mean “provider”?" in page.text
    assert page.links()["All logs of this gateway"] == LOGS
    assert wire.sent == []


def test_the_ways_into_a_gateway_lead_here(person):
    gateways = parse(person.get("/gateways/")).one("main").links()
    assert gateways["prod-edge"] == URL
    nav = parse(person.get(LOGS)).one("nav", aria_label="Main").links()
    assert nav["Logs"] == URL


def test_only_get_is_answered(person):
    assert person.post(URL).status_code == 405
