"""What a call said, whatever the provider: turns of a conversation, tools, parameters, usage, and what is odd.

Each part knows its `path` in the body, so that a page can lead from it to the place in the tree. What no reader knows
becomes a `Json` part: nothing is dropped, and nothing is blank.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .paths import Path

type Side = Literal["request", "response"]
type Level = Literal["err", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Text:
    """Something that was said, thought (`reasoning`) or refused (`refusal`)."""

    text: str
    path: Path
    kind: Literal["text", "reasoning", "refusal"] = "text"
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that is called. `arguments` is the value, None if the text is no JSON; `text` is as it was sent."""

    name: str
    id: str
    arguments: Any
    text: str
    path: Path
    problem: str = ""  # why the arguments could not be read
    kind: str = "function"  # or a provider's own: web_search, code_interpreter, …


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gave back for the call with that id."""

    call_id: str
    parts: tuple[Part, ...]
    path: Path
    name: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, sound, film or file. `data_path` leads to its base64; `url` names it elsewhere."""

    what: Literal["image", "audio", "video", "file"]
    path: Path
    type: str = ""  # "image/png", as its own bytes say, else as the body says
    size: int | None = None  # bytes
    width: int | None = None
    height: int | None = None
    url: str = ""  # where it lies, as text: never fetched, never a live link
    data_path: Path | None = None
    name: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Json:
    """What has no better form: shown as JSON, with a word of what it is."""

    value: Any
    path: Path
    label: str = ""


type Part = Text | Call | Result | Media | Json


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said at one time. `role`: system, developer, user, assistant, tool, or as the body has it."""

    role: str
    parts: tuple[Part, ...]
    path: Path
    name: str = ""
    finish: str = ""  # why it stopped, in the provider's word
    label: str = ""  # "choice 2", "document 3"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the request offers. `schema` is what its arguments must look like, None when nothing says so."""

    name: str
    path: Path
    description: str = ""
    schema: Any = None
    kind: str = "function"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the body says it used. None means that it does not say, never zero."""

    tokens_in: int | float | None = None  # all that went in, those from a cache included
    tokens_out: int | float | None = None  # all that came out, reasoning included
    total: int | float | None = None
    cached_in: int | float | None = None
    cache_written_in: int | float | None = None
    reasoning_out: int | float | None = None
    cost: int | float | None = None  # US dollars, where the provider says it in the body
    others: tuple[tuple[str, str], ...] = ()  # ("neurons", "0.25")
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an engineer should know, with the place if it has one."""

    code: str  # "stream-no-end"
    level: Level
    title: str  # "Stream ended without [DONE]"
    text: str = ""
    side: Side | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one body says, read by one shape."""

    shape: str  # "OpenAI chat"
    turns: tuple[Turn, ...] = ()
    tools: tuple[Tool, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()  # ("temperature", "0.2"), without messages and tools
    model: str = ""
    usage: Usage | None = None
    finishes: tuple[str, ...] = ()  # the provider's words for why it stopped, one for each choice
    findings: tuple[Finding, ...] = ()
    is_error: bool = False  # the body is a refusal or an error, of the provider or of the gateway


@dataclass(slots=True)
class Gathered:
    """Text put together from the events of a stream, and how much of it each event gave."""

    pieces: list[tuple[int, str]] = field(default_factory=list)  # number of the event, text

    def add(self, number: int, text: str) -> None:
        """The next piece."""
        if text:
            self.pieces.append((number, text))

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(text for _, text in self.pieces)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A stream put together: `value` is the body that the same call would have had without streaming."""

    value: Any
    findings: tuple[Finding, ...] = ()
    gathered: dict[Path, Gathered] = field(default_factory=dict)  # texts of `value`, by where they stand in it
    times: tuple[tuple[int, float], ...] = ()  # number of the event, seconds; only where the stream carries times
