"""/gateways/<gateway>/views/<view_id>/delete/"""

import pytest

from gateway_dash.sharing.models import SavedView
from tests.people import somebody
from tests.views.test_view_list import URL, save

pytestmark = pytest.mark.django_db


def others(django_user_model):
    """A view of somebody else."""
    lee = somebody("lee")
    return SavedView.objects.create(user=lee, gateway="prod-edge", name="theirs", query="success=false")


def test_a_view_is_forgotten_and_no_log_is_asked_about(person, wire):
    view, kept = save(person, "x"), save(person, "y")
    answer = person.post(f"{URL}{view.pk}/delete/", {"next": URL})
    assert answer["Location"] == URL
    assert list(SavedView.objects.all()) == [kept]
    assert wire.sent == []


def test_somebody_elses_view_and_another_gateways_are_not_there(person, django_user_model):
    theirs, mine = others(django_user_model), save(person, "mine")
    assert person.post(f"{URL}{theirs.pk}/delete/").status_code == 404
    assert person.post(f"/gateways/staging/views/{mine.pk}/delete/").status_code == 404
    assert person.post(f"{URL}{10**30}/delete/").status_code == 404
    assert SavedView.objects.count() == 2


def test_only_post_is_answered(person):
    view = save(person, "x")
    assert person.get(f"{URL}{view.pk}/delete/").status_code == 405
