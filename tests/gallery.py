"""The recorded bodies of tests/samples as logs: for the tests of the pages, and for the pictures of each shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gateway_dash.payload.conversation import Side
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import Reading, read_side
from gateway_dash.payload.shapes import Hints

SAMPLES = Path(__file__).parent / "samples"
CASES = sorted(path.parent for path in SAMPLES.rglob("expected.json"))
SIDES: tuple[Side, Side] = ("request", "response")


def name_of(case: Path) -> str:
    """ "google/plain"."""
    return case.relative_to(SAMPLES).as_posix()


def file_of(case: Path, side: Side) -> Path | None:
    """The body of a side; of a response that was recorded twice, the streamed one."""
    found = sorted(case.glob(f"{side}.*"), key=lambda path: path.suffix != ".sse")
    return found[0] if found else None


def bodies(case: Path) -> dict[str, Any]:
    """The fields of a log with these bodies."""
    hints = json.loads((case / "expected.json").read_text("utf-8")).get("hints", {})
    row = {name: hints[name] for name in ("provider", "model", "path") if hints.get(name)}
    files = {side: file_of(case, side) for side in SIDES}
    return row | {f"{side}_body": file.read_bytes() for side, file in files.items() if file}


def readings(case: Path) -> dict[Side, Reading]:
    """What each recorded side says."""
    row = bodies(case)
    hints = Hints(row.get("provider", ""), row.get("model", ""), row.get("path", ""))
    return {side: read_side(read_document(row[f"{side}_body"]), side, hints) for side in SIDES if f"{side}_body" in row}


def tokens(case: Path) -> dict[str, Any]:
    """The numbers of a row that agrees with its body, unknown where the body says none."""
    response = readings(case).get("response")
    usage = response.said.usage if response and response.said else None
    return {"tokens_in": usage.tokens_in if usage else None, "tokens_out": usage.tokens_out if usage else None}


def largest() -> list[Path]:
    """One case of each shape, the one with most to see."""
    found: dict[str, Path] = {}
    for case in sorted(CASES, key=lambda each: sum(file.stat().st_size for file in each.iterdir())):
        found[case.parent.name] = case
    return sorted(found.values())
