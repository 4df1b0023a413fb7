"""/team/ and what lies under it"""

import httpx
import pytest
from django.contrib.auth.models import Group
from django.test import Client

from gateway_dash.team.actions import Action
from gateway_dash.team.models import Seat
from gateway_dash.team.rights import may
from gateway_dash.team.roles import ADMINISTRATOR, OPERATOR, READER, ROLES
from tests.conftest import LOGS
from tests.people import noted, somebody
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(sandbox):
    person = Client()
    person.force_login(somebody("root", ADMINISTRATOR))
    return person


@pytest.fixture
def kim(django_user_model):
    return somebody("kim", READER, email="kim@example.org")


def page_of(kim):
    return f"/team/people/{kim.pk}/"


def role(name):
    return str(Group.objects.get(name=name).pk)


def link_in(answer):
    """The address by which somebody chooses a password."""
    return answer.text.partition("http://testserver")[2].partition("<")[0]


def again(person):
    return type(person).objects.get(pk=person.pk)  # rights are kept on the object that was asked


def test_everybody_is_listed_with_their_roles(root, kim):
    Seat.objects.create(person=kim, role=Group.objects.get(name=OPERATOR), gateway="staging")
    row = next(row for row in parse(root.get("/team/")).one("tbody").all("tr") if "kim" in row.text)
    assert "Reader" in row.text
    assert "Operator in staging" in " ".join(row.text.split())
    assert "kim@example.org" in row.text
    assert "never" in row.text


def test_somebody_new_chooses_a_password_by_a_link_that_works_once(root):
    sent = {"name": "lou", "mail": "lou@example.org", "role": role(READER), "gateway": "staging"}
    url = root.post("/team/people/add/", sent)["Location"]
    link = link_in(root.post(url + "link/"))
    lou = Client()
    form = lou.get(link, follow=True)
    assert form.redirect_chain[-1][0].endswith("/set-password/")  # the token is in no address any more
    chosen = {"new_password1": "plover-quartz-mallet", "new_password2": "plover-quartz-mallet"}
    assert lou.post(form.redirect_chain[-1][0], chosen)["Location"] == "/login/"
    assert lou.post("/login/", {"username": "lou", "password": "plover-quartz-mallet"}).status_code == 302
    assert lou.get("/gateways/staging/logs/").status_code == 200
    assert lou.get(LOGS).status_code == 404
    assert "worth nothing any more" in Client().get(link, follow=True).text
    told = [what for _who, what, _facts in noted()]
    assert told[:3] == ["person-added", "password-link", "password-changed"]
    assert link.split("/")[-2] not in str(noted())


@pytest.mark.parametrize("password", ["short", "kimkimkimkim1", "password1234"])
def test_a_weak_password_is_refused(root, kim, password):
    link = link_in(root.post(page_of(kim) + "link/"))
    visitor = Client()
    url = visitor.get(link, follow=True).redirect_chain[-1][0]
    answer = visitor.post(url, {"new_password1": password, "new_password2": password})
    if password != "kimkimkimkim1":
        assert answer.status_code == 200
        assert parse(answer).all("p", class_="error")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "a b"}, "A name has letters"),
        ({"name": ""}, "A name has letters"),
        ({"name": "kim"}, "There is somebody of that name"),
        ({"name": "lou", "mail": "nobody"}, "no mail address"),
        ({"name": "lou", "role": "99999"}, "not there any more"),
        ({"name": "lou", "gateway": "Prod Edge"}, "small letters"),
        ({"name": "<script>alert(1)</script>"}, "A name has letters"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_not_lost(root, kim, django_user_model, sent, words):
    answer = root.post("/team/people/add/", sent)
    assert answer.status_code == 422
    page = parse(answer)
    assert words in page.text
    assert page.one("input", id="new-name")["value"] == sent["name"]
    assert "<script>alert" not in answer.text
    assert django_user_model.objects.count() == 2


def test_a_role_is_given_and_taken_away_and_both_are_noted(root, kim):
    root.post(page_of(kim) + "give/", {"role": role(OPERATOR), "gateway": "staging"})
    assert may(again(kim), Action.DELETE, "staging")
    assert not may(again(kim), Action.DELETE, "prod-edge")
    root.post(page_of(kim) + "take/", {"role": role(OPERATOR), "gateway": "staging"})
    assert not may(again(kim), Action.DELETE, "staging")
    root.post(page_of(kim) + "take/", {"role": role(READER)})
    assert not may(again(kim), Action.SEE, "staging")
    facts = {"person": "kim", "role": OPERATOR}
    assert noted("role-given") == [("root", "role-given", facts)]
    assert len(noted("role-taken")) == 2


def test_to_give_a_role_twice_is_to_give_it_once(root, kim):
    for _ in range(2):
        root.post(page_of(kim) + "give/", {"role": role(OPERATOR), "gateway": "staging"})
    assert Seat.objects.count() == 1


@pytest.mark.parametrize("action", ["give/", "take/", "switch/", "link/"])
def test_nobody_changes_their_own_rights(root, django_user_model, action):
    mine = page_of(django_user_model.objects.get(username="root"))
    answer = root.post(mine + action, {"role": role(OPERATOR), "on": "0"})
    assert answer.status_code == 422
    assert "your own rights" in answer.text
    assert not parse(root.get(mine)).all("form", action=mine + "give/")


@pytest.mark.parametrize("action", ["give/", "take/", "switch/", "link/"])
def test_a_superuser_is_changed_by_a_superuser_alone(root, django_user_model, action):
    above = page_of(django_user_model.objects.create_superuser("above"))
    sent = {"role": role(OPERATOR), "on": "1"}
    answer = root.post(above + action, sent)
    assert answer.status_code == 422
    assert "/password/" not in answer.text
    django_user_model.objects.filter(username="root").update(is_superuser=True)
    assert root.post(above + action, sent).status_code in (200, 303)


def test_who_is_switched_off_is_signed_out_with_the_next_request(root, kim):
    theirs = Client()
    theirs.force_login(kim)
    assert theirs.get(LOGS).status_code == 200
    root.post(page_of(kim) + "switch/", {"on": "0"})
    assert theirs.get(LOGS).status_code == 302
    assert root.post(page_of(kim) + "link/").status_code == 422
    root.post(page_of(kim) + "switch/", {"on": "1"})
    assert again(kim).is_active


def test_a_link_counts_for_nobody_who_is_switched_off_meanwhile(root, kim):
    link = link_in(root.post(page_of(kim) + "link/"))
    root.post(page_of(kim) + "switch/", {"on": "0"})
    visitor = Client()
    url = visitor.get(link, follow=True)
    chosen = {"new_password1": "plover-quartz-mallet", "new_password2": "plover-quartz-mallet"}
    visitor.post(url.redirect_chain[-1][0], chosen)
    assert visitor.post("/login/", {"username": "kim", "password": "plover-quartz-mallet"}).status_code == 200


def test_a_role_is_changed_for_everybody_who_has_it(root, kim):
    root.post(f"/team/roles/{role(READER)}/save/", {"right": ["see_logs", "see_payloads", "delete_logs"]})
    assert may(again(kim), Action.DELETE, "prod-edge")
    root.post(f"/team/roles/{role(READER)}/save/", {})
    assert not may(again(kim), Action.SEE, "prod-edge")
    first = noted("role-changed")[0][2]
    assert (first["before"], first["after"]) == (
        ["see_logs", "see_payloads"],
        ["see_logs", "see_payloads", "delete_logs"],
    )


def test_nobody_takes_their_own_right_to_administer_away(root):
    answer = root.post(f"/team/roles/{role(ADMINISTRATOR)}/save/", {"right": ["see_logs"]})
    assert answer.status_code == 422
    assert root.get("/team/").status_code == 200


def test_a_right_that_is_worth_nothing_alone_is_said_to_be(root):
    root.post("/team/roles/add/", {"name": "Odd"})
    root.post(f"/team/roles/{role('Odd')}/save/", {"right": ["delete_logs"]})
    assert "worth nothing here" in parse(root.get("/team/roles/")).text


def test_a_role_is_removed_when_nobody_has_it(root, kim):
    assert root.post(f"/team/roles/{role(READER)}/remove/").status_code == 422
    root.post(page_of(kim) + "take/", {"role": role(READER)})
    assert root.post(f"/team/roles/{role(READER)}/remove/").status_code == 303
    assert not Group.objects.filter(name=READER).exists()


@pytest.mark.parametrize("name", ["", "  ", READER, "a\u202eb", "x" * 81])
def test_a_role_needs_a_name_of_its_own(root, name):
    assert root.post("/team/roles/add/", {"name": name}).status_code == 422
    assert Group.objects.count() == len(ROLES)


def test_the_pages_work_while_the_upstream_is_gone(root, kim, wire):
    def gone(_request):
        raise httpx.ConnectError("nobody answers")

    wire.instead = gone
    assert root.get("/team/").status_code == 200
    assert root.get(page_of(kim)).status_code == 200
