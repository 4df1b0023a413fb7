"""What was changed from here, told to all processes by marks: what was read under another mark is not what is there.

No clock decides: a mark is a word of chance, made anew by each change, and read before anything is asked. Where marks
are lost new ones are made, and whatever was kept under the old ones is not used again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from gateway_dash.web import kept

KEPT_S = 25 * 3600  # longer than anything that is kept under a mark


@dataclass(frozen=True, slots=True)
class Marks:
    """Read before the upstream is asked, and kept beside its answer."""

    gone: str  # another: something that the answer says may be deleted, so nothing of it is shown any more
    changed: str  # another: the answer is not fresh, and may be shown as an old one


def of_lists(account: str, gateways: Sequence[str]) -> Marks | None:
    """The marks of lists; None where the shared cache is away: then nothing can be kept."""
    keys = [_key(kind, account, each) for each in gateways for kind in ("deleted", "changed")]
    found = _read(keys)
    return None if found is None else Marks(" ".join(found[0::2]), " ".join(found[1::2]))


def of_log(account: str, gateway: str, log_id: str) -> Marks | None:
    """The marks of one log. A changed one is not shown as it was, not even as an old one."""
    found = _read([_key("deleted", account, gateway)], [_key("log", account, gateway, log_id)])
    return None if found is None else Marks(" ".join(found), "")


def deleted_mark(account: str, gateway: str) -> str | None:
    """The mark of what is kept for longer; None where the shared cache is away."""
    found = _read([_key("deleted", account, gateway)])
    return found[0] if found else None


def note(account: str, gateway: str, log_id: str | None) -> None:
    """A log was changed, or is being changed; without an id: logs were deleted, whichever they were."""
    _renew("changed", account, gateway)
    if log_id is None:
        _renew("deleted", account, gateway)
    else:
        _renew("log", account, gateway, log_id)


def note_newer(account: str, gateway: str) -> None:
    """Newer logs were seen than lists show: whoever goes to them must not get the list of before."""
    _renew("changed", account, gateway)


def _read(keys: list[str], may_be_missing: Sequence[str] = ()) -> list[str] | None:
    found = kept.read([*keys, *may_be_missing], kept.LEDGER)
    if found is None:
        return None
    made = {key: kept.agreed(key, _word(), KEPT_S, kept.LEDGER) for key in keys if not found.get(key)}
    return [str((found | made).get(key) or "") for key in (*keys, *may_be_missing)]


def _renew(*parts: str) -> None:
    kept.put(_key(*parts), _word(), KEPT_S, kept.LEDGER)


def _word() -> str:
    return secrets.token_hex(8)


def _key(*parts: str) -> str:
    return f"mark-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"
