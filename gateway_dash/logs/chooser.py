"""The menu that chooses columns and their order. Each step is a link: the address says what is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import PAIR_PREFIX
from gateway_dash.logs.cells import PAIR_LIMIT, cell
from gateway_dash.logs.columns import COLUMNS, COLUMNS_LIMIT, column_of, is_column, offered
from gateway_dash.logs.screen import Screen

KEYS = 8  # metadata keys of this page that are offered as columns


@dataclass(frozen=True, slots=True)
class Choice:
    """One column in the menu. A step that cannot be taken has no address."""

    name: str
    label: str
    url_toggle: str
    url_earlier: str = ""
    url_later: str = ""


@dataclass(frozen=True, slots=True)
class Chooser:
    """The columns that are shown, in their order, and those that could be."""

    shown: tuple[Choice, ...]
    others: tuple[Choice, ...]
    url_usual: str  # empty while the usual ones are shown

    @property
    def total(self) -> int:
        """How many columns there are to choose from."""
        return len(self.shown) + len(self.others)


def chooser(screen: Screen, query: LogQuery, logs: Sequence[Log]) -> Chooser:
    """The menu for the columns on the screen; metadata keys come from the rows."""
    shown = screen.shown
    keys = Counter(PAIR_PREFIX + key for log in logs for key in log.metadata_map() or {})
    names = [*offered(screen.usual), *(name for name, _ in keys.most_common(KEYS) if is_column(name))]
    others = [name for name in names if name not in shown] if len(shown) < COLUMNS_LIMIT else []

    def url(names: Sequence[str]) -> str:
        kept = tuple(names)
        return screen.change(columns=() if kept == screen.usual else kept, notes=()).url(query)

    def choice(at: int) -> Choice:
        rest = [*shown[:at], *shown[at + 1 :]]
        return Choice(
            name=shown[at],
            label=_label(shown[at]),
            url_toggle=url(rest) if rest else "",
            url_earlier=url([*rest[: at - 1], shown[at], *rest[at - 1 :]]) if at else "",
            url_later=url([*rest[: at + 1], shown[at], *rest[at + 1 :]]) if at < len(rest) else "",
        )

    return Chooser(
        shown=tuple(choice(at) for at in range(len(shown))),
        others=tuple(Choice(name, _label(name), url([*shown, name])) for name in others),
        url_usual=url(screen.usual) if screen.columns else "",
    )


def _label(name: str) -> str:
    return cell(column_of(name).label, PAIR_LIMIT) if name in COLUMNS else cell(name, PAIR_LIMIT)
