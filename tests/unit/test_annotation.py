"""Verdict, score and metadata: what this form changed, on top of what the log says now."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway.annotation import Annotation, merge, standing, unkept
from gateway_dash.gateway.models import read_log

SCALAR = st.one_of(
    st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0]), st.sampled_from(["", "1", "true", "None", "kim"])
)
# Few keys and few values, so that the three states often meet; two keys are named like other parts of the form.
STATES = st.builds(
    Annotation,
    st.sampled_from([None, -1, 1]),
    st.sampled_from([None, 0, 50, 100]),
    st.dictionaries(st.sampled_from(["app", "user", "verdict", "metadata app", "score"]), SCALAR, max_size=4),
)
ABSENT = object()


def typed(value):
    """Equal only when JSON would be: True is not 1, "1" is not 1, but 1 is 1.0."""
    return (bool, value) if isinstance(value, bool) else (str, value) if isinstance(value, str) else (float, value)


def parts(state: Annotation) -> dict:
    found = {("metadata", key): typed(value) for key, value in state.metadata.items()}
    return found | {("feedback", ""): typed(state.feedback), ("score", ""): typed(state.score)}


def every_part(*states: Annotation):
    return dict.fromkeys(part for state in states for part in parts(state))


def get(state: Annotation, part):
    return parts(state).get(part, ABSENT)


@given(STATES, STATES, STATES)
def test_what_i_left_alone_is_theirs_and_what_i_changed_is_mine(seen, wanted, current):
    expected = merge(seen, wanted, current).expected
    for part in every_part(seen, wanted, current):
        mine_is_new = get(seen, part) != get(wanted, part)
        assert get(expected, part) == (get(wanted, part) if mine_is_new else get(current, part))


@given(STATES, STATES, STATES)
def test_it_is_a_conflict_only_when_both_changed_the_same_part_differently(seen, wanted, current):
    conflicts = {each.name for each in merge(seen, wanted, current).conflicts}
    both = {
        part
        for part in every_part(seen, wanted, current)
        if get(seen, part) != get(wanted, part) != get(current, part) != get(seen, part)
    }
    names = {"feedback": "verdict", "score": "score"}
    assert conflicts == {names.get(kind) or f"metadata {key}" for kind, key in both}


@given(STATES, STATES, STATES)
def test_a_part_that_they_changed_is_shown_once(seen, wanted, current):
    merged = merge(seen, wanted, current)
    shown = [each.name for each in (*merged.foreign, *merged.conflicts)]
    changed = [part for part in every_part(seen, current) if get(seen, part) != get(current, part)]
    assert len(shown) == len(set(shown)) == len(changed)


@given(STATES, STATES, STATES)
def test_only_changed_members_are_sent(seen, wanted, current):
    merged = merge(seen, wanted, current)
    for member in ("feedback", "score"):
        is_new = typed(getattr(merged.expected, member)) != typed(getattr(current, member))
        assert (member in merged.change) == is_new
    is_new = [typed(value) for _key, value in sorted(merged.expected.metadata.items())] != [
        typed(value) for _key, value in sorted(current.metadata.items())
    ] or merged.expected.metadata.keys() != current.metadata.keys()
    assert ("metadata" in merged.change) == is_new


@given(STATES, STATES)
def test_a_form_that_changed_nothing_sends_nothing(seen, current):
    merged = merge(seen, seen, current)
    assert merged.change == {}
    assert merged.conflicts == ()


@given(STATES, STATES, STATES, st.booleans())
def test_the_upstream_ends_where_it_is_expected_whether_it_replaces_or_merges(seen, wanted, current, merges):
    merged = merge(seen, wanted, current)
    change = msgspec.json.decode(msgspec.json.encode(merged.change))
    metadata = dict(current.metadata)
    if "metadata" in change:
        metadata = (metadata if merges and change["metadata"] is not None else {}) | (change["metadata"] or {})
    after = Annotation(change.get("feedback", current.feedback), change.get("score", current.score), metadata)
    dropped = current.metadata.keys() - merged.expected.metadata.keys()
    left = {each.name for each in unkept(merged.expected, after)}
    # A merging upstream keeps a key that was to go; this is told, and nothing else is ever different.
    assert left <= {f"metadata {key}" for key in dropped}
    assert merges or not left


@given(STATES)
def test_the_form_remembers_what_it_showed(state):
    again = Annotation.from_json(state.json())
    assert parts(again) == parts(state)


# --- single rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), (1, "1"), (True, "true"), ("", False), (0, "")])
def test_types_are_kept_apart(old, new):
    for before, after in ((old, new), (new, old)):
        state = Annotation(metadata={"k": before})
        merged = merge(state, Annotation(metadata={"k": after}), state)
        (sent,) = merged.change["metadata"].values()
        assert sent == after
        assert type(sent) is type(after)


def test_one_is_one_point_zero_as_in_json():
    state = Annotation(feedback=1.0, score=50.0, metadata={"k": 1})
    assert merge(state, Annotation(1, 50, {"k": 1.0}), state).change == {}


def test_the_apps_own_keys_travel_with_mine():
    state = Annotation(metadata={"tenant": "acme", "n": 1})
    merged = merge(state, Annotation(metadata={"tenant": "acme", "n": 1, "checked": True}), state)
    assert merged.change == {"metadata": {"tenant": "acme", "n": 1, "checked": True}}


def test_a_key_that_the_app_added_meanwhile_travels_too():
    seen = Annotation(metadata={"tenant": "acme"})
    merged = merge(
        seen, Annotation(metadata={"tenant": "acme", "mine": 1}), Annotation(metadata={"tenant": "acme", "new": 2})
    )
    assert merged.change == {"metadata": {"tenant": "acme", "mine": 1, "new": 2}}
    assert [each.name for each in merged.foreign] == ["metadata new"]


def test_a_verdict_alone_never_sends_the_metadata():
    state = Annotation(metadata={"tenant": "acme"})
    assert merge(state, Annotation(1, None, {"tenant": "acme"}), state).change == {"feedback": 1}


def test_taking_back_a_verdict_sends_null():
    state = Annotation(-1, 40, {})
    assert merge(state, Annotation(), state).change == {"feedback": None, "score": None}


def test_the_last_key_that_goes_clears_by_null():
    state = Annotation(metadata={"k": 1})
    assert merge(state, Annotation(), state).change == {"metadata": None}


def test_both_setting_the_same_is_no_conflict():
    merged = merge(Annotation(), Annotation(1), Annotation(1))
    assert (merged.conflicts, merged.change) == ((), {})


def test_both_taking_a_key_away_is_no_conflict():
    merged = merge(Annotation(metadata={"k": 1}), Annotation(), Annotation())
    assert (merged.conflicts, merged.change) == ((), {})


def test_a_conflict_shows_both_sides():
    (conflict,) = merge(Annotation(1), Annotation(-1), Annotation(None)).conflicts
    assert (conflict.name, conflict.theirs, conflict.mine) == ("verdict", None, -1)


def test_what_the_upstream_did_not_keep_is_told():
    (difference,) = unkept(Annotation(metadata={"k": True}), Annotation(metadata={"k": 1}))
    assert (difference.name, difference.theirs, difference.mine) == ("metadata k", 1, True)
    assert unkept(Annotation(1, 5, {"k": 1}), Annotation(1.0, 5, {"k": 1.0})) == ()
    assert [each.name for each in unkept(Annotation(), Annotation(metadata={"stays": 1}))] == ["metadata stays"]


# --- from a log, and from a form --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "metadata", [{"user": "kim", "vip": True, "n": 1}, '{"user": "kim", "vip": true, "n": 1}'], ids=["object", "text"]
)
def test_the_annotation_of_a_log_is_what_a_patch_can_carry(metadata):
    row = {"id": "a", "created_at": "2026-11-23T10:00:00Z", "feedback": -1, "score": 40, "metadata": metadata}
    assert Annotation.of(read_log(msgspec.json.encode(row))) == Annotation(-1, 40, {"user": "kim", "vip": True, "n": 1})


def test_values_that_a_patch_cannot_carry_are_left_out():
    row = {"id": "a", "created_at": "2026-11-23T10:00:00Z", "metadata": {"a": None, "b": [1], "c": {"d": 1}, "e": ""}}
    assert Annotation.of(read_log(msgspec.json.encode(row))).metadata == {"e": ""}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"feedback": "up"}', '{"metadata": []}',
                                  '{"metadata": {"a": [1]}}', "[" * 100_000])  # fmt: skip
def test_a_form_that_does_not_say_what_it_showed_is_refused(text):
    with pytest.raises(ValueError, match="does not say"):
        Annotation.from_json(text)


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        (Annotation(1, 5, {"a": 3, "other": True}), "after"),
        (Annotation(None, 7, {"a": 1}), "before"),
        (Annotation(1, 5, {"a": 1}), "other"),
        (Annotation(1, 5, {}), "other"),
        (Annotation(-1, 5, {"a": 3}), "other"),
        (Annotation(True, 5, {"a": 3}), "other"),
    ],
)
def test_only_the_parts_that_were_to_change_say_how_a_change_stands(now, stands):
    assert standing(Annotation(None, 5, {"a": 1}), Annotation(1, 5, {"a": 3}), now) == stands
