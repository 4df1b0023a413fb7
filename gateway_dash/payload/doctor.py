"""What is wrong with a stream, told as findings. Each shape notes what it saw; the words are the same for all.

How a shape uses it, in its `assemble`:

    notes = Notes(events, end_mark="[DONE]")       # "" where the form has no end mark
    for event in events:
        notes.ended_at = event.number              # at the end mark: `notes.end(event)` keeps the first
        notes.errors.append((event.number, "…"))   # an error in place of a chunk
        notes.odd.append((event.number, "…"))      # an index that was left out or came twice, in words
        notes.times.append((event.number, 1763920001.0))  # seconds, only if the chunk carries a time
    notes.has_finish = notes.has_usage = True      # once they were seen
    notes.open_calls.append((path, name))          # `is_open(arguments)`: JSON that ends before it is closed
    return Assembled(value, findings(notes), gathered, times(notes))

Numbers of events are from 0 in paths (`("events", 11)`) and from 1 in texts for people ("event 12").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from .conversation import Finding, Level
from .events import Event
from .paths import Path
from .values import Unreadable, read_json

MOST_OF_A_KIND = 5  # findings of one kind that are told one by one
LONG_PAUSE_SECONDS = 2
ABOUT_THE_END = frozenset(
    {"stream-no-end", "stream-no-finish", "stream-no-usage", "stream-cut-call", "stream-cut-event", "stream-empty"}
)


@dataclass(slots=True)
class Notes:
    """What a shape saw of a stream while it put it together."""

    events: tuple[Event, ...]
    end_mark: str = "[DONE]"  # how this form says that it is complete; "" where it has no way to
    ended_at: int | None = None  # number of the event that is the end mark
    has_finish: bool = False  # it said why the model stopped
    has_usage: bool = False
    errors: list[tuple[int, str]] = field(default_factory=list)  # number of the event, what it says
    open_calls: list[tuple[Path, str]] = field(default_factory=list)  # place in the assembled value, name of the tool
    odd: list[tuple[int, str]] = field(default_factory=list)  # number of the event, what is odd about its index
    times: list[tuple[int, float]] = field(default_factory=list)  # number of the event, seconds
    left_out: int = 0  # pieces that had no place because there were too many lists or items

    def end(self, event: Event) -> None:
        """This event is the end mark; the first one counts."""
        if self.ended_at is None:
            self.ended_at = event.number


def findings(notes: Notes) -> tuple[Finding, ...]:
    """All that is wrong, the worst first."""
    found = [*_errors(notes), *_end(notes), *of_events(notes.events, notes.end_mark), *_calls(notes)]
    found += [*_numbers(notes), *_after(notes), *_pauses(notes)]
    order = {"err": 0, "warn": 1, "info": 2}
    return tuple(sorted(found, key=lambda each: order[each.level]))


def of_events(events: tuple[Event, ...], end_mark: str = "[DONE]") -> list[Finding]:
    """What is wrong with the events themselves; for a stream of no known shape this is all that can be said."""
    if not events:
        return [_finding("stream-empty", "err", "The stream holds no event", "Nothing but blank lines and comments.")]
    found = []
    last = events[-1]
    is_torn = last.is_cut and bool(last.problem)
    if is_torn:
        text = f"The last of {_count(len(events))} ends after {len(last.data):,} characters, before its JSON is closed."
        found.append(_finding("stream-cut-event", "err", "Cut inside an event", text, ("events", last.number)))
    mute = [event for event in (events[:-1] if is_torn else events) if _is_unread(event, end_mark)]
    if mute:
        text = f"{len(mute):,} of {_count(len(events))}, the first is event {mute[0].number + 1:,}: "
        text += mute[0].problem or "its data is no JSON object."
        found.append(_finding("stream-no-json", "warn", "Events that are not JSON", text, ("events", mute[0].number)))
    return found


def as_far_as_read(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that hold though the end of the stream was not read: nothing can be said of it."""
    return tuple(each for each in found if each.code not in ABOUT_THE_END)


def times(notes: Notes) -> tuple[tuple[int, float], ...]:
    """The times of the chunks, if they differ: one time that all chunks repeat says nothing."""
    return tuple(notes.times) if len({seconds for _, seconds in notes.times}) > 1 else ()


def counted(index: object) -> str:
    """An index of the stream's own, for a text: it can be a number of thousands of digits, or no number."""
    if not isinstance(index, int) or isinstance(index, bool):
        return "that is no number"
    return f"{index:,}" if abs(index) < 10**9 else "that is huge"


def is_open(arguments: str) -> bool:
    """Whether a call's arguments end before their JSON is closed."""
    try:
        return read_json(arguments.encode("utf-8", "surrogatepass"))[1]
    except Unreadable:
        return False  # broken, but not by an end


def _end(notes: Notes) -> list[Finding]:
    if not notes.events:
        return []
    many, last = _count(len(notes.events)), ("events", notes.events[-1].number)
    found = []
    if notes.end_mark and notes.ended_at is None:
        level: Level = "warn" if notes.has_finish else "err"
        text = f"{many}. " + (
            "It had said why the model stopped, so the answer itself may be complete."
            if notes.has_finish
            else "What came after them is lost, or was never sent."
        )
        found.append(_finding("stream-no-end", level, f"Stream ended without {notes.end_mark}", text, last))
    if not notes.has_finish:
        text = f"None of {many} says why the model stopped."
        found.append(_finding("stream-no-finish", "warn", "No finish reason", text, last))
    if not notes.has_usage:
        text = f"None of {many} says how many tokens were used in the end."
        found.append(_finding("stream-no-usage", "info", "No usage in the stream", text))
    return found


def _errors(notes: Notes) -> list[Finding]:
    many = len(notes.events)
    found = [
        _finding(
            "stream-error",
            "err",
            "Error in the stream" if number else "The stream begins with an error",
            f"Event {number + 1:,} of {many:,}: {message or 'it has no message.'}",
            ("events", number),
        )
        for number, message in notes.errors[:MOST_OF_A_KIND]
    ]
    return found + _more("stream-error", "err", "More errors in the stream", len(notes.errors))


def _calls(notes: Notes) -> list[Finding]:
    found = [
        _finding(
            "stream-cut-call",
            "err",
            "Cut inside a tool call",
            f"The arguments of {name or 'a tool without a name'} end before their JSON is closed.",
            path,
        )
        for path, name in notes.open_calls[:MOST_OF_A_KIND]
    ]
    return found + _more("stream-cut-call", "err", "More tool calls that are cut", len(notes.open_calls))


def _numbers(notes: Notes) -> list[Finding]:
    found = []
    if notes.odd:
        number, what = notes.odd[0]
        more = f" {len(notes.odd) - 1:,} more like it." if len(notes.odd) > 1 else ""
        text = f"Event {number + 1:,}: {what}{more}"
        found.append(_finding("stream-index", "warn", "Parts that are out of order", text, ("events", number)))
    if notes.left_out:
        text = f"{notes.left_out:,} pieces are not shown here; they stand in the events."
        found.append(_finding("stream-too-many", "warn", "The stream names too many parts", text))
    return found


def _after(notes: Notes) -> list[Finding]:
    if notes.ended_at is None:
        return []
    late = [event for event in notes.events if event.number > notes.ended_at and event.data.strip()]
    if not late:
        return []
    text = f"{len(late):,} of {_count(len(notes.events))} came after {notes.end_mark}."
    return [_finding("stream-after-end", "warn", "Events after the end", text, ("events", late[0].number))]


def _pauses(notes: Notes) -> list[Finding]:
    gaps = [(after - before, number) for (_, before), (number, after) in pairwise(times(notes))]
    long = [each for each in gaps if each[0] > LONG_PAUSE_SECONDS]
    if not long:
        return []
    seconds, number = max(long)
    many = "1 pause" if len(long) == 1 else f"{len(long):,} pauses"
    text = f"{many} of more than {LONG_PAUSE_SECONDS} s; the longest before event {number + 1:,}."
    return [_finding("stream-pause", "info", f"Paused for {seconds:,.1f} s", text, ("events", number))]


def _is_unread(event: Event, end_mark: str) -> bool:
    text = event.data.strip()
    return bool(text) and text not in (end_mark, "[DONE]") and (event.value is None or bool(event.problem))


def _more(code: str, level: Level, title: str, many: int) -> list[Finding]:
    left = many - MOST_OF_A_KIND
    return [_finding(code, level, title, f"{left:,} more are not told one by one.")] if left > 0 else []


def _count(many: int) -> str:
    return "1 event" if many == 1 else f"{many:,} events"


def _finding(code: str, level: Level, title: str, text: str, path: Path | None = None) -> Finding:
    return Finding(code, level, title, text, "response", path)
