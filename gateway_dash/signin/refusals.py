"""The page of a sign-in that did not come about: what happened, and the one next step."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger("gateway_dash.signin")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not let in."""

    title: str
    message: str
    status: int = 403
    retry_after_s: int | None = None

    @property
    def wait(self) -> str:
        """How long that is, for people: never less than it is."""
        seconds = self.retry_after_s or 0
        if seconds <= 90:
            return f"{seconds} s"
        minutes = math.ceil(seconds / 60)
        return f"{minutes} minutes" if minutes <= 90 else f"{math.ceil(minutes / 60)} hours"


SWITCHED_OFF = Refusal("This account is switched off", "Ask the person who runs this dashboard.")
NO_PASSWORDS = Refusal("Passwords are switched off here", "Sign in the other way that the sign-in page offers.")
UNVERIFIED = Refusal(
    "Your mail address is not verified",
    "The provider does not say that your mail address is yours. Verify it there, then sign in again.",
)
FOREIGN = Refusal(
    "Your mail address is not one of ours",
    "Only people of certain mail domains may sign in here. Use an account of your organisation, or ask the person who "
    "runs this dashboard.",
)
AMBIGUOUS = Refusal(
    "Your mail address does not lead to one user",
    "Several users have it, or one who signs in with another account. Ask the person who runs this dashboard.",
)
CANCELLED = Refusal("You did not sign in", "The provider says that it was cancelled.")
STALE = Refusal(
    "This sign-in is over",
    "It was begun more than ten minutes ago, in another browser, or was used already. Begin again.",
)
NOT_PROVEN = Refusal(
    "The provider's answer could not be checked",
    "Nobody was signed in. Try again; if it stays so, the person who runs this dashboard finds the reason in its log.",
    status=502,
)
UNREACHABLE = Refusal(
    "The provider does not answer", "Nobody was signed in. Try again in a minute.", status=503, retry_after_s=60
)


def page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal in words."""
    response = render(request, "signin/refused.html", {"refusal": refusal}, status=refusal.status)
    if refusal.retry_after_s:
        response["Retry-After"] = str(refusal.retry_after_s)
    response["Cache-Control"] = "no-store"
    return response


def too_many(request: HttpRequest, wait_s: int) -> HttpResponse:
    """Whoever tried too often: the same words for those who have an account and those who have none."""
    logger.warning("Too many tries to sign in; the next one counts in %s s.", wait_s)
    message = "There were too many tries, for this account or from your network. Nothing was checked this time."
    return page(request, Refusal("Too many tries", message, status=429, retry_after_s=wait_s))


def of_provider(request: HttpRequest, error: Any, exception: Exception | None) -> HttpResponse:
    """What became of a sign-in elsewhere. The reason is one line in the log, and never what the provider sent."""
    if error == AuthError.CANCELLED:
        return page(request, CANCELLED)
    if exception is None:  # there is no such state in this session, or the provider says no
        return page(request, NOT_PROVEN if request.GET.get("error") else STALE)
    logger.warning("A sign-in through the provider failed: %s", reason(exception))
    return page(request, UNREACHABLE if isinstance(exception, OSError) else NOT_PROVEN)


def reason(exception: BaseException) -> str:
    """Ours in words, another's by its type: its text may hold what the provider sent, a token or a code."""
    text = str(exception) if type(exception).__name__ == "OAuth2Error" else ""
    return type(exception).__name__ if not text or text.startswith("Error retrieving") else text
