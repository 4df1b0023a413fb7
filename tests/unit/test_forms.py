"""Forms as browsers send them: every field is found, with its place; and no form is read with an exception."""

from hypothesis import example, given
from hypothesis import strategies as st

from gateway_dash.payload.conversation import Media, Text
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.forms import MOST_FIELDS, read_form
from gateway_dash.payload.shapes import Hints

MARK = "------------------------7c2f"
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\r\n--not-the-mark\r\n" + bytes(range(256))


def field(name: str, content: bytes, *, file: str = "", type_: str = "") -> bytes:
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    head += f"\r\nContent-Type: {type_}" if type_ else ""
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


END = f"--{MARK}--\r\n".encode()
FORM = (
    field("model", b"whisper-1")
    + field("prompt", "Names: Zoë, Łukasz".encode())
    + field("file", SOUND, file="anruf_ä.mp3", type_="application/octet-stream")
    + field("response_format", b"verbose_json")
    + END
)


def content(data: bytes) -> list[tuple[str, bytes]]:
    return [(each.name, data[each.start : each.end]) for each in read_form(data).fields]


def said(data: bytes):
    return read_side(read_document(data), "request", Hints("openai", "whisper-1", "audio/transcriptions")).said


def test_every_field_is_found_with_exactly_its_bytes():
    assert content(FORM) == [
        ("model", b"whisper-1"), ("prompt", "Names: Zoë, Łukasz".encode()), ("file", SOUND),
        ("response_format", b"verbose_json"),
    ]  # fmt: skip


def test_a_form_is_read_as_a_turn_with_its_file_and_settings():
    found = said(FORM)
    assert (found.shape, found.model, found.parameters) == ("Form", "whisper-1", (("response_format", "verbose_json"),))
    prompt, file = found.turns[0].parts
    assert isinstance(prompt, Text)
    assert prompt.text == "Names: Zoë, Łukasz"
    assert isinstance(file, Media)
    assert (file.what, file.type, file.size, file.name) == ("audio", "audio/mpeg", len(SOUND), "anruf_ä.mp3")


def test_a_form_that_is_cut_says_so_where_it_is_cut():
    cut = FORM[: FORM.index(SOUND) + 100]
    found = read_form(cut).fields
    assert [each.is_cut for each in found] == [False, False, True]
    assert found[-1].end == len(cut)
    assert said(cut).turns[0].parts[-1].is_cut


def test_lines_that_end_without_a_carriage_return_are_read_as_well():
    assert content(FORM.replace(SOUND, b"abc").replace(b"\r\n", b"\n"))[2] == ("file", b"abc")


def test_what_follows_the_end_is_no_field():
    assert len(read_form(FORM + field("late", b"x") + END).fields) == 4


def test_a_field_without_a_head_is_left_out_and_the_next_one_is_found():
    data = field("a", b"1") + f"--{MARK}\r\nno head at all\r\n".encode() + field("b", b"2") + END
    assert content(data) == [("a", b"1"), ("b", b"2")]


def test_no_more_fields_are_read_than_there_may_be_and_that_is_said():
    many = field("a", b"1") * (MOST_FIELDS + 5) + END
    assert (len(read_form(many).fields), read_form(many).is_whole) == (MOST_FIELDS, False)
    assert [each.code for each in said(many).findings] == ["form-not-whole"]
    assert said(FORM).findings == ()


def test_a_text_field_of_great_length_is_told_as_a_file():
    found = said(field("model", b"m") + field("notes", b"x" * 100_001) + END)
    assert isinstance(found.turns[0].parts[0], Media)
    assert found.turns[0].parts[0].size == 100_001


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.sampled_from([b"", b"\r\n", b"--", b'"', b";", b"\0", b"=?", b"\xff"]))
    ),
    st.integers(1, 2000),
)
@example([(20, b'"')], 700)
def test_any_damaged_form_is_read_without_an_exception(changes, length):
    data = FORM
    for place, piece in changes:
        at = place % len(data)
        data = data[:at] + piece + data[at + 1 :]
    data = data[:length]
    for each in read_form(data).fields:
        assert 0 <= each.start <= each.end <= len(data)
    read_side(read_document(data), "request", Hints())
