"""Text of strangers: what is marked, what is left alone, and what leaves the page for a spreadsheet or a terminal."""

import unicodedata
from time import perf_counter

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.web.text import (
    STYLED_MARKS,
    Piece,
    clean,
    formula_safe,
    marked,
    pieces,
    pieces_by_line,
    shorten,
    terminal_safe,
)

# Any code point, lone surrogates among them, and often those that matter here.
NASTY = "\x00\x07\x08\t\n\r\x1b\x7f\x85\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066"
NASTY += (
    "\u2069\ufe0f\ufeff\ufff9\uffff\U000e0041\U000e0100\ud83d\ude00\u2764\u0645\u0915\u094d\U0001f468\U0001f3fd⟦⟧×…1"
)
ANY_TEXT = st.text(st.one_of(st.sampled_from(NASTY), st.characters(exclude_categories=())))
PRINTABLE_ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


# --- marks


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a⟦ESC⟧[31mb"),
        ("a\x00b", "a⟦NUL⟧b"),
        ("a\x7fb\x9bc", "a⟦DEL⟧b⟦U+009B⟧c"),
        ("one\ntwo\tthree", "one⟦LF⟧two⟦TAB⟧three"),
        ("user\u202egnp.exe", "user⟦U+202E⟧gnp.exe"),
        ("\u2067a\u2069", "⟦U+2067⟧a⟦U+2069⟧"),
        ("pass\u200bword", "pass⟦U+200B⟧word"),
        ("\ufeff{}", "⟦BOM⟧{}"),
        ("a\u2028b", "a⟦U+2028⟧b"),
        ("so\u00adft", "so⟦U+00AD⟧ft"),
        ("x\u3164y", "x⟦U+3164⟧y"),
        ("hi\U000e0041\U000e0042", "hi⟦U+E0041⟧⟦U+E0042⟧"),
        ("a\ufe0fb\U000e0100", "a⟦U+FE0F⟧b⟦U+E0100⟧"),
        ("\ufdd0\U0001ffff", "⟦U+FDD0⟧⟦U+1FFFF⟧"),
        ("half \ud83d", "half ⟦U+D83D⟧"),
    ],
)
def test_what_cannot_be_seen_becomes_a_mark(text, shown):
    assert marked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain, with \u00e9, \u6f22\u5b57 and 5\u00a0\u20ac",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 family",
        "\u2764\ufe0f\u200d\U0001f525 heart on fire",
        "1\ufe0f\u20e3 key cap",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 Persian",
        "\u0915\u094d\u200d\u0937 Hindi",
        "\u05e9\u05dc\u05d5\u05dd Hebrew",
    ],
)
def test_honest_text_is_left_alone(text):
    assert marked(text) == text


def test_with_lines_only_line_ends_and_tabs_are_let_through():
    assert marked("a\r\n\tb\rc\x0bd", lines=True) == "a\n\tb⟦CR⟧c⟦VT⟧d"


def test_the_same_mark_many_times_is_counted_instead():
    assert marked("\x00" * 412) == "⟦NUL ×412⟧"


def test_marks_that_touch_are_one_piece_and_say_what_they_stand_for():
    assert pieces("a\u202eb\x00\x01c") == [
        Piece("a"),
        Piece("⟦U+202E⟧", is_mark=True, title="right-to-left override"),
        Piece("b"),
        Piece("⟦NUL⟧⟦SOH⟧", is_mark=True),
        Piece("c"),
    ]


def test_a_text_of_marks_alone_does_not_become_a_page_of_elements():
    assert pieces("a\x00" * STYLED_MARKS * 2) == [Piece("a⟦NUL⟧" * STYLED_MARKS * 2)]


def test_lines_keep_their_number_and_a_last_line_end_opens_none():
    assert pieces_by_line("a\r\n\r\n\x1bb\n") == [[Piece("a")], [], [Piece("⟦ESC⟧", is_mark=True), Piece("b")]]
    assert pieces_by_line("") == [[]]


@given(ANY_TEXT)
def test_nothing_that_controls_survives(text):
    for shown, kept in ((marked(text), ""), (marked(text, lines=True), "\n\t")):
        shown.encode()
        assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"} and c not in kept]
        assert not set(BIDI) & set(shown)


@given(ANY_TEXT)
def test_marking_twice_changes_nothing_more(text):
    assert marked(marked(text)) == marked(text)
    assert marked(marked(text, lines=True), lines=True) == marked(text, lines=True)


@given(ANY_TEXT)
def test_the_pieces_together_are_the_marked_text(text):
    assert "".join(piece.text for piece in pieces(text)) == marked(text)
    together = "\n".join("".join(piece.text for piece in line) for line in pieces_by_line(text))
    assert together == marked(text, lines=True).removesuffix("\n")


@given(PRINTABLE_ASCII)
def test_printable_ascii_is_never_changed(text):
    assert marked(text) == clean(text) == terminal_safe(text) == text


@pytest.mark.parametrize("text", ["{}\n" * 21845, "a\x00" * 32768, "\u00e9" * 65536], ids=["plain", "marks", "accents"])
def test_a_window_of_64_kb_is_marked_quickly(text):
    start = perf_counter()
    pieces_by_line(text)
    assert perf_counter() - start < 1  # some 5 ms; the rest is for a busy machine


# --- clean and shorten


@given(ANY_TEXT)
def test_cleaned_text_can_be_encoded_and_is_otherwise_the_same(text):
    clean(text).encode()
    assert clean(clean(text)) == clean(text)
    assert len(clean(text)) == len(text)


def test_a_lone_surrogate_is_replaced():
    assert clean("a\ud800b") == "a\ufffdb"


@given(ANY_TEXT, st.integers(1, 40))
def test_a_shortened_text_is_never_too_long_and_starts_the_same(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("ab⟦U+202E⟧cd", 8, "ab…"),
        ("ab⟦NUL ×412⟧cdef", 14, "ab⟦NUL ×412⟧c…"),
        ("ab\ud83d\ude00cd", 4, "ab…"),
        ("a\U0001f468\u200d\U0001f469\u200d\U0001f467bc", 5, "a…"),
        ("abe\u0301fg", 4, "ab…"),
    ],
)
def test_a_cut_goes_through_nothing_that_belongs_together(text, limit, short):
    assert shorten(text, limit) == short


def test_a_text_cannot_be_shortened_to_nothing():
    with pytest.raises(ValueError, match="nothing"):
        shorten("abc", 0)


# --- spreadsheets and terminals


@pytest.mark.parametrize(
    "text",
    [
        *(
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\x00=1",
            "\tplain",
            "\rplain",
            "\nplain",
            "\x00plain",
        ),
        *(" =1", "\u00a0=1", "\u3000=1", "\ufeff=1", "\u200b=1", " \ufeff =1", "\U000e0041=1"),
        *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20A", "\ufe661", "\u207a1"),
        "=cmd|'/c calc'!A1",
    ],
)
def test_what_a_spreadsheet_might_run_gets_a_quote(text):
    assert formula_safe(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "plain", "a=1", " a", "'=1", "1-2", "\u00e9=", "\u2014 dash", "#ref"])
def test_other_text_gets_none(text):
    assert formula_safe(text) == text


@given(ANY_TEXT)
def test_one_quote_is_enough(text):
    assert formula_safe(formula_safe(text)) == formula_safe(text)


def test_a_terminal_sees_escapes_spelled_out():
    assert terminal_safe("a\x1b[2J\r\nb\tc\u202ed\ud800\U000e0041") == (
        "a\\x1b[2J\\r\\nb\\tc\\u202ed\\ud800\\U000e0041"  # one line, and nothing in it that acts
    )


@given(ANY_TEXT)
def test_text_for_a_terminal_is_one_harmless_line(text):
    safe = terminal_safe(text)
    safe.encode()
    assert len(safe.splitlines()) <= 1
    assert not [c for c in safe if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and not _is_visible_format(c)]
    assert terminal_safe(safe) == safe


def _is_visible_format(character):
    """Number signs of some scripts are format characters to Unicode, but they are drawn."""
    return unicodedata.name(character, "").startswith(("ARABIC", "SYRIAC", "KAITHI"))


# --- on a page


def rendered(source, **context):
    return Template("{% load dash %}" + source).render(Context(context))


def test_log_text_is_escaped_isolated_and_marked():
    assert rendered("{% hostile text %}", text="<b>\u202e'\"&") == (
        '<bdi>&lt;b&gt;<span class="mark-hidden" title="right-to-left override">⟦U+202E⟧</span>&#x27;&quot;&amp;</bdi>'
    )


def test_log_text_stays_escaped_where_somebody_turned_escaping_off():
    assert rendered("{% autoescape off %}{% hostile t %}{% hostile_lines t %}{% endautoescape %}", t="<i>") == (
        "<bdi>&lt;i&gt;</bdi><span><bdi>&lt;i&gt;</bdi></span>"
    )


def test_log_text_of_many_lines_has_no_blank_between_them():
    assert rendered("{% hostile_lines t %}", t="a\n\nb") == (
        "<span><bdi>a</bdi></span><span><bdi></bdi></span><span><bdi>b</bdi></span>"
    )


def test_log_text_can_be_cut_short_and_may_be_missing():
    assert rendered("{% hostile t limit=3 %}{% hostile none %}", t="abcdef", none=None) == "<bdi>ab…</bdi><bdi></bdi>"


def test_an_icon_is_hidden_from_readers(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    assert rendered("{% icon 'check' %}") == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#i-check"></use></svg>'
    )
