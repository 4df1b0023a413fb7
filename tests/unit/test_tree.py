"""The tree of a JSON body, read from its bytes: all of it, twice what stands twice, up to where it is cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway_dash.payload.paths import Again, Path, read_path, spell
from gateway_dash.payload.raw import aligned, decoded, fold, unquoted, windows
from gateway_dash.payload.tree import Node, children, find_node, look
from tests.unit.known import the

keys = st.text(max_size=8) | st.sampled_from(["a", "b", "model", '"', "\\", "é", "\ud800", "0"])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | keys


class Pairs(list[tuple[str, Any]]):
    """An object as it is written: keys may come again."""


def pairs(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Pairs]:
    return st.lists(st.tuples(keys, inside), max_size=6).map(Pairs)


values = st.recursive(scalars, lambda inside: st.lists(inside, max_size=6) | pairs(inside), max_leaves=40)


def written(value: Any, *, escaped: bool = False, gap: str = "") -> str:
    """JSON text of a value, with keys that come again."""
    if isinstance(value, Pairs):
        inside = (f"{written(k, escaped=escaped)}{gap}:{gap}{written(v, escaped=escaped, gap=gap)}" for k, v in value)
        return "{" + gap + f"{gap},".join(inside) + "}"
    if isinstance(value, list):
        return "[" + f",{gap}".join(written(each, escaped=escaped, gap=gap) for each in value) + gap + "]"
    return json.dumps(value, ensure_ascii=escaped)


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes, node: Node) -> str:
    """A scalar as it is written."""
    return data[node.item.start : node.item.end].decode()


def items(data: bytes, node: Node, size: int) -> list[Node]:
    """All items of a node, a page after the other."""
    found: list[Node] = []
    while True:
        page = children(data, node, len(found), size)
        found += page.items
        if not page.items:
            assert page.total == len(found)
            return found


def walked(data: bytes, node: Node, size: int) -> Any:
    """The value again, from nothing but the tree."""
    if node.kind == "object":
        return Pairs((each.key, walked(data, each, size)) for each in items(data, node, size))
    if node.kind == "list":
        return [walked(data, each, size) for each in items(data, node, size)]
    if node.kind == "text":
        return decoded(data[node.item.start + 1 : node.item.end - 1])
    return json.loads(text_of(data, node))


def every(data: bytes, node: Node) -> list[Node]:
    found = [node]
    for each in items(data, node, 100) if node.has_items else []:
        found += every(data, each)
    return found


@given(values, st.booleans(), st.sampled_from(["", " ", "\n\t"]), st.integers(1, 4))
@example(Pairs([("a", [1, Pairs()]), ("a", []), ("", None)]), False, "", 1)
def test_walking_the_tree_gives_back_the_value(value, escaped, gap, size):
    data = bytes_of(gap + written(value, escaped=escaped, gap=gap) + gap)
    assert walked(data, look(data, ()).node, size) == value


@given(values)
def test_each_path_leads_to_its_own_node_and_comes_back_from_its_spelling(value):
    data = bytes_of(written(value))
    nodes = every(data, look(data, ()).node)
    assert len({spell(the(node.path)) for node in nodes}) == len(nodes)
    for node in nodes:
        again = read_path(spell(the(node.path)))
        assert again == node.path
        assert the(find_node(data, again)).item == node.item


@given(values, st.data())
def test_above_a_node_stand_the_pages_that_lead_to_it(value, draw):
    data = bytes_of(written(value))
    node = draw.draw(st.sampled_from(every(data, look(data, ()).node)))
    path = the(node.path)
    view = look(data, path, above=50, beside=3)
    assert [page.node.path for page in view.above] == [path[:depth] for depth in range(len(path))]
    for page, step in zip(view.above, range(len(path)), strict=True):
        alone = children(data, the(find_node(data, the(page.node.path))), page.first, 3)
        assert page.items == alone.items
        assert (page.total, page.node.item) == (alone.total, alone.node.item)
        assert path[: step + 1] in [each.path for each in page.items]


@given(values, st.data())
def test_any_cut_of_it_is_shown_up_to_the_cut(value, draw):
    data = bytes_of(written(value))
    cut = data[: draw.draw(st.integers(0, len(data)))]
    top = look(cut, ()).node
    nodes = every(cut, top)
    assert all(node.item.end <= len(cut) for node in nodes)
    if len(cut) < len(data) and cut[:1] in (b"{", b"["):
        assert top.item.is_cut
        assert top.item.end == len(cut)


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0a1 ', max_size=60).map(str.encode), st.integers(0, 5))
def test_bytes_of_any_kind_are_gone_through(data, first):
    for node in every(data, look(data, ()).node):
        assert 0 <= node.item.start <= node.item.end <= len(data)
        look(data, node.path or (), first=first, above=9)


def test_a_number_stands_as_it_was_written():
    data = b"[1e999, 123456789012345678901234567890, -0.10, 1E+2, 01, NaN]"
    found = children(data, look(data, ()).node).items
    assert [text_of(data, each) for each in found] == [
        "1e999", "123456789012345678901234567890", "-0.10", "1E+2", "01", "NaN"
    ]  # fmt: skip
    assert [each.kind for each in found] == ["number"] * 4 + ["other"] * 2


def test_a_key_that_comes_again_has_a_path_of_its_own():
    data = b'{"model": 1, "x": {"model": 0}, "mod\\u0065l": 2, "model": {"model": 3}}'
    assert [spell(the(each.path)) for each in the(look(data, ()).page).items] == ["model", "x", "model{2}", "model{3}"]
    assert text_of(data, the(find_node(data, read_path("model{2}")))) == "2"
    assert text_of(data, the(find_node(data, read_path("model{3}.model")))) == "3"
    assert find_node(data, read_path("model{4}")) is None


def test_a_key_that_comes_again_is_known_on_a_later_page_too():
    data = b"{" + b",".join(b'"k%d": 1' % (number % 150) for number in range(500)) + b"}"
    page = children(data, look(data, ()).node, first=300, size=100)
    assert spell(the(page.items[0].path)) == "k0{3}"
    assert {getattr(the(each.path)[0], "nth", None) for each in page.items} == {3}
    assert the(find_node(data, (Again("k149", 3),))).item.index == 449


def test_what_is_not_there_says_how_far_the_way_goes():
    data = b'{"a": [1, {"b": 2}]}'
    view = look(data, read_path("a[1].c.d"))
    assert spell(the(view.node.path)) == "a[1]"
    assert view.missing == ("c", "d")
    assert look(data, read_path("a.b")).missing == ("b",)
    assert look(b"", ("a",)).missing == ("a",)


def test_a_page_beyond_the_end_is_empty_and_knows_the_total():
    page = the(look(b"[1, 2, 3]", (), first=7).page)
    assert (page.items, page.total) == ((), 3)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":[', b'["]",'])
def test_deep_nesting_is_walked_without_recursion(opening):
    data = opening * 5000
    view = look(data, (0,) * 300 if opening == b"[" else ("a",) * 300 if opening[:1] == b"{" else (), above=5)
    assert view.node.item.is_cut
    assert view.node.has_items
    assert not view.missing


def test_paths_that_no_address_can_carry_are_none():
    deep = b"[" * 700 + b"]" * 700
    view = look(deep, (0,) * 660)
    assert [each.path for each in the(look(deep, (0,) * 666).page).items] == [None]
    assert the(view.page).items[0].path == (0,) * 661
    assert the(look(b'{"' + b"k" * 3000 + b'": 1}', ()).page).items[0].path is None


@pytest.mark.parametrize(
    ("path", "text"),
    [((Again("model", 2),), "model{2}"), (("a", Again("x y", 3), 0), 'a["x y"]{3}[0]'), (("a{2}",), '["a{2}"]')],
)
def test_the_number_of_a_key_is_spelled_after_it(path: Path, text: str):
    assert spell(path) == text
    assert read_path(text) == path


@pytest.mark.parametrize("text", ["a{0}", "a{1}", "[0]{2}", "a{2", "a{x}", "{2}"])
def test_a_number_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match="cannot be read"):
        read_path(text)


def test_the_second_of_a_key_is_no_other_step():
    assert Again("a", 2) != "a"
    assert Again("a", 2) != Again("a", 3)
    assert Again("a", 2) == Again("a", 2)
    assert "a" not in {Again("a", 2)}


# --- the text of a string -------------------------------------------------------------------------------------------


@given(st.text(max_size=300), st.booleans())
def test_a_string_reads_as_it_was_meant(text, escaped):
    raw = bytes_of(json.dumps(text, ensure_ascii=escaped))
    assert decoded(raw[1:-1]) == json.loads(raw.decode("utf-8", "surrogatepass"))
    assert unquoted(b" " + raw + b"\n") == bytes_of(decoded(raw[1:-1]))


@given(
    st.text(alphabet='aé日🧑"\\/\n\ud83d\ude00\x00', max_size=80), st.booleans(), st.integers(13, 30), st.integers(0, 6)
)
def test_windows_cut_through_no_character(text, escaped, size, overlap):
    raw = bytes_of(json.dumps(text, ensure_ascii=escaped))
    whole = decoded(raw[1:-1])
    found = list(windows(raw, 1, len(raw) - 1, size, overlap))
    assert all(part in whole for _, _, part in found)
    if not overlap:
        assert "".join(part for _, _, part in found) == whole


@given(st.text(alphabet="\\u0041d83e", max_size=40), st.integers(0, 40))
def test_any_place_is_moved_to_one_between_characters(text, cut):
    raw = text.encode()
    place = aligned(raw, 0, cut, len(raw))
    assert 0 <= place <= len(raw)
    assert aligned(raw, 0, place, len(raw)) == place


@given(st.text(max_size=50))
def test_text_without_capitals_has_its_characters_where_they_were(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    assert fold("".join([text, "ΣİẞK"])).endswith(fold("ΣİẞK"))
