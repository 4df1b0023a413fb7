"""A whole conversation as Markdown to paste elsewhere: roles as headings, everything that was said in fences.

What was said stays in fences although it may be Markdown itself: pasted into an issue, a picture in it would be loaded
and a heading in it would be a turn that nobody took.
"""

from __future__ import annotations

from collections.abc import Iterator

from .conversation import Call, Json, Media, Part, Result, Said, Text, Turn
from .fences import code, fenced, prose
from .outgoing import AsItIs, Masking
from .values import json_text


def conversation_markdown(request: Said | None, response: Said | None, *, is_masked: bool = True) -> str:
    """Both sides, the answer last; secrets are masked, unless somebody may see them. Nothing can leave its fence."""
    masking = Masking() if is_masked else AsItIs()
    found = []
    for side, said in (("Request", request), ("Answer", response)):
        if said is not None:
            model = f" · {code(masking.text(said.model))}" if said.model else ""
            found.append(f"# {side}{model}\n")
            found += [_turn(turn, masking) for turn in said.turns] or ["Nothing was said.\n"]
    if masking.count:
        found.append(f"Masked: {masking.count} secret{'' if masking.count == 1 else 's'}.\n")
    return "\n".join(found)


def _turn(turn: Turn, masking: Masking) -> str:
    name = f" · {code(masking.text(turn.name))}" if turn.name else ""
    label = f" · {prose(masking.text(turn.label))}" if turn.label else ""
    finish = f"\nEnded with {code(masking.text(turn.finish))}.\n" if turn.finish else ""
    parts = list(_parts(turn.parts, masking)) or ["(nothing)\n"]
    return f"## {prose(masking.text(turn.role)).capitalize()}{name}{label}\n\n" + "\n".join(parts) + finish


def _parts(parts: tuple[Part, ...], masking: Masking) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Text):
            yield _text(part, masking)
        elif isinstance(part, Call):
            name, call_id = code(masking.text(part.name)), code(masking.text(part.id))
            text = masking.text(part.text if part.problem else json_text(part.arguments))
            problem = f" (no JSON: {prose(part.problem)})" if part.problem else ""
            info = "text" if part.problem else "json"
            yield f"**Calls** {name}{f' · {call_id}' if call_id else ''}{problem}\n\n{fenced(text, info)}"
        elif isinstance(part, Result):
            of = code(masking.text(part.name or part.call_id)) or "a tool"
            yield f"**{'Error' if part.is_error else 'Result'}** of {of}\n\n{_result(part, masking)}"
        elif isinstance(part, Media):
            yield f"{_chip(part, masking)}\n"
        else:
            yield _json(part, masking)


def _text(part: Text, masking: Masking) -> str:
    kind = "" if part.kind == "text" else f"{part.kind.capitalize()}:\n\n"
    cut = "\n(cut here)\n" if part.is_cut else ""
    return f"{kind}{fenced(masking.text(part.text))}{cut}"


def _result(part: Result, masking: Masking) -> str:
    """What a tool gave back. A result inside a result is shown as it is."""
    found = []
    for each in part.parts:
        if isinstance(each, Text):
            looks_json = each.text.lstrip()[:1] in ("{", "[")
            found.append(fenced(masking.text(each.text), "json" if looks_json else "text"))
        elif isinstance(each, Media):
            found.append(f"{_chip(each, masking)}\n")
        elif isinstance(each, Json):
            found.append(_json(each, masking))
        else:
            found.append(fenced(masking.text(repr(each)[:2000])))
    return "\n".join(found) or "(nothing)\n"


def _json(part: Json, masking: Masking) -> str:
    label = f"{prose(masking.text(part.label))}:\n\n" if part.label else ""
    return f"{label}{fenced(masking.text(masking.without_base64(json_text(part.value))), 'json')}"


def _chip(part: Media, masking: Masking) -> str:
    """ "[image image/png, 640 × 480, 12,345 bytes]", with its address as text."""
    facts = [part.type] if part.type else []
    facts += [f"{part.width} × {part.height}"] if part.width and part.height else []
    facts += [f"{part.size:,} bytes"] if part.size is not None else []
    facts += [masking.text(part.name)] if part.name else []
    facts += [masking.text(part.url)] if part.url else []
    return f"({part.what}{f': {code(", ".join(facts), 500)}' if facts else ''})"
