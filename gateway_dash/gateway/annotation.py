"""Verdict, score and metadata of a log: what changed between the form and the log, and who changed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Self

import msgspec

from gateway_dash.gateway.models import Log, Number, Scalar

ENTRIES_LIMIT = 5  # what the gateway keeps of the caller's metadata
PAIR = "metadata "  # before the key in the name of a part


def is_flat(value: Any) -> bool:
    """Whether a metadata value is one that PATCH takes."""
    return isinstance(value, str | int | float | bool)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What people say of a log. `metadata` also holds what the app itself sent along."""

    feedback: Number = None  # 1 up, -1 down
    score: Number = None  # 0 to 100
    metadata: dict[str, Scalar] = field(default_factory=dict)

    @classmethod
    def of(cls, log: Log) -> Self:
        """The annotation that a log carries, as far as a PATCH can carry it back: flat values, none of them null."""
        flat = {key: value for key, value in (log.metadata_map() or {}).items() if is_flat(value)}
        return cls(log.feedback, log.score, flat)

    def json(self) -> str:
        """For the hidden field that remembers what the form showed."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the hidden field; raises ValueError."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ValueError("the form does not say what it showed") from error

    @classmethod
    def of_fields(cls, fields: dict[str, Any]) -> Self:
        """The annotation with these parts, named as `fields` names them; a part that is None is not there."""
        pairs = {name.removeprefix(PAIR): value for name, value in fields.items() if name.startswith(PAIR)}
        flat = {key: value for key, value in pairs.items() if value is not None}
        return cls(fields.get("verdict"), fields.get("score"), flat)

    def fields(self) -> dict[str, Any]:
        """Every part under the name that a person knows it by; parts of the metadata one by one."""
        parts = {f"{PAIR}{key}": value for key, value in self.metadata.items()}
        return {"verdict": self.feedback, "score": self.score, **parts}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs. None means that it is not there."""

    name: str
    theirs: Any
    mine: Any


def changed_parts(before: Annotation, after: Annotation) -> dict[str, dict[str, Any]]:
    """Each part that differs, by the name that a person knows it by: {"verdict": {"before": None, "after": 1}}."""
    old, new = before.fields(), after.fields()
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: {"before": old.get(name), "after": new.get(name)} for name in names}


@dataclass(frozen=True, slots=True)
class Merge:
    """What to send, and what somebody else did meanwhile."""

    change: dict[str, Any]  # the PATCH body: only members that change
    expected: Annotation  # what a re-read should show
    foreign: tuple[Difference, ...]  # changed by others since the form was opened, and kept
    conflicts: tuple[Difference, ...]  # changed by others and by this form, differently: nothing is sent


def merge(seen: Annotation, wanted: Annotation, current: Annotation) -> Merge:
    """Three-way: only what this form changed is applied, on top of what the log says now."""
    old, mine, now = seen.fields(), wanted.fields(), current.fields()
    names = list(dict.fromkeys((*now, *mine, *old)))
    i_changed = {name for name in names if not _same(old.get(name), mine.get(name))}
    they_changed = {name for name in names if not _same(old.get(name), now.get(name))}
    differences = {name: Difference(name, now.get(name), mine.get(name)) for name in names}
    conflicts = [
        name for name in names if name in i_changed & they_changed and not _same(mine.get(name), now.get(name))
    ]
    result = {name: mine.get(name) if name in i_changed else now.get(name) for name in names}
    expected = Annotation.of_fields(result)
    return Merge(
        change=_change(current, expected),
        expected=expected,
        foreign=tuple(differences[name] for name in names if name in they_changed and name not in conflicts),
        conflicts=tuple(differences[name] for name in conflicts),
    )


def _change(current: Annotation, expected: Annotation) -> dict[str, Any]:
    """The PATCH body. Metadata goes as a whole map, so that the app's own keys survive a replacing upstream."""
    change: dict[str, Any] = {}
    if not _same(current.feedback, expected.feedback):
        change["feedback"] = expected.feedback
    if not _same(current.score, expected.score):
        change["score"] = expected.score
    if not _same(current.metadata, expected.metadata):
        change["metadata"] = expected.metadata or None  # null clears, where an empty map may merge into nothing
    return change


def unkept(expected: Annotation, fresh: Annotation) -> tuple[Difference, ...]:
    """What the upstream shows otherwise than it was told: a key that it would not drop, a value that it changed."""
    mine, now = expected.fields(), fresh.fields()
    return tuple(
        Difference(name, now.get(name), mine.get(name))
        for name in dict.fromkeys((*mine, *now))
        if not _same(mine.get(name), now.get(name))
    )


def standing(before: Annotation, after: Annotation, now: Annotation) -> Literal["before", "after", "other"]:
    """How the parts stand in which `before` and `after` differ: all as before, all as after, or otherwise."""
    old, new, is_now = before.fields(), after.fields(), now.fields()
    touched = [name for name in {**old, **new} if not _same(old.get(name), new.get(name))]
    if all(_same(is_now.get(name), new.get(name)) for name in touched):
        return "after"
    return "before" if all(_same(is_now.get(name), old.get(name)) for name in touched) else "other"


def _same(one: Any, other: Any) -> bool:
    """Equal, with types kept apart: True is not 1, and "1" is not 1; but 1 is 1.0, as JSON has one kind of number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
