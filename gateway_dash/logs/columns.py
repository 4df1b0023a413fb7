"""The columns of the table: one line is one column. Which are shown, and in which order, stands in the address.

To add one, add a line to `COLUMNS`. One metadata key is a column too: `metadata.user`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from gateway_dash.gateway.errors import said
from gateway_dash.gateway.vocabulary import PAIR_KEY, PAIR_PREFIX

COLUMNS_LIMIT = 24


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the address, its head, and how it is sorted."""

    name: str
    label: str
    css: str = "c-text"
    sort: str = ""  # the key, where the API can sort by it
    is_usual: bool = False  # shown when the address names none


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("time", "Time", "c-time", "created_at", is_usual=True),
        Column("gateway", "Gateway", "c-gw"),
        Column("status", "Status", "c-st", "success", is_usual=True),
        Column("model", "Provider / model", "c-model", "model", is_usual=True),
        Column("tokens", "Tokens in → out", "c-tok num", is_usual=True),
        Column("cost", "Cost, USD", "c-cost num", is_usual=True),
        Column("duration", "Duration", "c-dur num", is_usual=True),
        Column("cached", "Cache", "c-hit", "cached", is_usual=True),
        Column("verdict", "Verdict", "c-fb", is_usual=True),
        Column("metadata", "Metadata", "c-meta", is_usual=True),
        Column("provider", "Provider", sort="provider"),
        Column("tokens_in", "Tokens in", "c-number num"),
        Column("tokens_out", "Tokens out", "c-number num"),
        Column("latency", "Latency", "c-number num"),
        Column("score", "Score", "c-number num"),
        Column("step", "Step", "c-number num"),
        Column("path", "Path"),
        Column("id", "Log id"),
        Column("event_id", "Event id"),
        Column("user_agent", "User agent"),
        Column("model_type", "Model type", sort="model_type"),
        Column("request_type", "Request type"),
        Column("request_content_type", "Request content type"),
        Column("response_content_type", "Response content type"),
        Column("dlp_action", "DLP action"),
        Column("authentication", "Authentication"),
        Column("wholesale", "Wholesale"),
    )
}
USUAL = tuple(column.name for column in COLUMNS.values() if column.is_usual)
MERGED = (USUAL[0], "gateway", *USUAL[1:])  # usual where several gateways are listed together


def column_of(name: str) -> Column:
    """The column of a name that `read_columns` let through."""
    if name.startswith(PAIR_PREFIX):
        return Column(name, name.removeprefix(PAIR_PREFIX))
    return COLUMNS[name]


def is_column(name: str, usual: tuple[str, ...] = USUAL) -> bool:
    """Whether there is such a column. A comma would end its name in the address."""
    if not name.startswith(PAIR_PREFIX):
        return name in offered(usual)
    key = name.removeprefix(PAIR_PREFIX)
    return bool(PAIR_KEY.match(key)) and "," not in key and key == key.strip()


def offered(usual: tuple[str, ...]) -> list[str]:
    """The columns that a list can show: which gateway a log is of only where there are several."""
    return [name for name in COLUMNS if name != "gateway" or name in usual]


def read_columns(text: str | None, usual: tuple[str, ...] = USUAL) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names in an address, and in words what had to be left out: an old link is never silently another list."""
    if text is None:
        return (), ()
    names = tuple(dict.fromkeys(name for name in text.split(",") if name))
    kept = tuple(name for name in names if is_column(name, usual))
    notes = [_unknown(name) for name in names if not is_column(name, usual)][:5]
    if len(kept) > COLUMNS_LIMIT:
        notes.append(f"At most {COLUMNS_LIMIT} columns are shown; {len(kept) - COLUMNS_LIMIT} are left out.")
        kept = kept[:COLUMNS_LIMIT]
    if not kept and not notes:
        notes.append("The address names no column, so the usual ones are shown.")
    return (() if kept == usual else kept), tuple(notes)


def _unknown(name: str) -> str:
    if name == "gateway":
        return "The column “gateway” is shown only where several gateways are listed together."
    near = get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.6)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    return f"There is no column “{said(name)[:60]}”, so it is left out.{hint}"
