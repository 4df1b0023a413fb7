"""A conversation in the words of OpenAI's chat messages, whatever the provider: what fine-tuning and evals take.

A log that cannot be said like that without losing something is refused with the reason, and never said in part.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .conversation import Call, Json, Media, Part, Result, Said, Text, Turn
from .values import json_text

ROLES = {"developer": "system", "model": "assistant", "function": "tool"}
KNOWN = ("system", "user", "assistant", "tool")
CUT_SHORT = frozenset({"length", "max_tokens", "max_output_tokens", "incomplete"})
type Clean = Callable[[Any], Any]


class Unfit(Exception):
    """The conversation has no place in this form; `reason` completes "left out: …"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Chat:
    """What was said before, the answer, and the tools that were offered."""

    messages: tuple[dict[str, Any], ...]
    answer: dict[str, Any]
    tools: tuple[dict[str, Any], ...]


def chat_of(request: Said, response: Said, clean: Clean) -> Chat:
    """Both sides as messages; raises Unfit. `clean` masks what becomes text here: the arguments of calls."""
    if request.is_error or response.is_error:
        raise Unfit("the answer is an error")
    if any(finish.lower() in CUT_SHORT for finish in response.finishes):
        raise Unfit("the answer was cut at its limit of tokens")
    messages = [message for turn in request.turns for message in _messages(turn, clean)]
    if not any(message["role"] == "user" for message in messages):
        raise Unfit("nobody asks anything in it")
    answer = _answer(response, clean)
    tools = tuple(
        {"type": "function", "function": _without_none(name=t.name, description=t.description, parameters=t.schema)}
        for t in request.tools
        if t.kind == "function"
    )
    return Chat(tuple(messages), answer, tools)


def _answer(response: Said, clean: Clean) -> dict[str, Any]:
    """The first choice, in one message. What stands beside it in the envelope is no part of the conversation."""
    turns = [turn for turn in response.turns if turn.label in ("", "choice 1")]
    parts = tuple(part for turn in turns for part in turn.parts if not isinstance(part, Json))
    found = list(_messages(Turn("assistant", parts, ()), clean))
    if len(found) != 1 or found[0]["role"] != "assistant":
        raise Unfit("the answer holds no words")
    return found[0]


def _messages(turn: Turn, clean: Clean) -> list[dict[str, Any]]:
    """One turn: what tools gave back in messages of their own, then the rest in one."""
    role = ROLES.get(turn.role, turn.role)
    if role not in KNOWN:
        raise Unfit("it has a role that chat messages do not know")
    found = [_result(part) for part in turn.parts if isinstance(part, Result)]
    texts, calls = [], []
    for part in turn.parts:
        if isinstance(part, Call):
            calls.append(_call(part, clean))
        elif not isinstance(part, Result) and (text := _words(part)):
            texts.append(text)
    if texts or calls:
        message: dict[str, Any] = {"role": role, "content": "\n".join(texts) if texts else None}
        found.append(message | ({"tool_calls": calls} if calls else {}))
    return found


def _words(part: Part) -> str:
    """The text of a part; nothing for a thought, which is no part of what was said."""
    if isinstance(part, Text):
        if part.is_cut:
            raise Unfit("it ends in the middle")
        if part.kind == "refusal":
            raise Unfit("the model refused")
        return part.text if part.kind == "text" else ""
    if isinstance(part, Media):
        raise Unfit("it holds pictures, sound or files")
    raise Unfit("it holds parts that chat messages do not know")


def _call(part: Call, clean: Clean) -> dict[str, Any]:
    if part.problem or part.kind != "function":
        raise Unfit("it calls a tool in a way that chat messages do not know")
    arguments = json.dumps(clean(part.arguments), ensure_ascii=False)
    return {"id": part.id, "type": "function", "function": {"name": part.name, "arguments": arguments}}


def _result(part: Result) -> dict[str, Any]:
    texts = [json_text(each.value, indent=None) if isinstance(each, Json) else _words(each) for each in part.parts]
    return {"role": "tool", "tool_call_id": part.call_id, "content": "\n".join(texts)}


def _without_none(**members: Any) -> dict[str, Any]:
    return {name: each for name, each in members.items() if each not in (None, "")}
