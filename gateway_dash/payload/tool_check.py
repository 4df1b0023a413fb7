"""Tool calls against what the request says of its tools: arguments that do not fit, tools that nobody offered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from .conversation import Call, Finding, Level, Result, Said, Side, Tool
from .nearest import nearest
from .paths import Path, spell
from .schema_check import STEPS, Mark, check
from .schema_keywords import BrokenSchema, Unchecked
from .values import json_text

type State = Literal["fits", "differs", "unknown", "broken-json", "no-schema", "broken-schema", "unchecked"]

MOST_CALLS = 200  # that are checked; a request of many turns repeats them
MOST_FINDINGS = 20
_ALL_STEPS = 5 * STEPS  # for all the calls of one log together


@dataclass(frozen=True, slots=True)
class CallCheck:
    """One tool call, and how its arguments fit. `text` says the state in words, `marks` the places."""

    side: Side
    path: Path  # of the call in its body
    name: str
    call_id: str
    state: State
    text: str
    marks: tuple[Mark, ...] = ()
    has_more: bool = False  # more places than `marks` names
    nearest: str = ""  # the tool that was probably meant
    tool_path: Path | None = None  # of the tool in the request
    skipped: tuple[str, ...] = ()  # keywords of the schema that were not checked


def check_calls(request: Said | None, response: Said | None, *, is_request_cut: bool = False) -> tuple[CallCheck, ...]:
    """Every tool call of both bodies, in their order. `is_request_cut`: tools may stand in what is not here."""
    tools: dict[str, Tool] = {}
    for tool in request.tools if request else ():
        tools.setdefault(tool.name, tool)
    found: list[CallCheck] = []
    steps = _ALL_STEPS
    for side, call in (*_calls("request", request), *_calls("response", response)):
        blank = CallCheck(side, call.path, call.name, call.id, "unchecked", "")
        if len(found) >= MOST_CALLS:
            found.append(replace(blank, text=f"not checked: only the first {MOST_CALLS} calls are"))
        elif request is None or (is_request_cut and call.name not in tools):
            missing = "could not be read" if request is None else "is here only in part, and this tool not in it"
            found.append(replace(blank, text=f"not checked: the request {missing}"))
        else:
            checked, used = _check(blank, call, tools, min(STEPS, steps))
            steps -= used
            found.append(checked)
    return tuple(found)


def _calls(side: Side, said: Said | None) -> Iterator[tuple[Side, Call]]:
    for turn in said.turns if said else ():
        yield from ((side, part) for part in turn.parts if isinstance(part, Call))


def _check(blank: CallCheck, call: Call, tools: dict[str, Tool], steps: int) -> tuple[CallCheck, int]:
    """The check, and the steps that it took."""
    tool = tools.get(call.name)
    if tool is not None:
        blank = replace(blank, tool_path=tool.path)
    if call.kind != "function" or (tool and tool.kind != "function"):
        return replace(blank, text="not checked: a tool of the provider’s own"), 0
    if call.problem:
        return replace(blank, state="broken-json", text=_broken(call)), 0
    if tool is None:
        return _unknown(blank, list(tools)), 0
    if tool.schema is None:
        return replace(blank, state="no-schema", text="the request says nothing of its arguments"), 0
    try:
        fit = check(call.arguments, tool.schema, steps=steps)
    except Unchecked as error:
        return replace(blank, text=f"not checked: {error}"), steps
    except BrokenSchema as error:
        return replace(blank, state="broken-schema", text=f"the tool’s schema is broken: {error}"), steps
    left_out = f"; not checked: {', '.join(fit.skipped)}" if fit.skipped else ""
    done = replace(blank, marks=fit.marks, has_more=fit.has_more, skipped=fit.skipped)
    if fit.marks:
        return replace(done, state="differs", text=f"the arguments do not fit the schema{left_out}"), fit.steps
    return replace(done, state="fits", text=f"the arguments fit the schema{left_out}"), fit.steps


def _unknown(blank: CallCheck, names: list[str]) -> CallCheck:
    like = nearest(blank.name, names)
    if not names:
        text = "the request offers no tools"
    else:
        text = f"the request offers no such tool{f'; “{like}” is like it' if like else ''}"
    return replace(blank, state="unknown", text=text, nearest=like)


def _broken(call: Call) -> str:
    """Why the arguments are no JSON, and at which character."""
    if not call.text.strip():
        return "the arguments are empty, not even {}"
    try:
        json.loads(call.text, strict=False)
    except json.JSONDecodeError as error:
        at = f"at character {error.pos + 1:,}"
        if error.msg.startswith("Unterminated"):
            at = f"ends inside the string that begins {at}"
        else:
            at = "ends too early" if error.pos >= len(call.text.rstrip()) else f"stops making sense {at}"
        return f"the arguments are no JSON: the text of {len(call.text):,} characters {at}"
    except (ValueError, RecursionError):
        pass
    return f"the arguments cannot be read: {call.problem}"


# --- as findings ---------------------------------------------------------------------


def findings(checks: tuple[CallCheck, ...]) -> tuple[Finding, ...]:
    """What an engineer should know of them. In the answer it is an error; in the request it is history."""
    found = []
    for each in checks:
        level: Level = "err" if each.side == "response" else "warn"
        name = each.name or "without a name"
        if each.state == "differs":
            place = _place(each)
            found.append(_finding(each, "tool-arguments", level, f"Arguments of {name} do not fit its schema", place))
        elif each.state == "broken-json":
            found.append(_finding(each, "tool-arguments-json", level, f"Arguments of {name} are no JSON", each.text))
        elif each.state == "unknown":
            level = "err" if each.side == "response" else "info"
            found.append(_finding(each, "tool-unknown", level, f"Call of {name}, which is not offered", each.text))
        elif each.state == "broken-schema":
            found.append(_finding(each, "tool-schema", "warn", f"Schema of {name} is broken", each.text))
    return _bounded(found)


def _finding(check: CallCheck, code: str, level: Level, title: str, text: str) -> Finding:
    begins_with_field = any(mark.path for mark in check.marks[:1])  # whose capitals are its own
    text = text if begins_with_field else text[:1].upper() + text[1:]
    return Finding(code, level, title, f"{text}.", check.side, check.path)


def _place(each: CallCheck) -> str:
    first, *others = each.marks
    more = f", and {len(others)}{' or more' if each.has_more else ''} more" if others else ""
    return f"{sentence(first)}{more}"


def sentence(mark: Mark) -> str:
    """ "limit is a text where a number is needed"."""
    return f"{spell(mark.path)} {mark.text}" if mark.path else mark.text


def pairing(request: Said | None) -> tuple[Finding, ...]:
    """Calls of the request without a result, and results that answer no call."""
    calls = [part for _, part in _calls("request", request)]
    results = [part for turn in (request.turns if request else ()) for part in turn.parts if isinstance(part, Result)]
    open_calls = Counter(call.id or call.name for call in calls)
    found = []
    for result in results:
        key = next((each for each in (result.call_id, result.name) if each and open_calls[each] > 0), None)
        if key is not None:
            open_calls[key] -= 1
            continue
        named = json_text(result.call_id or result.name, indent=None)
        text = f"No call in the request has the id or name {named[:80]}."
        found.append(
            Finding("tool-result-alone", "info", "A tool’s result answers no call", text, "request", result.path)
        )
    for call in reversed(calls):  # of several with one name, the last ones are those without a result
        if open_calls[key := call.id or call.name] > 0:
            open_calls[key] -= 1
            text = "The request holds the call and no result for it."
            title = f"Call of {call.name or 'a tool'} without a result"
            found.append(Finding("tool-call-alone", "info", title, text, "request", call.path))
    return _bounded(found)


def _bounded(found: list[Finding]) -> tuple[Finding, ...]:
    if len(found) <= MOST_FINDINGS:
        return tuple(found)
    found.sort(key=lambda each: ("err", "warn", "info").index(each.level))
    more = f"And {len(found) - MOST_FINDINGS + 1:,} more of this kind"
    return (*found[: MOST_FINDINGS - 1], Finding("tool-more", found[MOST_FINDINGS - 1].level, more))
