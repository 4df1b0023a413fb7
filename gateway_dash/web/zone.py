"""The zone that times are told in, for the person whose request this is. Pure: no Django.

The middleware `TimeZone` chooses it for each request and takes it back afterwards. Elsewhere it is UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, tzinfo

from gateway_dash.gateway.errors import ZoneError
from gateway_dash.gateway.zones import read_zone

DEFAULT = "UTC"
_chosen: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


def current() -> tzinfo:
    """The zone of this request."""
    return _chosen.get()


def choose(name: str) -> None:
    """Tell times in the zone of that name; one that is not known any more leaves UTC, which every time then says."""
    try:
        _chosen.set(read_zone(name))
    except ZoneError:
        _chosen.set(UTC)


@contextmanager
def told_in(zone: tzinfo) -> Iterator[None]:
    """Times are told in this zone, or in what is chosen meanwhile; afterwards as before."""
    token = _chosen.set(zone)
    try:
        yield
    finally:
        _chosen.reset(token)
