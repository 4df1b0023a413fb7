"""How long a call took, and where the time went: from the row alone, with every contradiction said."""

from __future__ import annotations

from dataclasses import dataclass

from gateway_dash.gateway.models import Log
from gateway_dash.web import formats

BAR = 1000  # the width of the bar, in its own units


@dataclass(frozen=True, slots=True)
class Phase:
    """A piece of the bar."""

    css: str  # "p-wait", "p-flow"
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Timings:
    """What the card shows. Texts are of ours and of numbers, never of the log."""

    facts: tuple[tuple[str, str], ...]
    phases: tuple[Phase, ...]
    label: str  # the bar in words; empty without a bar
    speed_from: str  # what the speed is computed from
    notes: tuple[str, ...]  # what does not fit together
    width: int = BAR


def timings_of(log: Log) -> Timings:
    """The times of a row. Unknown stays unknown; values that contradict each other are shown as they are."""
    first, total = _timing(log, "latency"), _timing(log, "total")
    duration = None if log.duration_ms is None else float(log.duration_ms)
    whole = total if total is not None else duration
    streaming = whole - first if whole is not None and first is not None else None
    is_sound = streaming is not None and first is not None and streaming >= 0 <= first
    speed = _speed(log, streaming if is_sound else None)
    facts = [
        ("First byte", formats.duration(first)),
        ("After it", formats.duration(streaming if is_sound else None)),
        ("Total", formats.duration(whole)),
    ]
    if total is not None and duration is not None and round(total) != round(duration):
        facts.append(("Duration of the row", formats.duration(duration)))
    facts.append(("Speed", f"{speed:,.1f} tokens/s" if speed is not None else formats.UNKNOWN))
    return Timings(
        facts=tuple(facts),
        phases=_phases(first, whole) if is_sound else (),
        label=f"{formats.duration(first)} to the first byte, {formats.duration(streaming)} after it",
        speed_from=f"{log.tokens_out:,.0f} tokens out in {formats.duration(streaming)}" if speed is not None else "",
        notes=tuple(_contradictions(log, first, total, duration)),
    )


def _speed(log: Log, streaming: float | None) -> float | None:
    """Tokens in a second; None where tokens or time are unknown, or there was no time."""
    if log.tokens_out is None or log.tokens_out <= 0 or streaming is None or streaming <= 0 or log.cached:
        return None
    return log.tokens_out / (streaming / 1000)


def _phases(first: float | None, whole: float | None) -> tuple[Phase, ...]:
    """The bar, in which a time that is there is seen."""
    if not whole or first is None:
        return ()
    wait = round(BAR * first / whole)
    wait = min(max(wait, 1), BAR - 1) if 0 < first < whole else wait
    phases = (Phase("p-wait", 0, wait), Phase("p-flow", wait, BAR - wait))
    return tuple(phase for phase in phases if phase.width)


def _contradictions(log: Log, first: float | None, total: float | None, duration: float | None) -> list[str]:
    notes = []
    times = {"time to the first byte": first, "total": total, "duration": duration}
    notes += [f"The {name} is below zero." for name, ms in times.items() if ms is not None and ms < 0]
    whole = total if total is not None else duration
    if first is not None and whole is not None and first > whole >= 0:
        notes.append("The first byte is said to have come after the end, so what lies between is not known.")
    if total is not None and duration is not None and abs(total - duration) >= max(1000.0, 0.1 * abs(duration)):
        notes.append("The total and the duration of the row are far apart.")
    if log.tokens_out is not None and log.tokens_out < 0:
        notes.append("The number of tokens out is below zero.")
    return notes


def _timing(log: Log, name: str) -> float | None:
    """A member of `timings`, in ms; None where there is none, or no number to work with."""
    timings = log.row_as_sent.get("timings")
    value = timings.get(name) if isinstance(timings, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 2**53 else None  # also false for NaN
