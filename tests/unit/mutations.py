"""Samples as they must not be: values taken out, put elsewhere, nested; bytes cut; events in another order."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SAMPLES = Path(__file__).parent.parent / "samples"
HINTS = ("", "v1/messages", "v1/responses", "v1/completions", "v1/moderations", "v1/embeddings")
ODD: list[Any] = [
    *(None, True, False, 0, -1, 10**30, 10**4200, 0.5, float("inf"), float("nan"), "", " ", "\ud800", "\0", "x" * 300),
    *([], {}, [[]], [{}], {"": {}}, [None, 1, "a"], {"type": "text"}, {"type": 5, "text": []}, {"text": "a", "id": {}}),
    *("text", "function", "tool_use", "thinking", "data:image/png;base64,", "data:;base64,!!!", "{", '{"a":', "[DONE]"),
]


def bodies(suffix: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(SAMPLES.rglob(f"*{suffix}")) if path.name != "expected.json"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything in a value."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in held for place in places(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], how: str, other: Any) -> Any:
    """The value with one thing in it changed."""
    if not path:
        return {"replace": other, "nest": [value], "wrap": {"value": value}}.get(how, value)
    copy = json.loads(json.dumps(value))
    *way, last = path
    holder = copy
    for step in way:
        holder = holder[step]
    if how == "delete":
        del holder[last]
    elif how == "replace":
        holder[last] = other
    elif how == "nest":
        holder[last] = [holder[last]]
    elif how == "wrap":
        holder[last] = {"value": holder[last], "type": "text"}
    elif isinstance(holder, list):
        holder.insert(last, holder[last])
    else:
        holder[f"{last}_2"] = holder[last]
    return copy


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """A value with up to four things changed."""
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(value)))
        how = draw(st.sampled_from(["delete", "replace", "nest", "wrap", "double"]))
        value = changed(value, path, how, draw(st.sampled_from(ODD)))
    return value


@st.composite
def cut(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes with a piece taken out or put in somewhere, and cut somewhere."""
    at, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
    how = draw(st.sampled_from(["whole", "end", "hole", "odd", "twice"]))
    odd = draw(st.sampled_from([b"\xff", b"\0", b'"', b"}", b"\\", b"\n\n", b"data: ", b"\xef\xbb\xbf", b"\\ud800"]))
    return {
        "whole": data,
        "end": data[:end],
        "hole": data[:at] + data[end:],
        "odd": data[:at] + odd + data[at:],
        "twice": data[:end] + data[at:],
    }[how]


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A sample of one value, changed and cut."""
    value = json.loads(draw(st.sampled_from(bodies(".json"))))
    return draw(
        cut(json.dumps(draw(mutated(value)), ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass"))
    )


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """A sample that is a stream, with events changed, taken out, doubled and in another order; and cut."""
    blocks = [block for block in draw(st.sampled_from(bodies(".sse"))).split(b"\n\n") if block]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(blocks) - 1))
        head, mark, text = blocks[at].rpartition(b"data: ")
        if text.startswith(b"{") and text.endswith(b"}"):
            value = draw(mutated(json.loads(text)))
            blocks[at] = head + mark + json.dumps(value).encode()
    order = draw(st.lists(st.integers(0, len(blocks) - 1), max_size=len(blocks) + 3))
    kept = [blocks[at] for at in order] if draw(st.booleans()) else blocks
    return draw(cut(b"\n\n".join(kept) + b"\n\n"))
