"""Tags and filters of every page: icons, numbers, times, and the text of strangers.

{% request_id %}                       what the log calls this request
{% icon "check" %}                     an icon of static/icons.svg, or of static/log-icons.svg
{% hostile text %}                     log text on one line, with marks for what cannot be seen, isolated
{% hostile text limit=80 %}            the same, cut short
{% hostile_lines text %}               log text of many lines, inside <pre class="lines">
{{ log.cost|money }}                   and the other functions of gateway_dash/web/formats.py
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gateway_dash.telemetry import here
from gateway_dash.web import formats, text

register = template.Library()

# In a sprite of their own: the first list is shown without them.
LOG_ICONS = frozenset({
    *("archive", "arrow-right", "bot", "braces", "circle-slash", "file-text", "image", "lightbulb", "minus", "user"),
    *("video", "volume-2", "wrench"),
})  # fmt: skip

_FORMATS: dict[str, Callable[..., str]] = {
    "count": formats.count,
    "money": formats.money,
    "percent": formats.percent,  # part|percent:whole
    "size": formats.size,
    "duration": formats.duration,
    "duration_words": formats.duration_words,
    "clock": formats.clock,
    "milliseconds": formats.milliseconds,
    "day": formats.day,
    "full": formats.full,
    "zone": formats.zone,
    "field_time": formats.field_time,
    "iso": formats.iso,
}
for _name, _function in _FORMATS.items():
    register.filter(_name, _function)


@register.filter
def ago(then: datetime | None) -> str:
    return formats.ago(then, timezone.now())


@register.filter
def zone_of_rows(rows: Iterable[Any]) -> str:
    """What the head of a column of times says: UTC+1, or the zone's name where the clocks change between the rows."""
    return formats.zone_of_all(row.at for row in rows)


@register.simple_tag
def request_id() -> str:
    """What a person quotes to the operator, in whose log it stands; of letters, digits, dots and dashes."""
    return here.request_id()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside words that say the same. Never give it anything that comes from a log."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    """A page has hundreds of them, of a few dozen kinds."""
    sprite = "log-icons.svg" if name in LOG_ICONS else "icons.svg"
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#i-{}"></use></svg>', static(sprite), name)


@register.inclusion_tag("parts/hostile.html#text")
def hostile(value: object, limit: int | None = None) -> dict[str, Any]:
    """Log text on one line. Nothing for None."""
    shown = "" if value is None else str(value)
    if limit is not None:
        shown = text.shorten(shown, limit)
    return {"pieces": text.pieces(shown)}


@register.inclusion_tag("parts/hostile.html#lines")
def hostile_lines(value: str | None) -> dict[str, Any]:
    """Log text of many lines, one <span> for each. The caller has already cut it to a window."""
    return {"lines": text.runs_by_line(value or "")}
