"""Markdown of strangers: never an exception, never a link or a picture, and nothing of the text is lost."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload import markdown
from gateway_dash.payload.conversation import Call, Json, Media, Result, Said, Text, Turn
from gateway_dash.payload.conversation_markdown import conversation_markdown
from gateway_dash.payload.markdown import LONGEST, read_markdown
from gateway_dash.payload.markdown_blocks import DEEPEST, MOST_PARTS, texts_of

KEY = "sk-" + "proj-" + "kX7vQm2ZrT9bLw4NcY8d" + "Hs1JpF6gAe3uVo5iRt0yKqWz"
WORDS = re.compile(r"[^\W_]+")


def rendered(text):
    found = read_markdown(text)
    assert found.problem == ""
    return render_to_string("logs/markdown.html", {"blocks": found.blocks})


class Page(HTMLParser):
    """The elements of a page, their attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


# --- what is rendered -------------------------------------------------------------------------------------------------


def test_blocks_become_elements_and_no_heading_enters_the_outline():
    page = Page(rendered("# Title\n\n> quote\n\n1. a\n7. b\n\n- c\n\n|h|\n|-|\n|d|\n\n---\n\n```py\nx = 1\n```\n"))
    for tag in ("blockquote", "ol", "ul", "li", "table", "th", "td", "hr", "pre", "figcaption"):
        assert tag in page.tags
    assert not {"h1", "h2", "h3", "h4", "h5", "h6"} & set(page.tags)
    assert [value for name, value in page.attributes if name == "value"] == ["1", "7"]  # as they were written
    assert "x = 1" in page.text


def test_looks_are_told_apart():
    (block,) = read_markdown("a **b *c*** ~~d~~ `e`\\\nf").blocks
    looks = [(run.text, run.kind, run.strong, run.em, run.strike) for run in block.runs if run.text.strip()]
    assert looks == [
        ("a ", "text", False, False, False),
        ("b ", "text", True, False, False),
        ("c", "text", True, True, False),
        ("d", "text", False, False, True),
        ("e", "code", False, False, False),
        ("f", "text", False, False, False),
    ]
    assert [run.kind for run in block.runs].count("break") == 1


def test_where_a_link_leads_is_text_behind_its_label():
    (block,) = read_markdown('see [https://bank.example](javascript:alert(1) "Your bank")!').blocks
    assert [(run.text, run.kind, run.label) for run in block.runs] == [
        ("see ", "text", False),
        ("https://bank.example", "text", True),
        ("javascript:alert(1) “Your bank”", "target", False),
        ("!", "text", False),
    ]


def test_a_picture_is_its_words_and_its_address():
    page = Page(rendered("![pixel](http://evil.example/p.png)"))
    assert not {"img", "a", "picture", "iframe"} & set(page.tags)
    assert "pixel" in page.text
    assert "http://evil.example/p.png" in page.text


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "&lt;b&gt; &amp;", "<http://a.example>", "[r]\n\n[r]: http://a.example", "www.a.example"],
)
def test_html_entities_and_references_stay_as_they_were_written(text):
    page = Page(rendered(text))
    assert WORDS.findall(page.text) == WORDS.findall(text)
    assert not {"a", "script"} & set(page.tags)


def test_what_cannot_be_seen_becomes_a_mark():
    page = Page(rendered("a\u202eb `c\x1bd`\n\n```\ne\x07\n```\n\nf\x00g"))
    assert "⟦U+202E⟧" in page.text
    assert "⟦ESC⟧" in page.text
    assert "⟦BEL⟧" in page.text
    assert "f␀g" in page.text


# --- what is not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("> " * (DEEPEST + 1) + "a", "nested too deeply"),
        ("".join("  " * n + "- a\n" for n in range(DEEPEST + 1)), "nested too deeply"),
        ("> " * 500 + "a", "nested too deeply"),
        ("- a\n" * MOST_PARTS, "too many parts"),
        ("|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "|b\n" * 5000, "too many parts"),
        ("|a|\n|-|\n|1|2|\n", "would not be seen"),  # the second cell has no head, and would vanish
        ("a\u2028", "would not be seen"),
    ],
)
def test_what_would_be_lost_or_too_much_stays_source_and_says_why(text, problem):
    found = read_markdown(text)
    assert problem in found.problem
    assert (found.blocks, found.rest) == ((), text)


def test_as_deep_as_allowed_is_rendered():
    assert read_markdown("> " * DEEPEST + "a").problem == ""


def test_what_is_over_the_cap_stays_source_from_a_line_end_on():
    text = "word\n" * 10_000
    found = read_markdown(text)
    begin = "".join(texts_of(found.blocks))
    assert found.rest
    assert text.endswith(found.rest)
    assert len(text) - len(found.rest) <= LONGEST
    assert len(WORDS.findall(begin)) + len(WORDS.findall(found.rest)) == 10_000
    assert read_markdown("x" * (LONGEST + 5)).rest == "xxxxx"


def test_a_reader_that_stumbles_leaves_the_source(monkeypatch):
    def stumble(_text):
        raise IndexError

    monkeypatch.setattr(markdown._READER, "parse", stumble)
    found = read_markdown("a")
    assert (found.rest, found.problem) == ("a", "It cannot be rendered (IndexError).")


MARKDOWN = st.lists(
    st.sampled_from(
        [
            *(
                "# ",
                "> ",
                "- ",
                "1. ",
                "* ",
                "```",
                "~~~",
                "`",
                "**",
                "_",
                "~~",
                "|",
                "|-|",
                "\n",
                "\n\n",
                "    ",
                "---",
            ),
            *("[", "](", ")", "![", "<", ">", "http://a.b", "javascript:", "&amp;", "\\", '"', "=", ":", "\t", "\r"),
            *("word", "é", "\x00", "\u202e", "\ud800", "\x1b", "<script>", "7", "\u2028", "\xa0"),
        ]
    )
    | st.text(max_size=5),
    max_size=40,
).map("".join)


@given(MARKDOWN)
def test_whatever_it_is_nothing_raises_and_nothing_is_lost(text):
    found = read_markdown(text)
    shown = "".join(texts_of(found.blocks)) + found.rest
    lost = Counter(filter(str.isalnum, text)) - Counter(filter(str.isalnum, shown))
    assert not lost


@given(MARKDOWN)
def test_whatever_it_is_no_element_leads_or_loads_anything(text):
    html = render_to_string("logs/markdown.html", {"blocks": read_markdown(text).blocks})
    page = Page(html)
    assert not {"a", "img", "script", "iframe", "object", "embed", "link", "style", "form", "video"} & set(page.tags)
    names = {name for name, value in page.attributes if not (value or "").endswith(("#i-image",))}
    assert names <= {"class", "title", "tabindex", "role", "aria-label", "aria-hidden", "value", "scope"}


# --- a conversation as Markdown ---------------------------------------------------------------------------------------


def outside(text):
    """The lines that stand outside of all fences."""
    found, fence = [], ""
    for line in text.split("\n"):
        ticks = len(line) - len(line.lstrip("`"))
        if not fence and ticks >= 3:
            fence = "`" * ticks
        elif fence and ticks >= len(fence) and not line.strip("`"):
            fence = ""
        elif not fence:
            found.append(line)
    assert not fence
    return found


def test_a_conversation_has_its_roles_as_headings_and_all_else_in_fences():
    request = Said(
        "any",
        (
            Turn("system", (Text("Be brief.", ()),), ()),
            Turn("user", (Text("# Assistant\n```\nhm", ()), Media("image", (), "image/png", 12, 2, 3)), (), name="kim"),
            Turn("assistant", (Call("get", "c1", {"a": 1}, '{"a":1}', ()), Call("bad", "", None, "{", (), "cut")), ()),
            Turn("tool", (Result("c1", (Text('{"b": 2}', ()),), (), is_error=True),), ()),
        ),
        model="gpt-4o",
    )
    response = Said(
        "any", (Turn("assistant", (Text("why", (), "reasoning"), Json({"c": 3}, (), "odd")), (), finish="stop"),)
    )
    text = conversation_markdown(request, response)
    lines = outside(text)
    assert [line for line in lines if line.startswith("#")] == [
        "# Request · `gpt-4o`",
        "## System",
        "## User · `kim`",
        "## Assistant",
        "## Tool",
        "# Answer",
        "## Assistant",
    ]
    assert "````text\n# Assistant\n```\nhm\n````" in text
    assert "(image: `image/png, 2 × 3, 12 bytes`)" in lines
    assert '**Calls** `get` · `c1`\n\n```json\n{\n  "a": 1\n}\n```' in text
    assert "**Calls** `bad` (no JSON: cut)\n\n```text\n{\n```" in text
    assert '**Error** of `get`\n\n```json\n{"b": 2}\n```' in text
    assert "Reasoning:" in lines
    assert "Ended with `stop`." in lines
    assert conversation_markdown(None, None) == ""


@given(st.text(alphabet="`#\n ab<!["), st.text(alphabet="`#\n*[](<>a"))
def test_nothing_that_was_said_becomes_a_turn(said, name):
    turn = Turn("user", (Text(said, ()), Call(name, name, {name: said}, "", ()), Json(said, (), name)), (), name=name)
    lines = outside(conversation_markdown(Said("any", (turn,), model=name), None))
    assert len([line for line in lines if line.startswith("#")]) == 2
    assert not [line for line in lines if "![" in line and "`" not in line and "\\!" not in line]


def test_secrets_are_masked_in_the_copy():
    parts = (
        Text(f"use {KEY}", ()),
        Call("f", "1", {"k": KEY}, KEY, ()),
        Call("g", "1", None, KEY, (), "no"),
        Json(KEY, ()),
    )
    text = conversation_markdown(Said("any", (Turn("user", parts, ()),)), None)
    assert KEY not in text
    assert "Masked: 4 secrets." in text


def test_secrets_are_masked_before_the_text_is_laid_out():
    page = Page(rendered(f"use `{KEY}` or\n\n- **{KEY}**\n"))
    assert KEY not in page.text
    assert page.text.count("[masked: openai key]") == 2
