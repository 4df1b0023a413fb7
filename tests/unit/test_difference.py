"""Two texts side by side: nothing is lost, nothing is invented, and hostile ones cost no more than the caps."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload import difference as module
from gateway_dash.payload.alignment import Run, aligned, changed_words, tokens, whole
from gateway_dash.payload.difference import (
    CONTEXT_LINES,
    FOLD_FROM,
    LONG_LINE,
    LONGEST_PART,
    MOST_CHARACTERS,
    MOST_LINES,
    compare,
)

# Few signs, so that equal lines and words are frequent; and all that parts lines and words.
LINES = st.text(st.sampled_from('ab \n\r\t,.{}"\\nä日\u0301🧑\u200d\x00\u202e'), max_size=200)
ANY = st.one_of(LINES, st.text(max_size=200))
LONG = st.builds(lambda text, times: text * times, st.text('ab," .!\\n', min_size=1, max_size=30), st.integers(1, 90))


def side(found, which):
    """One text as the rows have it."""
    sides = [getattr(row, which) for row in found.rows]
    return "".join(each.line.text + each.line.end for each in sides if each)


def both(row):
    """The two sides of a row that has two."""
    assert row.left
    assert row.right
    return row.left, row.right


def marks(line):
    """The runs of a side, with brackets around what was changed."""
    return "".join(f"[{run.text}]" if run.is_changed else run.text for run in line.runs)


def rows(left, right):
    """Each row: its kind and both sides with their marks."""
    return [
        (row.kind, marks(row.left) if row.left else None, marks(row.right) if row.right else None)
        for row in compare(left, right).rows
    ]


# --- whatever the texts are


@given(st.one_of(ANY, LONG), st.one_of(ANY, LONG))
def test_the_rows_hold_both_texts_and_nothing_else(left, right):
    found = compare(left, right)
    assert found.is_whole
    assert (side(found, "left"), side(found, "right")) == (left, right)


@given(st.one_of(ANY, LONG), st.one_of(ANY, LONG))
def test_the_runs_of_a_line_are_the_line(left, right):
    for row in compare(left, right).rows:
        for each in (row.left, row.right):
            assert each is None or "".join(run.text for run in each.runs) == each.line.text


@given(st.one_of(ANY, LONG))
def test_equal_texts_give_no_change(text):
    found = compare(text, text)
    assert found.places == 0
    assert {row.kind for row in found.rows} <= {"same"}
    assert not any(run.is_changed for row in found.rows for each in both(row) for run in each.runs)


@given(ANY, ANY)
def test_texts_without_a_change_are_equal(left, right):
    assert (compare(left, right).places == 0) == (left == right)


@given(ANY, ANY)
def test_only_equal_lines_are_called_equal_and_only_others_changed(left, right):
    for row in compare(left, right).rows:
        sides = [each and each.line.text + each.line.end for each in (row.left, row.right)]
        assert (row.kind == "same") == (sides[0] == sides[1])
        assert (row.kind == "left") == (sides[1] is None)
        assert (row.kind == "right") == (sides[0] is None)


@given(ANY, ANY)
def test_what_is_not_marked_is_equal_on_both_sides(left, right):
    for row in compare(left, right).rows:
        if row.kind != "changed":
            continue
        plain = ["".join(run.text for run in each.runs if not run.is_changed) for each in both(row)]
        assert plain[0] == plain[1] or not plain[0].strip() or not plain[1].strip()  # but for the indentation


@given(st.lists(st.text("abc", max_size=2)), st.lists(st.text("abc", max_size=2)))
def test_the_stretches_cover_both_sequences_in_turn(left, right):
    found = list(aligned(left, right))
    assert [each for change in found for each in left[change.left]] == left
    assert [each for change in found for each in right[change.right]] == right
    assert all(left[change.left] == right[change.right] for change in found if change.is_equal)
    assert all(one.is_equal != other.is_equal for one, other in pairwise(found))


@given(st.text())
def test_tokens_are_the_text(text):
    assert "".join(tokens(text)) == text


# --- folds


@given(st.lists(st.booleans(), max_size=60))
def test_equal_lines_are_folded_but_for_three_around_a_change(changes):
    left = "".join(f"line {at}\n" for at in range(len(changes)))
    right = "".join(f"{'word' if changed else 'line'} {at}\n" for at, changed in enumerate(changes))
    near = [any(changes[max(0, at - CONTEXT_LINES) : at + CONTEXT_LINES + 1]) for at in range(len(changes))]
    for block in compare(left, right).blocks:
        places = [both(row)[0].line.number - 1 for row in block.rows]
        if block.is_folded:
            assert len(places) >= FOLD_FROM
            assert not any(near[at] for at in places)
        else:
            hidden = [at for at in places if not near[at]]
            assert not any(after - before == 1 for before, after in pairwise(hidden)), "two lines could be folded"


def test_a_fold_is_what_lies_between():
    left = [f"{number}\n" for number in range(20)]
    right = [*left[:10], "new\n", *left[10:]]
    found = compare("".join(left), "".join(right))
    assert [(block.is_folded, len(block.rows)) for block in found.blocks] == [(True, 7), (False, 7), (True, 7)]


def test_equal_texts_are_one_fold():
    [block] = compare("a\nb\nc\n", "a\nb\nc\n").blocks
    assert block.is_folded


def test_a_single_line_is_not_folded():
    [block] = compare("a\n", "a\n").blocks
    assert not block.is_folded


def test_nothing_beside_nothing_is_no_row():
    found = compare("", "")
    assert (found.blocks, found.places, found.is_whole) == ((), 0, True)


# --- lines


def test_lines_on_one_side_stand_alone():
    assert rows("a\nc\n", "a\nb\nc\n") == [("same", "a", "a"), ("right", None, "[b]"), ("same", "c", "c")]
    assert rows("a\nb\nc\n", "a\nc\n") == [("same", "a", "a"), ("left", "[b]", None), ("same", "c", "c")]


def test_members_of_objects_are_paired_by_their_names():
    left = json.dumps({"model": "gpt", "stream": True, "top_p": 1, "user": "kim"}, indent=2)
    right = json.dumps({"model": "claude", "top_p": 2, "user": "sam"}, indent=2)
    assert rows(left, right)[1:-1] == [
        ("changed", '  "model": "[gpt]",', '  "model": "[claude]",'),
        ("left", '  ["stream": true,]', None),
        ("changed", '  "top_p": [1],', '  "top_p": [2],'),
        ("changed", '  "user": "[kim]"', '  "user": "[sam]"'),
    ]


def test_lines_are_numbered_on_each_side():
    found = compare("a\nb\nc\n", "b\nc\nd\n")
    numbers = [(row.left and row.left.line.number, row.right and row.right.line.number) for row in found.rows]
    assert numbers == [(1, None), (2, 1), (3, 2), (None, 3)]


def test_lines_that_only_end_in_another_way_say_so():
    [row] = compare("same\r\n", "same\n").rows
    assert (row.kind, row.only_ends) == ("changed", True)
    assert [each.line.end for each in both(row)] == ["\r\n", "\n"]
    [row] = compare("same", "same\n").rows
    assert row.only_ends
    [row] = compare("one", "two\n").rows
    assert not row.only_ends


def test_places_are_stretches_and_not_lines():
    found = compare("a\nb\nc\nd\ne\n", "A\nB\nc\nD\ne\nf\n")
    assert found.places == 3
    assert (found.changed, found.only_left, found.only_right) == (3, 0, 1)


# --- long lines


def parts(text):
    return [each.line.text for row in compare(text, text).rows for each in both(row)]


def test_a_long_line_is_compared_in_parts():
    """A prompt is one line of JSON, however long it is."""
    before = '"content": "' + "\\n".join(f"Rule {number}. Be kind to everybody who asks." for number in range(40)) + '"'
    after = before.replace("Rule 20.", "Rule twenty.")
    assert len(before) > LONG_LINE
    found = compare(before, after)
    assert found.places == 1
    assert [marks(row.right) for row in found.rows if row.kind == "changed"] == ["Rule [twenty]. "]
    assert [block.is_folded for block in found.blocks] == [True, False, True]
    lines = [both(row)[0].line for row in found.rows]
    assert {line.number for line in lines} == {1}
    assert [line.goes_on for line in lines] == [False] + [True] * (len(lines) - 1)


def test_what_is_put_into_a_long_line_moves_no_part_behind_it():
    body = "".join(f"Sentence number {number} of them. " for number in range(100))
    found = compare(body, "A new one. " + body)
    assert (found.places, found.only_right, found.changed) == (1, 1, 0)


def test_no_part_is_long():
    for text in ("x" * 10_000, "\\n" * 10_000, "a, " * 5000, '",' * 5000):
        assert all(len(each) <= LONGEST_PART for each in parts(text))


def test_a_part_ends_behind_a_word_where_there_are_blanks():
    assert all(part.endswith(("some ", "words ")) for part in parts("some words " * 500))


# --- words


def words(left, right):
    return tuple(
        "".join(f"[{run.text}]" if run.is_changed else run.text for run in runs)
        for runs in changed_words(tokens(left), tokens(right))
    )


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("the cat sat", "the dog sat", ("the [cat] sat", "the [dog] sat")),
        ("is the weather in Paris?", "is the weather in Rome today?", (
            "is the weather in [Paris]?", "is the weather in [Rome today]?")),
        ("snake_case stays whole", "snake_name stays whole", ("[snake_case] stays whole", "[snake_name] stays whole")),
        ("日本語のログ", "日本語の本", ("日本語の[ログ]", "日本語の[本]")),
        ("cafe\u0301 au lait", "cafe au lait", ("[cafe\u0301] au lait", "[cafe] au lait")),
        ("👩🏽‍💻 writes code", "👩 writes code", ("[👩🏽‍💻] writes code", "[👩] writes code")),
        ("same start one", "same start", ("same start[ one]", "same start")),
    ],
)  # fmt: skip
def test_changed_words_are_marked(left, right, marked):
    assert words(left, right) == marked


def test_lines_with_hardly_anything_in_common_are_marked_as_a_whole():
    assert words("the quick brown fox, it jumps", "of mice, and of men: it was so") == (
        "[the quick brown fox, it jumps]",
        "[of mice, and of men: it was so]",
    )


def test_a_blank_between_two_changed_words_is_changed_with_them():
    assert words("keep red green keep", "keep blue grey keep") == ("keep [red green] keep", "keep [blue grey] keep")


def test_the_indentation_of_a_whole_line_is_not_marked():
    assert whole("   word ") == (Run("   ", False), Run("word ", True))
    assert whole("   ") == (Run("   ", True),)
    assert whole("") == ()


# --- bounds


HOSTILE = {
    "empty lines": ("\n" * 500_000, "\n" * 500_000),
    "no equal line": ("a\n" * 200_000, "b\n" * 200_000),
    "one long line": ("x" * 500_000, "y" * 500_000),
    "words in turn": ("a b " * 100_000, "a c " * 100_000),
    "signs": (". " * 200_000, ", " * 200_000),
    "escapes": ("\\n" * 200_000, "\\n" * 199_999 + "x"),
    "openings": ("".join(f"{n}:\n" for n in range(90_000)), "".join(f"{n}:\n" for n in range(90_000, 0, -1))),
}  # fmt: skip


@pytest.mark.parametrize(("left", "right"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_compared_as_far_as_the_caps_and_that_is_said(left, right):
    found = compare(left, right)
    assert not found.is_whole
    assert found.lengths == (len(left), len(right))
    assert all(length <= MOST_CHARACTERS for length in found.compared)
    assert sum(1 for _ in found.rows) <= 2 * MOST_LINES
    assert (side(found, "left"), side(found, "right")) == (left[: found.compared[0]], right[: found.compared[1]])


@pytest.mark.parametrize(("left", "right"), HOSTILE.values(), ids=HOSTILE)
def test_never_more_than_the_capped_items_are_aligned(left, right, monkeypatch):
    """What the work grows with: the product of the lengths that the library is given."""
    sizes = []

    def noting(ours, theirs):
        sizes.append((len(ours), len(theirs)))
        return aligned(ours, theirs)

    monkeypatch.setattr(module, "aligned", noting)
    compare(left, right)
    assert sizes
    assert all(max(size) <= MOST_LINES for size in sizes)
    assert sum(one * other for one, other in sizes) <= 2 * MOST_LINES**2


def test_too_many_words_leave_whole_lines_and_that_is_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_WORDS", 40)
    left = "".join(f"{number}: this line is here\n" for number in range(10))
    found = compare(left, left.replace("is here", "was there"))
    assert not found.has_all_words
    assert found.is_whole
    marked = [marks(row.left) for row in found.rows]
    assert marked[0] == "0: this line [is here]"
    assert marked[-1] == "[9: this line is here]"
    assert side(found, "left") == left


def test_once_words_are_given_up_no_later_line_has_them(monkeypatch):
    """Else a reader would take the short lines for the only ones that changed a little."""
    monkeypatch.setattr(module, "MOST_WORDS", 30)
    found = compare(
        "a: one two\n" + "b: " + "word " * 40 + "\nc: one two\n", "a: one 2\n" + "b: " + "Word " * 40 + "\nc: one 2\n"
    )
    assert [marks(row.left)[:9] for row in found.rows] == ["a: one [t", "[b: word ", "[c: one t"]


def test_a_text_within_the_caps_has_all_its_words():
    found = compare("a b\n" * 100, "a c\n" * 100)
    assert found.has_all_words
    assert found.is_whole
