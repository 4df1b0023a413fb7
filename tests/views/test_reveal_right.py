"""`manage.py reveal_right`, and who has the right without it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.team.roles import READER
from tests.people import somebody

pytestmark = pytest.mark.django_db


def reread(users, name):
    return users.objects.get(username=name)  # rights are kept on the object that was asked


def test_the_right_is_given_and_taken_away(django_user_model):
    somebody("kim", READER)
    assert not may(reread(django_user_model, "kim"), Action.REVEAL, "prod-edge")
    call_command("reveal_right", "kim", stdout=StringIO())
    assert may(reread(django_user_model, "kim"), Action.REVEAL, "prod-edge")
    call_command("reveal_right", "kim", remove=True, stdout=StringIO())
    assert not may(reread(django_user_model, "kim"), Action.REVEAL, "prod-edge")


def test_who_is_not_there_gets_no_right(db):
    with pytest.raises(CommandError, match="There is no user kim"):
        call_command("reveal_right", "kim")


def test_the_demo_user_of_the_sandbox_has_it(sandbox, django_user_model):
    call_command("demo_user", stdout=StringIO())
    assert may(reread(django_user_model, "demo"), Action.REVEAL, "prod-edge")


def test_nobody_is_nobody():
    assert not may(None, Action.REVEAL, "prod-edge")
