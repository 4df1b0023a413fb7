"""What an export is to hold, as its job keeps it; and the forms that its files can have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from gateway_dash.bulk.spec import Chosen, up_to
from gateway_dash.gateway import period
from gateway_dash.gateway.query import LogQuery

PAGE = 50
CALLS_BESIDE = 2  # the count before and the count after
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """One form of file."""

    name: str
    label: str
    ending: str
    about: str  # what a row or a line of it holds
    with_bodies: bool = False
    records_at_most: int = 1_000_000  # in one file; then another one is begun
    bytes_at_most: int = 64 * MB  # the same, about: a file is put away and read back in one step


FORMATS = {
    each.name: each
    for each in (
        Format("csv", "CSV", "csv", "A row a log, the usual columns, cells safe for spreadsheets."),
        Format(
            "csv_bodies",
            "CSV with bodies",
            "csv",
            "The same with the request and the response, each in a cell. Spreadsheets cut long cells.",
            with_bodies=True,
        ),
        Format("jsonl", "JSONL", "jsonl", "A line a log: the row as the upstream gave it."),
        Format(
            "bodies",
            "JSONL with bodies",
            "jsonl",
            "A line a log: its row, its request and its response.",
            with_bodies=True,
        ),
        # Row groups cannot be added to a file that a killed worker left: each file is made whole, of so many rows.
        Format(
            "parquet",
            "Parquet",
            "parquet",
            "The columns of the CSV with types; a file for each 100,000 logs.",
            records_at_most=100_000,
        ),
        Format(
            "parquet_bodies",
            "Parquet with bodies",
            "parquet",
            "The same with the request and the response as text; a new file after about 64 MB.",
            with_bodies=True,
            records_at_most=100_000,
        ),
        Format(
            "finetune",
            "OpenAI fine-tuning",
            "jsonl",
            "A line a conversation: messages, the last of them the answer. Only calls that succeeded.",
            with_bodies=True,
        ),
        Format(
            "evals",
            "OpenAI evals",
            "jsonl",
            "A line an item: input is the messages, output the answer that was given. Only calls that succeeded.",
            with_bodies=True,
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Chosen):
    """Which logs, in which form, and whether with what is otherwise masked."""

    format: str
    secrets: bool = False  # as stored, by right and noted
    heads: bool = True  # with the beginnings of bodies that rows have

    @property
    def holds_payloads(self) -> bool:
        """Whether its files have anything of what was asked and answered."""
        return self.form.with_bodies or (self.heads and self.form.ending == "jsonl")

    @property
    def form(self) -> Format:
        """The form of its files."""
        return FORMATS[self.format]


def fixed(query: LogQuery, now: datetime) -> LogQuery:
    """The query up to a moment that is past, the oldest first: what arrives later moves nothing; raises Refusal."""
    end = period.milliseconds(min(query.ends or now, now))
    future = "This range begins in the future, so there is nothing to export yet. Choose another range."
    return up_to(query, end, future).change(sort="created_at")


def calls_for(form: Format, logs: int) -> int:
    """Upstream calls for so many logs: one for 50 rows, two more a log for its bodies."""
    return math.ceil(logs / PAGE) + (2 * logs if form.with_bodies else 0) + CALLS_BESIDE
