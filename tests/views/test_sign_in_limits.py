"""/login/: how often one may try"""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gateway_dash.signin import throttle
from gateway_dash.signin.models import Try
from tests.views.reading import parse
from tests.views.signing_in import is_in, sign_in, somebody
from tests.views.test_headers import assert_guarded

pytestmark = pytest.mark.django_db
OF_A_NAME = throttle.LIMITS["name"].tries
OF_A_PLACE = throttle.LIMITS["place"].tries
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def kim(sandbox):
    return somebody()


def fail(client, name="kim", times=OF_A_NAME, **more):
    return [sign_in(client, name, "wrong", **more).status_code for _ in range(times)]


def test_after_five_wrong_ones_the_right_one_has_to_wait_too(client, caplog):
    assert fail(client) == [200] * 5
    answer = sign_in(client)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "gateway_dash.signin"]
    assert line.startswith("Too many tries to sign in")
    assert "kim" not in line
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= throttle.LIMITS["name"].seconds
    assert "Too many tries" in parse(answer).one("h1").text
    assert "5 minutes" in answer.text
    assert_guarded(answer)
    assert not is_in(client)


def test_a_name_that_nobody_has_gets_the_same_words(client):
    def words(name):
        assert fail(client, name) == [200] * 5
        answer = sign_in(client, name)
        return answer.status_code, parse(answer).one("main").text

    assert words("kim") == words("nobody")


def test_a_name_that_nobody_has_costs_the_same_work(client, monkeypatch):
    worked = []
    encode = MD5PasswordHasher.encode

    def noted(*given):
        worked.append(1)
        return encode(*given)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)

    def work(name):
        worked.clear()
        sign_in(client, name, "wrong")
        return len(worked)

    assert work("kim") == work("nobody") == 1


def test_while_one_waits_no_password_is_checked_and_nobody_is_told(client):
    heard = []

    def failed(sender, **_more):
        heard.append(1)

    user_login_failed.connect(failed)
    fail(client, times=OF_A_NAME + 3)
    user_login_failed.disconnect(failed)
    assert len(heard) == OF_A_NAME


def test_waiting_is_not_made_longer_by_trying(client):
    fail(client, times=OF_A_NAME + 10)
    assert Try.objects.filter(limit="name").count() == OF_A_NAME


def test_after_the_time_one_may_try_again(client):
    fail(client)
    assert sign_in(client).status_code == 429
    Try.objects.update(at=timezone.now() - timedelta(seconds=throttle.LIMITS["name"].seconds + 1))
    sign_in(client)
    assert is_in(client)


def test_a_right_password_does_not_count_and_forgives_nothing(client):
    for _ in range(4):
        fail(client, times=1)
        browser = Client()
        sign_in(browser)
        assert is_in(browser)
    assert fail(client, times=2) == [200, 429]


def test_it_is_the_same_name_however_it_is_spelled(client):
    for name in ("KIM", "Kim", "kim", "kIm", "kiM"):
        fail(client, name, times=1)
    assert sign_in(client).status_code == 429


def test_one_name_that_waits_keeps_no_other_out(client):
    fail(client)
    somebody("lee")
    sign_in(client, "lee")
    assert is_in(client)


# --- from one place


def test_many_names_from_one_place_have_to_wait(client):
    for number in range(OF_A_PLACE):
        assert fail(client, f"name{number}", times=1) == [200]
    assert sign_in(client).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    sign_in(elsewhere)
    assert is_in(elsewhere)


def test_what_a_visitor_says_about_the_place_is_not_believed(client):
    for number in range(OF_A_PLACE):
        fail(client, f"name{number}", times=1, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert sign_in(client, headers={"X-Forwarded-For": "192.0.2.200"}).status_code == 429


def test_of_a_trusted_proxy_the_last_address_counts(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(OF_A_PLACE):
        fail(client, f"name{number}", times=1, headers={"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.7"})
    assert sign_in(client, headers={"X-Forwarded-For": "192.0.2.8, 192.0.2.7"}).status_code == 429
    assert sign_in(client, headers={"X-Forwarded-For": "192.0.2.7, 192.0.2.8"}).status_code == 302


def test_the_proxy_is_trusted_as_the_operator_says(settings):
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    out = in_a_process(
        "from django.conf import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)",
        GATEWAY_DASH_TRUST_PROXY="on",
    )
    assert out == "1"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "0.0.0.0"),  # noqa: S104 - of a Unix socket
        ("nonsense", "0.0.0.0"),  # noqa: S104
    ],
)
def test_a_place_is_an_address_or_a_network_of_one_person(rf, address, place):
    assert throttle.place(rf.get("/", REMOTE_ADDR=address)) == place


# --- where it is counted


def test_an_emptied_cache_forgives_nothing(client):
    fail(client)
    cache.clear()
    assert sign_in(client).status_code == 429


def test_neither_name_nor_place_is_written_down(client):
    fail(client, "a-password-in-the-wrong-field", times=1)
    kept = str(list(Try.objects.values()))
    assert "a-password" not in kept
    assert "127.0.0.1" not in kept


def test_what_counts_no_more_is_removed(client):
    fail(client)
    Try.objects.update(at=timezone.now() - timedelta(days=2))
    fail(client, times=1)
    assert Try.objects.count() == 2


def in_a_process(script, **environ):
    """What a process of its own prints."""
    command = [sys.executable, "-c", f"import django; django.setup()\n{script}"]
    known = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "gateway_dash.settings", **environ}
    done = subprocess.run(command, env=known, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_two_processes_count_together(tmp_path):
    data = {"GATEWAY_DASH_DATA_DIR": str(tmp_path)}
    in_a_process("from django.core.management import call_command; call_command('migrate', verbosity=0)", **data)
    script = """
from gateway_dash.signin import throttle
for _ in range(3):
    print("waits" if throttle.take(name="kim").wait_s else "tries")
"""
    assert in_a_process(script, **data).split() == ["tries", "tries", "tries"]
    assert in_a_process(script, **data).split() == ["tries", "tries", "waits"]
