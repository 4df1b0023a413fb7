"""/gateways/<gateway>/views/<view_id>/rename/"""

import pytest

from tests.views.reading import parse
from tests.views.test_view_delete import others
from tests.views.test_view_list import URL, save

pytestmark = pytest.mark.django_db


def test_a_view_gets_another_name_and_stays_what_it_was(person):
    view = save(person, "old")
    answer = person.post(f"{URL}{view.pk}/rename/", {"name": "new", "next": URL})
    assert answer["Location"] == URL
    view.refresh_from_db()
    assert (view.name, view.query) == ("new", "success=false")


def test_a_name_that_is_taken_or_empty_is_refused(person):
    view, _other = save(person, "old"), save(person, "taken")
    for name, said in (("taken", "You have a view “taken” already"), ("", "“name” is empty")):
        answer = person.post(f"{URL}{view.pk}/rename/", {"name": name})
        assert answer.status_code == 400
        assert said in parse(answer).text
    view.refresh_from_db()
    assert view.name == "old"


def test_its_own_name_again_is_no_conflict(person):
    view = save(person, "old")
    assert person.post(f"{URL}{view.pk}/rename/", {"name": "old"}).status_code == 302


def test_somebody_elses_view_is_not_there(person, django_user_model):
    theirs = others(django_user_model)
    assert person.post(f"{URL}{theirs.pk}/rename/", {"name": "mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "theirs"


def test_only_post_is_answered(person):
    assert person.get(f"{URL}1/rename/").status_code == 405
