"""`manage.py demo_user`: the sandbox's user, and nobody else's."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from gateway_dash import upstream

pytestmark = pytest.mark.django_db


def made() -> str:
    """The password that the command printed."""
    out = StringIO()
    call_command("demo_user", stdout=out)
    return out.getvalue().split("password ")[1].split()[0]


def test_the_printed_password_signs_in_and_no_password_is_made_twice(sandbox):
    first, second = made(), made()
    assert first != second
    assert authenticate(username="demo", password=first) is None
    assert authenticate(username="demo", password=second)


def test_a_real_account_makes_no_demo_user_and_removes_the_sandboxs(sandbox, monkeypatch, django_user_model):
    made()
    monkeypatch.setattr(upstream, "is_sandbox", lambda: False)
    with pytest.raises(CommandError, match="createsuperuser"):
        call_command("demo_user")
    call_command("demo_user", remove=True)
    assert not django_user_model.objects.exists()


def test_a_person_who_is_called_demo_is_neither_removed_nor_given_a_password(sandbox, django_user_model):
    person = django_user_model.objects.create_user("demo", "demo@example.com", "a password of their own")
    with pytest.raises(CommandError, match="GATEWAY_DASH_DATA_DIR"):
        call_command("demo_user")
    call_command("demo_user", remove=True)
    person.refresh_from_db()
    assert person.check_password("a password of their own")
