"""The audit trail: what is written, that it hangs together, and that nobody changes it."""

from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.team.models import AuditEntry, AuditHead
from tests.people import somebody

pytestmark = pytest.mark.django_db


def three():
    kim = somebody("kim")
    return [audit.record(kim, Event.KEPT, "prod-edge", log=f"log-{number}") for number in range(3)]


def verify(*noted):
    out = StringIO()
    call_command("verify_audit", *[f"--noted={each}" for each in noted], stdout=out)
    return out.getvalue()


def test_entries_are_numbered_without_a_gap_and_each_holds_the_digest_of_the_last():
    first, second, third = three()
    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == ("", first.digest, second.digest)


def test_a_whole_trail_is_unbroken():
    last = three()[-1]
    assert verify() == f"3 entries, unbroken. Keep this elsewhere: 3:{last.digest}\n"


def test_an_empty_trail_is_unbroken():
    assert "0 entries" in verify()


@pytest.mark.parametrize(
    "changed",
    [
        {"who": "lee"},
        {"what": "keep-mark-removed"},
        {"gateway": "staging"},
        {"facts": {"log": "other"}},
        {"address": "192.0.2.1"},
        {"person_id": 99},
    ],
)
def test_an_entry_that_was_changed_shows(changed):
    three()
    AuditEntry.objects.filter(number=2).update(**changed)
    with pytest.raises(CommandError, match=r"Entry 2 .*was changed"):
        verify()


def test_a_time_that_was_changed_shows():
    from datetime import timedelta

    two = three()[1]
    AuditEntry.objects.filter(number=2).update(at=two.at + timedelta(microseconds=1))
    with pytest.raises(CommandError, match="was changed"):
        verify()


def test_an_entry_that_was_changed_with_its_digest_shows_in_the_next():
    two = three()[1]
    two.who = "lee"
    AuditEntry.objects.filter(number=2).update(who="lee", digest=audit.digest_of(two))
    with pytest.raises(CommandError, match="Entry 3 does not follow on entry 2"):
        verify()


def test_an_entry_that_is_missing_in_the_middle_shows():
    three()
    AuditEntry.objects.filter(number=2).delete()
    with pytest.raises(CommandError, match="After entry 1 comes 3"):
        verify()


def test_an_end_that_was_cut_off_shows():
    three()
    AuditEntry.objects.filter(number=3).delete()
    with pytest.raises(CommandError, match="ends with entry 2, and should end with 3"):
        verify()


def test_an_end_that_was_cut_off_with_its_head_shows_by_what_was_noted_elsewhere():
    _one, two, three_ = three()
    AuditEntry.objects.filter(number=3).delete()
    AuditHead.objects.update(number=2, digest=two.digest)
    assert "2 entries" in verify()
    with pytest.raises(CommandError, match="Entry 3 was noted, and is not there"):
        verify(f"3:{three_.digest}")


def test_a_trail_that_was_written_anew_shows_by_what_was_noted_elsewhere():
    old = three()[1]
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    audit.record("kim", Event.KEPT, "prod-edge", log="x")
    audit.record("kim", Event.KEPT, "prod-edge", log="y")
    assert "2 entries" in verify()
    with pytest.raises(CommandError, match="Entry 2 is not the one that was noted"):
        verify(f"2:{old.digest}")


@pytest.mark.parametrize("noted", ["2", "x:y", "2:abc"])
def test_what_was_noted_has_to_be_readable(noted):
    with pytest.raises(CommandError, match="--noted takes"):
        verify(noted)


def test_the_models_refuse_to_change_or_remove_one():
    entry = three()[0]
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


@pytest.mark.parametrize("change", [lambda rows: rows.update(who="lee"), lambda rows: rows.delete()])
def test_the_database_refuses_too(change):
    three()
    migration = import_module("gateway_dash.team.migrations.0004_append_only")
    statements = {"sqlite": migration.SQLITE, "postgresql": migration.POSTGRESQL}[connection.vendor]
    with connection.cursor() as cursor:  # which tests do without: they have to empty their tables
        for statement in statements:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        change(AuditEntry.objects.filter(number=2))
    assert AuditEntry.objects.count() == 3


def test_the_trail_outlives_the_person():
    kim = somebody("kim")
    audit.record(kim, Event.KEPT, "prod-edge", log="one")
    number = kim.pk
    kim.delete()
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.person_id) == ("kim", number)
    assert "1 entries" in verify()


def test_long_facts_are_cut_and_say_so():
    entry = audit.record("kim", Event.KEPT, "prod-edge", log="x" * 5000, ids=[str(number) for number in range(900)])
    assert len(entry.facts["log"]) == audit.TEXT_LIMIT + 1
    assert entry.facts["ids"][-1] == "and 700 more"
    assert "1 entries" in verify()


def test_whatever_a_fact_is_the_digest_holds_after_it_was_kept():
    facts: dict[str, Any] = {"a": 0.1, "b": 10**15, "c": {"ü": ["\u2028", None, True]}, "d": "\ud800\x00", "e": 1e300}
    entry = audit.record("kim", Event.KEPT, "prod-edge", **facts)
    entry.refresh_from_db()
    assert audit.digest_of(entry) == entry.digest


@pytest.mark.parametrize(
    ("trusted", "sent", "expected"),
    [
        (False, {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, "192.0.2.7"),
        (True, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.1"}, "198.51.100.1"),
        (True, {"REMOTE_ADDR": "10.0.0.1"}, "10.0.0.1"),
        (False, {"REMOTE_ADDR": "<script>"}, ""),
        (True, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "<script>"}, ""),
    ],
)
def test_from_where_is_what_cannot_be_claimed(settings, trusted, sent, expected):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trust_proxy=trusted)
    request = RequestFactory().get("/", **sent)
    assert audit.note(request, Event.KEPT, "prod-edge").address == expected


def test_an_entry_is_not_taken_back_with_what_is_around_it(settings):
    request = RequestFactory().get("/")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), transaction.atomic():
        audit.note(request, Event.KEPT, "prod-edge")
