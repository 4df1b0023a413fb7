"""Text of many or very long lines, cut so that a browser can lay it out, and put together again when it is copied."""

from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.web.text import LONGEST_RUN, MOST_LINES, marked, pieces_by_line, runs_by_line

NASTY = "ab \n\r\t\x00\x1b\u202e\u200d\ufe0f漢é\u0301\U0001f468\U0001f3fd⟦⟧"


def together(lines):
    return ["".join(piece.text for run in line for piece in run) for line in lines]


@given(st.text(st.sampled_from(NASTY)), st.integers(1, 300))
def test_the_runs_of_a_line_are_the_line(text, times):
    text *= times
    lines = runs_by_line(text)
    assert together(lines) == ["".join(piece.text for piece in line) for line in pieces_by_line(text)]
    assert max(sum(len(piece.text) for piece in run) for line in lines for run in line) <= LONGEST_RUN


def test_a_long_line_stays_one_line():
    lines = runs_by_line("a" * 2500 + "\nb")
    assert [len(line) for line in lines] == [3, 1]


def test_a_cut_goes_through_nothing_that_belongs_together():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for before in range(6):
        first, second = runs_by_line("a" * (LONGEST_RUN - before) + family + "b" * 10)[0]
        assert "".join(piece.text for piece in first + second).count(family) == 1
        assert any(family in piece.text for piece in first + second)
    (line,) = runs_by_line("a" * (LONGEST_RUN - 3) + "\u202e" * 2)
    assert [piece.text for run in line for piece in run if piece.is_mark] == ["⟦U+202E ×2⟧"]


def test_very_many_lines_end_in_one_that_holds_the_others():
    text = "".join(f"{number}\r\n" for number in range(MOST_LINES + 300)) + "the \x00 end"
    lines = runs_by_line(text)
    assert len(lines) == MOST_LINES + 1
    assert "\n".join(together(lines)) == marked(text, lines=True)


def test_as_many_lines_as_may_have_a_number_have_one():
    assert len(runs_by_line("x\n" * (MOST_LINES - 1))) == MOST_LINES - 1
