"""Recorded bodies in the providers' own forms: each is recognised, and read to what a person wrote down beside it.

A sample is a folder: tests/samples/<shape>/<case>/ with request.json, response.json or response.sse (or both: then the
stream says what the body without streaming says), and expected.json. What expected.json may hold stands in `told`; it
need not hold everything, but every key that it has is compared. A new folder needs no code.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway_dash.payload.conversation import Call, Json, Media, Result, Said, Side, Text
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import Reading, read_side
from gateway_dash.payload.paths import spell
from gateway_dash.payload.shapes import Hints
from gateway_dash.payload.values import at
from tests.gallery import CASES, SAMPLES, name_of

# Keys that say nothing to a reader of the conversation: names of things, seals for the provider, times.
NOT_READ = {"id", "object", "type", "created", "created_at", "completed_at", "system_fingerprint", "service_tier"}
NOT_READ |= {"status", "provider", "signature", "encrypted_index", "index", "request_id", "native_finish_reason"}
NOT_READ |= {"severity", "stop_sequence", "format", "output_format", "media_type", "detail", "phase"}
# Of Google, Cohere, Workers AI and Replicate; roles are told in our own words.
NOT_READ |= {"role", "thoughtSignature", "responseId", "generation_id", "response_id", "version", "outcome"}
NOT_READ |= {"cost_metric_name_1"}


def expected(case: Path) -> dict[str, Any]:
    return json.loads((case / "expected.json").read_text("utf-8"))


def hints(case: Path) -> Hints:
    return Hints(**expected(case).get("hints", {}))


def read(case: Path, file: str) -> Reading:
    side: Side = "request" if file.startswith("request") else "response"
    return read_side(read_document((case / file).read_bytes()), side, hints(case))


def told_part(part: Any) -> list[Any]:
    """A part as expected.json writes it: a word for what it is, then what it says."""
    if isinstance(part, Text):
        return [part.kind, part.text]
    if isinstance(part, Call):
        return ["call", part.name, part.id, part.text if part.arguments is None else part.arguments]
    if isinstance(part, Result):
        return ["error result" if part.is_error else "result", part.call_id, *(told_part(each) for each in part.parts)]
    if isinstance(part, Media):
        size = f"{part.width}x{part.height}" if part.width else ""
        return [part.what, *(word for word in (part.type, size, part.url, part.name) if word)]
    return ["json", part.label]


def told(reading: Reading) -> dict[str, Any]:
    """What a reading says, as expected.json writes it."""
    said = reading.said
    assert said is not None
    usage = said.usage
    numbers = {} if usage is None else {each.name: getattr(usage, each.name) for each in fields(usage)}
    others = dict(numbers.pop("others", ()))
    numbers.pop("path", None)
    findings = (*said.findings, *(reading.assembled.findings if reading.assembled else ()))
    return {
        "shape": said.shape,
        "turns": [[turn.role, *(told_part(part) for part in turn.parts)] for turn in said.turns],
        "labels": [turn.label for turn in said.turns],
        "tools": [tool.name for tool in said.tools],
        "parameters": dict(said.parameters),
        "model": said.model,
        "usage": {name: number for name, number in numbers.items() if number is not None} | others,
        "finishes": list(said.finishes),
        "findings": sorted(finding.code for finding in findings),
        "is_error": said.is_error,
    }


SIDES = [
    pytest.param(case, file, id=f"{name_of(case)}/{file}")
    for case in CASES
    for file in ("request.json", "response.json", "response.sse")
    if (case / file).exists()
]


def test_there_are_samples_for_every_shape():
    assert len(CASES) > 10
    for folder in SAMPLES.iterdir():
        assert any(folder in case.parents for case in CASES), folder


@pytest.mark.parametrize(("case", "file"), SIDES)
def test_a_sample_is_read_as_it_was_written_down(case, file):
    reading = read(case, file)
    assert reading.said is not None, "no shape knows it"
    wanted = expected(case)[file.partition(".")[0]]
    # A stream has findings of its own; those of the body without streaming stand beside them.
    wanted = wanted | expected(case).get("stream", {}) if file.endswith(".sse") else wanted
    found = told(reading)
    assert {key: found[key] for key in wanted} == wanted
    assert {"shape", "turns"} <= wanted.keys()


@pytest.mark.parametrize("case", [case for case in CASES if (case / "response.sse").exists()], ids=name_of)
def test_what_a_stream_gathered_stands_in_its_value(case):
    reading = read(case, "response.sse")
    assembled, events = reading.assembled, reading.document.events
    assert assembled is not None
    for path, gathered in assembled.gathered.items():
        found = at(assembled.value, *path)
        assert found == (gathered.text if isinstance(found, str) else json.loads(gathered.text or "{}")), spell(path)
        for number, piece in gathered.pieces:
            assert piece in texts_of(events[number].value) or piece in events[number].data, "not of that event"
    numbers = [number for gathered in assembled.gathered.values() for number, _ in gathered.pieces]
    assert numbers or assembled.findings or reading.said is None or reading.said.is_error


@pytest.mark.parametrize("case", [case for case in CASES if (case / "response.sse").exists()], ids=name_of)
def test_putting_a_stream_together_leaves_its_events_as_they_were(case):
    """Every shape looks at the same events, and so does the page that shows them one by one."""
    document = read_document((case / "response.sse").read_bytes())
    before = [json.dumps(event.value) for event in document.events]
    first, second = (read_side(document, "response", hints(case)) for _ in range(2))
    assert [json.dumps(event.value) for event in document.events] == before
    assert first == second


def texts_of(value: Any) -> str:
    """All texts in a value that was read from JSON."""
    return "\n".join(text for _, text in leaves(value, ()))


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if (case / "response.sse").exists() and (case / "response.json").exists()],
    ids=name_of,
)
def test_a_stream_says_what_the_body_without_streaming_says(case):
    streamed, whole = told(read(case, "response.sse")), told(read(case, "response.json"))
    assert streamed | {"findings": 0} == whole | {"findings": 0}


def leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, (*path, number))


def words_of(thing: Any) -> Iterator[str]:
    """Every text in what a shape said, wherever it stands."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Json):
        yield json.dumps(thing.value, ensure_ascii=False)
        yield from (text for _, text in leaves(thing.value, ()))
    elif is_dataclass(thing):
        for each in fields(thing):
            if each.name not in ("path", "data_path"):
                yield from words_of(getattr(thing, each.name))
    elif isinstance(thing, tuple):
        for one in thing:
            yield from words_of(one)
    elif isinstance(thing, dict | list):
        yield from (text for _, text in leaves(thing, ()))


def media_paths(said: Said) -> set[tuple[Any, ...]]:
    def of(parts: Any) -> Iterator[tuple[Any, ...]]:
        for part in parts:
            if isinstance(part, Media):
                yield part.data_path or part.path
            elif isinstance(part, Result):
                yield from of(part.parts)

    return {path for turn in said.turns for path in of(turn.parts)}


@pytest.mark.parametrize(("case", "file"), SIDES)
def test_no_text_of_a_sample_is_dropped(case, file):
    reading = read(case, file)
    said = reading.said
    assert said is not None
    value = reading.assembled.value if reading.assembled else reading.document.value
    words = set(words_of(said)) | set(words_of(reading.assembled.findings if reading.assembled else ()))
    all_words, pictures = "\n".join(words), media_paths(said)
    lost = [
        (spell(path), text)
        for path, text in leaves(value, ())
        if text not in words and path not in pictures and path[-1] not in NOT_READ and text not in all_words
        if path[0] not in ("tools", "functions") and "logprobs" not in path
    ]
    assert not lost


@pytest.mark.parametrize(("case", "file"), SIDES)
def test_every_part_knows_where_it_stands(case, file):
    reading = read(case, file)
    assert reading.said is not None
    value = reading.assembled.value if reading.assembled else reading.document.value
    for turn in reading.said.turns:
        for part in turn.parts:
            assert at(value, *part.path) is not None, spell(part.path)
            if isinstance(part, Text):
                assert at(value, *part.path) == part.text
            if isinstance(part, Json):
                assert at(value, *part.path) == part.value
