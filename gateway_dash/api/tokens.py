"""How a token is made, known again, and counted. Its text is in the answer to its making, and nowhere else."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from gateway_dash.api.errors import NoToken, TooOften
from gateway_dash.api.models import PREFIX_LENGTH, ApiToken
from gateway_dash.team.actions import Action

BEGIN = "gwd_"  # gateway_dash/payload/secrets/keys.py knows it too: a token in a log is masked
LETTERS = string.ascii_letters + string.digits
LENGTH = 43  # of 62 letters each: a little over 256 bits
_FORM = re.compile(rf"{BEGIN}[A-Za-z0-9]{{{LENGTH}}}\Z")

SCOPES = (Action.SEE, Action.READ)  # all that the API has
USUAL_DAYS, MOST_DAYS = 90, 365
LIVE_LIMIT = 20  # tokens of one person
REQUESTS_A_MINUTE = 60
USE_NOTED_S = 300


@sensitive_variables("text")
def make(person: Any, name: str, scopes: Sequence[Action], gateways: Sequence[str], days: int) -> tuple[ApiToken, str]:
    """A new token, and its text, which nobody can ask for again."""
    if not 0 < days <= MOST_DAYS or not set(scopes) <= set(SCOPES):
        raise ValueError("A token ends within a year, and only sees and reads.")
    text = BEGIN + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    token = ApiToken.objects.create(
        person=person,
        name=name,
        prefix=text[:PREFIX_LENGTH],
        digest=digest_of(text),
        scopes=[each.value for each in scopes],
        gateways=list(gateways),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, text


@sensitive_variables()
def token_of(request: HttpRequest) -> ApiToken:
    """The token that the request shows; raises NoToken, whatever is wrong with it.

    It is looked up by its digest: how long that takes tells nothing of the token that would have been right.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _FORM.match(text.strip()):
        raise NoToken
    digest = digest_of(text.strip())
    token = ApiToken.objects.select_related("person").filter(digest=digest).first()
    is_good = token is not None and constant_time_compare(token.digest, digest)
    if token is None or not is_good or not token.is_live or not token.person.is_active:
        raise NoToken
    return token


def count_request(token: ApiToken) -> None:
    """One request more in this minute of the clock; raises TooOften.

    The count is a row of the database, changed by one guarded UPDATE: processes cannot both take the last one.
    """
    now = time.time()
    minute = int(now // 60)
    mine = ApiToken.objects.filter(pk=token.pk)
    if mine.filter(~Q(minute=minute)).update(minute=minute, requests=1):
        return
    if not mine.filter(minute=minute, requests__lt=REQUESTS_A_MINUTE).update(requests=F("requests") + 1):
        raise TooOften(REQUESTS_A_MINUTE, 60 - int(now % 60))


def note_use(token: ApiToken) -> None:
    """When the token was last used, written once in a few minutes."""
    now = timezone.now()
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > USE_NOTED_S:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def revoke(tokens: Any, at: datetime | None = None) -> int:
    """End these tokens now; how many were good until then."""
    number: int = tokens.live().update(revoked_at=at or timezone.now())
    return number


def digest_of(text: str) -> str:
    """By what a token is known. It is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(text.encode("ascii", "replace")).hexdigest()
