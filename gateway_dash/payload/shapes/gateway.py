"""What the gateway itself says: its refusals, told in words, and the request of its universal endpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway_dash.payload.conversation import Finding, Json, Part, Said, Text, Turn
from gateway_dash.payload.moving import under
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape

NAME = "AI Gateway"
MOST_STEPS = 50
CODES = {
    2001: "The gateway does not exist, or is not set up yet.",
    2003: "The gateway's own rate limit was reached; the provider was not asked.",
    2009: "The token for the gateway was missing or wrong.",
    2016: "A guardrail blocked the prompt; the provider was not asked.",
    2017: "A guardrail blocked the response; the provider had answered, and the caller did not get it.",
    2021: "There were not enough credits to pay for the call.",
    2029: "Data loss prevention blocked the request; the provider was not asked.",
    2030: "Data loss prevention blocked the response; the provider had answered, and the caller did not get it.",
    2045: "A spend limit of the gateway was reached; the provider was not asked.",
    7003: "The gateway knows no such model (404), or could not read the request (400).",
    7013: "The scanner behind the guardrails was not available, so the call was not let through.",
}

type Reader = Callable[[Any, Hints], Said | None]


def response(value: Any, hints: Hints) -> Said | None:
    """A refusal. The key is `error` and holds a list; newer ones say `errors` as other parts of Cloudflare do."""
    errors, key = list_at(value, "error"), "error"
    if not errors:
        errors, key = list_at(value, "errors"), "errors"
        if not any(number_at(each, "code") in CODES for each in errors) and not _is_named(value):
            return None
    if not _is_named(value) and at(value, "success") is not False:
        return None
    status = number_at(value, "httpCode")
    about = ", ".join(each for each in (text_at(value, "name"), f"HTTP {status:g}" if status else "") if each)
    about = f"({about})" if about else ""
    parts: list[Part] = []
    findings: list[Finding] = []
    for number, each in enumerate(errors):
        path: Path = (key, number)
        parts.append(
            Text(text_at(each, "message"), (*path, "message")) if text_at(each, "message") else Json(each, path)
        )
        findings.append(_finding(each, path, about))
    if not errors:
        if text := text_at(value, "message"):
            parts.append(Text(text, ("message",)))
        findings.append(_finding({"code": at(value, "internalCode"), "message": at(value, "message")}, (), about))
    return Said(NAME, (Turn("gateway", tuple(parts), ()),), findings=tuple(findings), is_error=True)


def _is_named(value: Any) -> bool:
    return text_at(value, "name") == "AiGatewayError"


def _finding(error: Any, path: Path, about: str) -> Finding:
    code, message = number_at(error, "code"), text_at(error, "message")
    told = f" ({code})" if code is not None else ""
    meaning = CODES.get(int(code), "") if code is not None else ""
    text = " ".join(each for each in (meaning, f"It said: {message}" if message else "", about) if each)
    return Finding("gateway-refusal", "err", f"Refused by the gateway{told}", text, "response", path)


def over(shapes: tuple[Shape, ...]) -> Shape:
    """The shape of the gateway, which reads each step of a universal request with the shapes of the providers."""

    def read(value: Any, hints: Hints) -> Said | None:
        for shape in shapes:
            if (said := shape.request(value, hints)) is not None:
                return said
        return None

    return Shape(NAME, lambda value, hints: request(value, read), response)


def request(value: Any, read: Reader) -> Said | None:
    """A list of steps, each for when those before it fail. Of their headers only the names are told."""
    steps = list_at(value)
    if not steps or not all(text_at(each, "provider") and {"query", "endpoint"} & set(map_at(each)) for each in steps):
        return None
    said = [_step(each, number, read) for number, each in enumerate(steps[:MOST_STEPS])]
    more = len(steps) - MOST_STEPS
    rest = (("more steps", str(more)),) if more > 0 else ()
    return Said(
        NAME,
        turns=tuple(turn for each in said for turn in each.turns),
        tools=tuple(tool for each in said for tool in each.tools),
        parameters=(*(pair for each in said for pair in each.parameters), *rest),
        model=said[0].model,
        findings=tuple(finding for each in said for finding in each.findings),
    )


def _step(step: Any, number: int, read: Reader) -> Said:
    name = f"step {number + 1}"
    provider, endpoint = text_at(step, "provider"), text_at(step, "endpoint")
    query = at(step, "query")
    inner = read(query, Hints(provider, text_at(query, "model"), endpoint))
    said = under((number, "query"), inner) if inner else _unread(query, number)
    headers = ", ".join(map_at(step, "headers")) or "none"
    about = ((name, f"{provider} {endpoint}".strip()), (f"{name}: headers", headers))
    turns = tuple(
        replace(turn, label=f"{name}: {provider}" + (f", {turn.label}" if turn.label else "")) for turn in said.turns
    )
    settings = tuple((f"{name}: {key}", each) for key, each in said.parameters)
    return replace(said, turns=turns, parameters=(*about, *settings))


def _unread(query: Any, number: int) -> Said:
    path: Path = (number, "query")
    return Said(NAME, (Turn("user", (Json(query, path, label="query"),), path),))
