"""Values seen on listed pages, for the completion of the box. Learned for free, kept per gateway, never asked for.

They lie in the cache that all workers share, so they outlive a restart; after a week without a new one they are gone.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway_dash import upstream
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.vocabulary import PAIR_KEY, PAIR_PREFIX
from gateway_dash.logs.cells import value_text
from gateway_dash.web import kept

FIELDS = (
    "provider",
    "model",
    "model_type",
    "request_type",
    "user_agent",
    "request_content_type",
    "response_content_type",
)
VALUES_LIMIT, KEYS_LIMIT, TEXT_LIMIT = 40, 60, 80
KEPT_S = 7 * 24 * 3600

Seen = dict[str, list[str]]


def learn(gateway: str, logs: Iterable[Log]) -> None:
    """Remember what these rows hold, the newest first; a bounded number of fields and values."""
    before = known(gateway)
    after = {name: list(values) for name, values in before.items()}
    for log in logs:
        for name, value in _values(log):
            if name in after or len(after) < KEYS_LIMIT:
                values = after.setdefault(name, [])
                if value not in values:
                    values.insert(0, value)
                    del values[VALUES_LIMIT:]
    if after != before:
        kept.put(_key(gateway), after, KEPT_S)


def known(gateway: str) -> Seen:
    """What was seen: `{"provider": ["openai", …], "metadata.user": ["42", …]}`."""
    found: Seen = kept.get(_key(gateway)) or {}
    return found


def _values(log: Log) -> Iterable[tuple[str, str]]:
    for name in FIELDS:
        value = getattr(log, name)
        if value and len(value) <= TEXT_LIMIT and value.isprintable():
            yield name, value
    for key, item in (log.metadata_map() or {}).items():
        value = value_text(item)
        if PAIR_KEY.match(key) and key.isprintable() and value and len(value) <= TEXT_LIMIT and value.isprintable():
            yield PAIR_PREFIX + key, value


def _key(gateway: str) -> str:
    return f"seen:{upstream.account_name()}:{gateway}"  # a data directory may serve the sandbox first, then an account
