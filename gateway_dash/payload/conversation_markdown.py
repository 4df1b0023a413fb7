"""A whole conversation as Markdown to paste elsewhere: roles as headings, everything that was said in fences.

What was said stays in fences although it may be Markdown itself: pasted into an issue, a picture in it would be loaded
and a heading in it would be a turn that nobody took.
"""

from __future__ import annotations

from .conversation import Said
from .conversation_plain import PlainPart, PlainTurn, plain_side
from .fences import code, fenced, prose
from .outgoing import AsItIs, Masking

NOTHING = "(nothing)\n"


def conversation_markdown(request: Said | None, response: Said | None, *, is_masked: bool = True) -> str:
    """Both sides, the answer last; secrets are masked, unless somebody may see them. Nothing can leave its fence."""
    masking = Masking() if is_masked else AsItIs()
    found = []
    for heading, said in (("Request", request), ("Answer", response)):
        if said is not None:
            side = plain_side(said, masking)
            found.append(f"# {heading}{f' · {code(side.model)}' if side.model else ''}\n")
            found += [_turn(turn) for turn in side.turns] or ["Nothing was said.\n"]
    if masking.count:
        found.append(f"Masked: {masking.count} secret{'' if masking.count == 1 else 's'}.\n")
    return "\n".join(found)


def _turn(turn: PlainTurn) -> str:
    name = f" · {code(turn.name)}" if turn.name else ""
    label = f" · {prose(turn.label)}" if turn.label else ""
    finish = f"\nEnded with {code(turn.finish)}.\n" if turn.finish else ""
    parts = [_part(part) for part in turn.parts] or [NOTHING]
    return f"## {prose(turn.role).capitalize()}{name}{label}\n\n" + "\n".join(parts) + finish


def _part(part: PlainPart) -> str:
    body = fenced(part.text, "json" if part.is_json else "text")
    if part.kind == "call":
        name, call_id = code(part.name), code(part.id)
        problem = f" (no JSON: {prose(part.problem)})" if part.problem else ""
        return f"**Calls** {name}{f' · {call_id}' if call_id else ''}{problem}\n\n{body}"
    if part.kind == "result":
        within = "\n".join(_part(each) for each in part.parts) or NOTHING
        return f"**{'Error' if part.is_error else 'Result'}** of {code(part.name) or 'a tool'}\n\n{within}"
    if part.kind == "media":
        return f"({part.name}{f': {code(part.text, 500)}' if part.text else ''})\n"
    label = prose(part.name) if part.kind == "json" else "" if part.kind == "text" else part.kind.capitalize()
    cut = "\n(cut here)\n" if part.is_cut else ""
    return f"{label}:\n\n{body}{cut}" if label else f"{body}{cut}"
