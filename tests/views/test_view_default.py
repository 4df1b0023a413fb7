"""/gateways/<gateway>/views/default/"""

import pytest

from gateway_dash.sharing.models import SavedView
from tests.conftest import LOGS
from tests.views.reading import fields, parse
from tests.views.test_view_delete import others
from tests.views.test_view_list import URL, save

pytestmark = pytest.mark.django_db

DEFAULT = URL + "default/"


def forms(person, query):
    menu = parse(person.get(LOGS + query)).one(id="views-menu")
    return {each.one("button").text: each for each in menu.all("form", action=DEFAULT)}


def defaults():
    return list(SavedView.objects.filter(is_default=True).values_list("name", flat=True))


def test_a_view_becomes_the_default_from_its_menu_and_ceases_to_be_it(person):
    save(person, "x")
    form = forms(person, "?success=false")["Open prod-edge with this view"]
    assert person.post(DEFAULT, fields(form))["Location"] == LOGS + "?success=false"
    assert defaults() == ["x"]
    menu = parse(person.get(LOGS)).one(id="views-menu")
    assert menu.links()["x default"] == LOGS + "?success=false"
    form = forms(person, "")["Open prod-edge with all logs again"]
    person.post(DEFAULT, fields(form))
    assert defaults() == []
    assert forms(person, "") == {}


def test_another_default_takes_the_place_of_the_first(person):
    for name in ("x", "y"):
        person.post(DEFAULT, {"view": save(person, name).pk})
    assert defaults() == ["y"]


@pytest.mark.parametrize("view", ["x", "-1", "²", "9" * 19])
def test_what_is_no_view_is_refused_and_the_default_stays(person, view):
    person.post(DEFAULT, {"view": save(person, "x").pk})
    assert person.post(DEFAULT, {"view": view}).status_code == 400
    assert defaults() == ["x"]


def test_somebody_elses_view_is_not_there_and_theirs_stays_theirs(person, django_user_model):
    theirs = others(django_user_model)
    SavedView.objects.update(is_default=True)
    assert person.post(DEFAULT, {"view": theirs.pk}).status_code == 404
    person.post(DEFAULT, {"view": ""})
    assert defaults() == ["theirs"]


def test_only_post_is_answered(person):
    assert person.get(DEFAULT).status_code == 405
