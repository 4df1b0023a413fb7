"""A conversation ready to be placed: bounded, nothing dropped without a word, each part with its way to the tree."""

from gateway_dash.logs import turns
from gateway_dash.logs.turns import Room, may_be_shown, shown_part, shown_tools, shown_turns
from gateway_dash.payload.conversation import Call, Json, Media, Result, Said, Text, Tool, Turn
from gateway_dash.payload.paths import spell


def link(side, path):
    return f"{side}:{spell(path)}"


def said(*parts, role="user"):
    return Said("x", turns=(Turn(role, parts, ("messages", 0)),))


def test_a_long_text_is_cut_at_a_word_and_says_how_much_is_left():
    text = "word " * 4000
    (turn,) = shown_turns(said(Text(text, ("a",))), "request", Room(link=link), 0, 1)
    (part,) = turn.parts
    assert text.startswith(part.text)
    assert part.text.endswith("word ")
    assert len(part.text) <= turns.TEXT_LIMIT
    assert part.rest == f"{len(text) - len(part.text):,} more characters"
    assert part.url == "request:a"


def test_what_comes_when_the_page_is_full_is_named_and_not_shown():
    room = Room(left=10, link=link)
    parts = [shown_part(Text("x" * 8, ("a", number)), room) for number in range(4)]
    assert [len(part.text) for part in parts] == [8, 2, 0, 0]
    assert [part.rest for part in parts] == ["", "6 more characters", "8 more characters", "8 more characters"]


def test_every_part_is_shown_whatever_it_is():
    parts = (
        Text("t", ("p",), "reasoning"), Call("f", "c1", {"a": 1}, '{"a":1}', ("p",)), Json([1], ("p",), "odd"),
        Result("c1", (Text("r", ("p",)),), ("p",), is_error=True), Media("image", ("p",), "image/png", 10, 2, 3),
    )  # fmt: skip
    (turn,) = shown_turns(said(*parts), "request", Room(link=link), 0, 1)
    assert [part.kind for part in turn.parts] == ["reasoning", "call", "json", "result", "media"]
    assert turn.parts[1].text == '{\n  "a": 1\n}'
    assert turn.parts[3].parts[0].text == "r"
    assert turn.parts[4].words == "image/png, 2 × 3, 10 B"


def test_arguments_that_are_no_json_are_shown_as_they_came():
    part = shown_part(Call("f", "", None, '{"a', ("p",), "it ends in the middle"), Room(link=link))
    assert (part.text, part.problem) == ('{"a', "it ends in the middle")


def test_results_in_results_end_somewhere():
    part: Result = Result("", (), ())
    for _ in range(50):
        part = Result("", (part,), ())
    shown = shown_part(part, Room(link=link))
    depth = 0
    while shown.parts:
        shown, depth = shown.parts[0], depth + 1
    assert depth == turns.NESTING_LIMIT
    assert "nested too deeply" in shown.rest


def test_more_parts_than_a_turn_shows_are_counted():
    parts = tuple(Text("x", ("p", number)) for number in range(turns.PARTS_LIMIT + 5))
    (turn,) = shown_turns(said(*parts), "request", Room(link=link), 0, 1)
    assert (len(turn.parts), turn.rest) == (turns.PARTS_LIMIT, "5 more parts")


def test_only_rasters_of_a_sane_size_may_be_shown():
    def picture(type_="image/png", width=10, height=10):
        return Media("image", (), type_, 1, width, height)

    assert may_be_shown(picture())
    assert not may_be_shown(picture("image/svg+xml"))
    assert not may_be_shown(picture("text/html"))
    assert not may_be_shown(picture(width=None))
    assert not may_be_shown(picture(width=100_000, height=100_000))


def test_tools_are_shown_with_their_schema_and_the_rest_is_named():
    found = shown_tools((Tool("f", ("tools", 0), "d" * 5000, {"type": "object"}),), Room(link=link))
    assert found[0].schema == '{\n  "type": "object"\n}'
    assert found[0].rest == "3,000 more characters"
    assert found[0].url == "request:tools[0]"


def test_a_result_is_called_by_the_tool_whose_call_it_answers():
    room = Room(link=link, names={"c1": "get_weather"})
    assert shown_part(Result("c1", (), ()), room).title == "get_weather"
    assert shown_part(Result("c1", (), (), name="its own"), room).title == "its own"
    assert shown_part(Result("c2", (), ()), room).title == ""
