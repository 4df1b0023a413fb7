"""One log with its bodies as one line. One log at a time: whatever is in the files, memory holds two bodies."""

from __future__ import annotations

from typing import Any

from gateway_dash.bulk.bodies import Stored, stored
from gateway_dash.bulk.exporting import rows
from gateway_dash.bulk.exporting.spec import Spec
from gateway_dash.bulk.work import Run
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import SIDES
from gateway_dash.payload.chat import Chat, Unfit, chat_of
from gateway_dash.payload.conversation import Said
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.masking import MOST_CHARACTERS, masked_file
from gateway_dash.payload.outgoing import Masking
from gateway_dash.payload.shapes import Hints

CONVERSATIONS = ("finetune", "evals")  # forms that hold what bodies say, and not the bodies
FAILED = "the call did not succeed"
NO_BODY = "the upstream keeps no {side} of it"
NOT_WHOLE = "its {side} did not arrive whole"
UNKNOWN = "its {side} is in no form that is known here"
OVER = "over 1 MB, and beyond that it is not looked at for secrets: left out"
CUT = "it did not arrive whole, and what its end was cut from may be a secret: left out"


def line_of(run: Run, spec: Spec, log: Log) -> bytes:
    """The line of a log; raises Unfit for one that the form has no place for, and whatever the upstream does."""
    if spec.format not in CONVERSATIONS:
        found = {side: _shown(stored(run, log.id, side), exact=spec.secrets) for side in SIDES}
        if spec.form.ending == "jsonl":
            return rows.line({"log": rows.one(spec, log), **found})
        return rows.with_bodies(spec, log, [text for side in SIDES for text in _cells(found[side])])
    if log.success is not True:
        raise Unfit(FAILED)
    clean = _as_it_is if spec.secrets else masked_value
    chat = chat_of(_said(run, log, "request"), _said(run, log, "response"), clean)
    return rows.line(clean(_tuned(chat) if spec.format == "finetune" else _item(chat, log)))


def masked_value(value: Any, key: str = "") -> Any:
    """Whatever JSON holds, with each text masked as it would be on a page, names included."""
    if isinstance(value, str):
        return Masking().text(value, key=key)
    if isinstance(value, dict):
        return {Masking().text(str(name)): masked_value(each, str(name)) for name, each in value.items()}
    return [masked_value(each, key) for each in value] if isinstance(value, list | tuple) else value


def _as_it_is(value: Any) -> Any:
    return value


def _tuned(chat: Chat) -> dict[str, Any]:
    tools = {"tools": list(chat.tools)} if chat.tools else {}
    return {"messages": [*chat.messages, chat.answer], **tools}


def _item(chat: Chat, log: Log) -> dict[str, Any]:
    calls = {"tool_calls": chat.answer["tool_calls"]} if "tool_calls" in chat.answer else {}
    item = {
        "input": list(chat.messages),
        "output": chat.answer["content"] or "",
        **calls,
        "log_id": log.id,
        "created_at": log.created_at.isoformat(),
        "provider": log.provider,
        "model": log.model,
        "feedback": log.feedback,
        "score": log.score,
    }
    return {"item": item}


def _said(run: Run, log: Log, side: Side) -> Said:
    body = stored(run, log.id, side)
    if body.missing:
        raise Unfit(NO_BODY.format(side=side))
    if not body.is_whole:
        raise Unfit(NOT_WHOLE.format(side=side))
    document = read_document(body.data)
    said = read_side(document, side, Hints(log.provider, log.model, log.path)).said
    if said is None or document.is_cut:
        raise Unfit((NOT_WHOLE if document.is_cut else UNKNOWN).format(side=side))
    return said


def _cells(shown: dict[str, Any]) -> tuple[str, str]:
    """A body as the text of one cell, and in the next what is to be known of it."""
    if "missing" in shown:
        return "", shown["missing"]
    notes = [*(["not whole"] if "whole" in shown else []), *(["base64"] if "base64" in shown else [])]
    return shown.get("text", shown.get("base64", "")), ", ".join(notes)


def _shown(body: Stored, *, exact: bool) -> dict[str, Any]:
    """A body as it can stand in JSON, masked unless `exact`."""
    if exact or body.missing:
        return body.as_json()
    if len(body.data) > MOST_CHARACTERS:
        return {"missing": OVER}
    return body.as_json(masked_file(body.data)) if body.is_whole else {"missing": CUT}
