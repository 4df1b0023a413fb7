"""What is kept is closed: under another key, under another name, or changed in a bit, it does not open."""

import pytest

from gateway_dash.gateway.sealing import Seal

SEAL = Seal("s" * 40, "answers")
CLOSED = SEAL.close(b"canary", "name")


def test_what_was_closed_opens_again():
    assert SEAL.open(CLOSED, "name") == b"canary"
    assert Seal("s" * 40, "answers").open(CLOSED, "name") == b"canary"


def test_nothing_of_it_can_be_read():
    assert b"canary" not in CLOSED
    assert SEAL.close(b"canary", "name") != CLOSED


@pytest.mark.parametrize("seal", [Seal("t" * 40, "answers"), Seal("s" * 40, "bodies")], ids=["key", "purpose"])
def test_another_key_or_purpose_opens_nothing_and_gives_other_names(seal):
    assert seal.open(CLOSED, "name") is None
    assert seal.name("a", "b") != SEAL.name("a", "b")


def test_it_opens_under_its_own_name_alone():
    assert SEAL.open(CLOSED, "other") is None


@pytest.mark.parametrize("at", range(len(CLOSED)))
def test_a_changed_byte_is_nothing(at):
    assert SEAL.open(CLOSED[:at] + bytes([CLOSED[at] ^ 1]) + CLOSED[at + 1 :], "name") is None


@pytest.mark.parametrize("length", range(len(CLOSED)))
def test_a_cut_one_is_nothing(length):
    assert SEAL.open(CLOSED[:length], "name") is None


def test_a_name_tells_nothing_and_keeps_its_parts_apart():
    assert "prod-edge" not in SEAL.name("prod-edge", "one")
    assert SEAL.name("a", "bc") != SEAL.name("ab", "c")
