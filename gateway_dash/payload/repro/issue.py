"""What happened, as an issue to file: facts, findings, and the beginning of both bodies in a fence."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_dash.payload.conversation import Finding
from gateway_dash.payload.fences import code, fenced, prose
from gateway_dash.payload.outgoing import Masking
from gateway_dash.payload.paths import spell
from gateway_dash.payload.values import json_text

from .bodies import Outgoing
from .target import Recorded

EXCERPT_CHARACTERS = 4000
_LEVELS = {"err": "Error", "warn": "Warning", "info": "Note"}


def issue(
    call: Recorded, request: Outgoing, answer: Outgoing, findings: Sequence[Finding], left_out: Sequence[str]
) -> str:
    """The whole text in Markdown."""
    masking = Masking()
    model = code(masking.text(call.model)) or "an unknown model"
    status = "no status" if call.status is None else f"status {call.status}"
    parts = [f"# {model} over {code(masking.text(call.provider)) or 'an unknown provider'}: {status}\n", _facts(call)]
    if findings:
        parts.append("## What is odd\n\n" + "".join(_finding(each, masking) for each in findings))
    parts.append(_body("Request", request))
    parts.append(_body("Answer", answer))
    parts.append("## What is not here\n\n" + "".join(f"- {prose(each, 400)}\n" for each in left_out))
    return "\n".join(parts)


def _facts(call: Recorded) -> str:
    """One line for each fact that the row knows."""
    masking = Masking()
    ended = f"{call.ended_at:%Y-%m-%d %H:%M:%S} UTC"
    facts = [
        ("Log", call.log_id),
        ("Gateway", call.gateway),
        ("Ended", ended),
        ("Path", call.path),
        *call.facts,
        ("Answered from the cache", "yes" if call.is_cached else "no"),
    ]
    lines = "".join(f"- {name}: {code(masking.text(value))}\n" for name, value in facts if value)
    return f"{lines}- Permalink: <{call.permalink}>\n"


def _finding(each: Finding, masking: Masking) -> str:
    place = f" ({each.side}{f', {code(spell(each.path))}' if each.path else ''})" if each.side else ""
    text = f" {prose(masking.text(each.text))}" if each.text else ""
    return f"- {_LEVELS[each.level]}: {prose(masking.text(each.title))}{place}.{text}\n"


def _body(title: str, body: Outgoing) -> str:
    head = f"## {title}\n\n"
    if body.is_missing:
        return f"{head}{' '.join(prose(each, 400) for each in body.notes)}\n"
    if not body.data:
        return f"{head}It is empty.\n"
    if body.file_name.endswith(".bin"):
        return f"{head}{len(body.data):,} bytes that are no text.\n"
    text = json_text(body.value) if body.value is not None else body.data.decode("utf-8", "replace")
    begin = Masking().begin(text, EXCERPT_CHARACTERS) if body.is_waiting else text[:EXCERPT_CHARACTERS]
    more = len(text) - EXCERPT_CHARACTERS
    rest = f"\n… and {more:,} more characters.\n" if more > 0 else ""
    return f"{head}{fenced(begin, 'json' if body.is_json else 'text')}{rest}"
