"""What the tests of signing in share: a person with a password, codes of an app, and who is told of what."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.test import Client

from tests import people
from tests.people import noted

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def somebody(name: str = "kim", **more: Any) -> User:
    made: User = people.somebody(name, password=PASSWORD, **more)
    return made


def sign_in(client: Client, name: str = "kim", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/login/", {"username": name, "password": password}, **more)


def is_in(client: Client) -> bool:
    """Whether the pages are open to this browser."""
    return client.get("/gateways/").status_code == 200  # which needs no right


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or showed so many half minutes ago, or will."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def in_eleven_minutes(monkeypatch: Any) -> None:
    """Move the clock on, for everything that asks it."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 660)


def second_factor(user: User) -> list[str]:
    """Turn it on, with the secret of above; the answer is the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).generate_codes()


def factors(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def audited(_caplog: Any = None) -> list[str]:
    """What the audit trail has, but for sign-ins and -outs: the event, and what was done where it says that."""
    events = [(what, facts) for _who, what, facts in noted() if not what.startswith("sign-")]
    return [f"{what}: {facts['done']}" if "done" in facts else what for what, facts in events]
