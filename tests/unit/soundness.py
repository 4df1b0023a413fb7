"""What every reading of every body must be, so that a page can show it."""

from dataclasses import fields, is_dataclass
from typing import Any

from gateway_dash.payload.conversation import Json, Text
from gateway_dash.payload.exchange import Reading
from gateway_dash.payload.paths import spell
from gateway_dash.payload.values import at, json_text

LEVELS = {"err", "warn", "info"}


def is_sound(reading: Reading) -> None:
    """What a page does with a reading: spell its paths, show its texts, follow its places."""
    value = reading.assembled.value if reading.assembled else reading.document.value
    said, assembled = reading.said, reading.assembled
    findings = (*(said.findings if said else ()), *(assembled.findings if assembled else ()))
    for finding in findings:
        assert finding.level in LEVELS
        assert finding.title
        assert finding.side
        assert finding.path is None or isinstance(spell(finding.path), str)
        if finding.path and finding.path[0] == "events":
            assert 0 <= int(finding.path[1]) < len(reading.document.events)
    for path, gathered in (assembled.gathered if assembled else {}).items():
        assert at(value, *path) is not None
        assert all(0 <= number < len(reading.document.events) for number, _ in gathered.pieces)
    if said:
        assert said.shape
        for turn in said.turns:
            for part in turn.parts:
                are_texts(part, value)
        for pair in said.parameters:
            assert all(isinstance(each, str) for each in pair)


def are_texts(part: Any, value: Any) -> None:
    if isinstance(part, Json):
        assert isinstance(json_text(part.value), str)
        return
    if isinstance(part, Text) and value is not None:  # else the body is a text or a form, and has no paths
        stored = at(value, *part.path)
        said = "".join(stored) if isinstance(stored, list) else stored  # Replicate's answers come in pieces
        assert said == part.text, spell(part.path)
    for each in fields(part):
        found = getattr(part, each.name)
        if each.name in ("text", "name", "id", "call_id", "kind", "problem", "type", "url", "label"):
            assert isinstance(found, str), each.name
        if isinstance(found, tuple) and found and is_dataclass(found[0]):
            for inner in found:
                are_texts(inner, value)
