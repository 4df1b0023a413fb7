"""What a call brings, as logs a minute at the limits there are."""

from collections.abc import Mapping, Sequence

from tests.bench.results import Found, Row, number, ratio

# Calls in five minutes -> calls a minute: what jobs take, what the dashboard takes, what the API takes.
PER_MINUTE = {limit: limit / 5 for limit in (400, 1_000, 1_200)}
HEAD = ("work", "logs a call", "× floor", *(f"logs a minute at {limit:,} calls in 5 min" for limit in PER_MINUTE))
PREFIX = "rate."


def lines(rows: Sequence[Row], found: Mapping[str, Found]) -> list[tuple[str, ...]]:
    """The table of what each kind of work brings."""
    told = [(row.name, found[row.key]) for row in rows if row.key.startswith(PREFIX) and row.key in found]
    return [
        (name, number(each.value), number(ratio(each.value, each.floor)),
         *(number(round(each.value * calls)) for calls in PER_MINUTE.values()))
        for name, each in told
    ]  # fmt: skip
