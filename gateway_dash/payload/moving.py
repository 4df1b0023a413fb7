"""What was read from a value that stands inside another one: the same, with paths that begin at the outer one."""

from __future__ import annotations

from dataclasses import replace

from .conversation import Finding, Media, Part, Result, Said, Turn
from .paths import Path


def under(base: Path, said: Said) -> Said:
    """What one body says, as part of a larger one in which it stands at `base`."""
    return replace(
        said,
        turns=tuple(turn_under(base, turn) for turn in said.turns),
        tools=tuple(replace(tool, path=(*base, *tool.path)) for tool in said.tools),
        usage=replace(said.usage, path=(*base, *said.usage.path)) if said.usage else None,
        findings=tuple(_finding_under(base, finding) for finding in said.findings),
    )


def turn_under(base: Path, turn: Turn) -> Turn:
    """One turn, moved."""
    return replace(turn, path=(*base, *turn.path), parts=tuple(_part_under(base, part) for part in turn.parts))


def _part_under(base: Path, part: Part) -> Part:
    if isinstance(part, Result):  # its parts hold no further results: no shape makes such
        inner = tuple(each if isinstance(each, Result) else replace(_part_under(base, each)) for each in part.parts)
        return replace(part, path=(*base, *part.path), parts=inner)
    if isinstance(part, Media) and part.data_path is not None:
        return replace(part, path=(*base, *part.path), data_path=(*base, *part.data_path))
    return replace(part, path=(*base, *part.path))


def _finding_under(base: Path, finding: Finding) -> Finding:
    return finding if finding.path is None else replace(finding, path=(*base, *finding.path))
