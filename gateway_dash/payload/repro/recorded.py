"""A pytest with the recorded answer: it runs without a network and without a key, and says what the answer said."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from gateway_dash.payload.conversation import Assembled, Call, Said, Text
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at

from .bodies import Outgoing
from .commands import METHOD, python_body, python_headers
from .target import Target, plain_type

_LONGEST = 2000  # characters of a text that is compared
_MOST_PIECES = 40  # of a stream
_MOST_PARTS = 5  # of an answer
_DEEPEST = 20  # objects and lists in a value that is compared
_HEAD = '''"""A recorded call, replayed: no network, no key. Run it with: pytest {file}

Put your own code into ask(). It gets a client that answers as the provider did.
"""

{imports}import httpx

'''
_MIDDLE = '''

def recorded(request: httpx.Request) -> httpx.Response:
    """The answer as it was recorded, to the request as it was recorded."""
    assert request.method == {method!r}
    assert request.content == BODY
    return httpx.Response({status}, headers={{"content-type": {type!r}}}, content=ANSWER)


def ask(client: httpx.Client) -> httpx.Response:
    return client.request({method!r}, URL, headers=HEADERS, content=BODY)

'''
_TEXTS = '''
def texts(value: object) -> list[str]:
    """All texts in a value."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inside for text in texts(each)]

'''
_TEST = """
def test_the_recorded_answer() -> None:
    with httpx.Client(transport=httpx.MockTransport(recorded)) as client:
        answer = ask(client)
    assert answer.status_code == {status}
"""
_EVENTS = r"""    lines = answer.content.decode("utf-8", "replace").split("\n")
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
"""
FILE = "test_recorded.py"


def pytest_file(
    target: Target,
    request: Outgoing,
    answer: Outgoing,
    *,
    status: int | None,
    answer_type: str,
    said: Said | None,
    assembled: Assembled | None,
) -> str:
    """The module's text. Where the answer is long, it is read from a file beside the test."""
    known = status if status is not None and 100 <= status <= 999 else 200
    kind = "application/json" if answer.is_json else plain_type(answer_type, "text/plain")
    checks = _checks(answer, said, assembled)
    imports = "import json\n" if "json." in checks else ""
    imports += "from pathlib import Path\n" if request.is_beside or answer.is_beside else ""
    return "".join(
        (
            _HEAD.format(file=FILE, imports=f"{imports}\n" if imports else ""),
            f"URL = {target.url!r}\n",
            python_headers(target, with_keys=False),
            python_body("BODY", request),
            python_body("ANSWER", answer),
            _MIDDLE.format(method=METHOD, status=known, type=kind),
            _TEXTS if "texts(" in checks else "",
            _TEST.format(status=known),
            checks,
        )
    )


def _checks(answer: Outgoing, said: Said | None, assembled: Assembled | None) -> str:
    """What the answer is asserted to say: what a shape found, else its form, else its length."""
    if answer.is_waiting:
        return "    assert answer.content\n"
    value = _as_the_test_reads(answer.data) if answer.is_json else None
    if value is not None:
        found = "".join(_check(path, part) for path, part in _said(value, said))
        return found or _form_check(value)
    events = _events(answer.data)
    if events:
        gathered = assembled.gathered.values() if assembled else ()
        pieces = [text for each in gathered for _, text in each.pieces]
        there = set(all_texts(events))
        kept = [text for text in dict.fromkeys(pieces) if text in there and len(text) <= _LONGEST][:_MOST_PIECES]
        lines = "".join(f"        {text!a},\n" for text in kept)
        said_check = f"    assert set(texts(events)) >= {{\n{lines}    }}\n" if kept else ""
        return f"{_EVENTS}    assert len(events) == {len(events)}\n{said_check}"
    return f"    assert len(answer.content) == {len(answer.data)}\n"


def _as_the_test_reads(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _said(value: Any, said: Said | None) -> Iterator[tuple[Path, Any]]:
    """Where each text and each call of the answer stands, and what is there as it leaves: masked, if it is."""
    parts = [part for turn in (said.turns if said else ()) for part in turn.parts if isinstance(part, Text | Call)]
    for part in parts[:_MOST_PARTS]:
        found = at(value, *part.path)
        if isinstance(found, str) == isinstance(part, Text) and found:
            yield part.path, found


def _check(path: Path, found: Any) -> str:
    steps = "".join(f"[{step!a}]" for step in path)
    if isinstance(found, str) and len(found) > _LONGEST:
        return f"    assert answer.json(){steps}.startswith({found[:_LONGEST]!a})\n"
    return f"    assert answer.json(){steps} == {found!a}\n" if _is_literal(found) else ""


def _is_literal(value: Any, depth: int = 0) -> bool:
    """Whether Python reads back what it writes for a value, and somebody else reads it too."""
    if depth > _DEEPEST or (depth == 0 and len(json.dumps(value)) > _LONGEST):
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_is_literal(each, depth + 1) for each in inside)


def _form_check(value: Any) -> str:
    if isinstance(value, dict) and len(value) <= 50:
        return f"    assert sorted(answer.json()) == {sorted(map(str, value))!a}\n"
    if isinstance(value, list | dict | str):
        return f"    assert len(answer.json()) == {len(value)}\n"
    return "    assert answer.json() == json.loads(ANSWER)\n"


def _events(data: bytes) -> list[Any]:
    """As the test reads them; none if it could not read them all."""
    lines = [line for line in data.decode("utf-8", "replace").split("\n") if line.startswith("data: {")]
    try:
        return [json.loads(line[6:]) for line in lines]
    except (ValueError, RecursionError):
        return []


def all_texts(value: Any) -> list[str]:
    """All texts in a value that was read."""
    found, level = [], [value]
    while level:
        found += [each for each in level if isinstance(each, str)]
        maps = [list(each.values()) for each in level if isinstance(each, dict)]
        lists = [each for each in level if isinstance(each, list)]
        level = [item for each in (*maps, *lists) for item in each]
    return found
