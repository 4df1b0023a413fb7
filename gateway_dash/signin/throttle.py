"""How often somebody may try. Counted in the database: every worker of every machine counts the same tries.

A try is written before it is checked, and taken back if it was right. So of many at once none is forgotten, and a
right one in between does not set the count of the wrong ones back.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from gateway_dash.signin.models import Try


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds."""

    tries: int
    seconds: int


LIMITS = {
    "name": Limit(5, 5 * 60),  # passwords for one name, whether or not there is such a user
    "place": Limit(30, 5 * 60),  # everything from one address; many people may share one
    "code": Limit(5, 15 * 60),  # second factors of one user, whose password was right
    "code_day": Limit(20, 24 * 3600),
    "begun": Limit(60, 5 * 60),  # ways to a provider from one address: each costs a request there and a session here
    "spent": Limit(1, 120),  # a code from an app is good once; after that time it is over anyway
}
_LONGEST_S = max(each.seconds for each in LIMITS.values())


@dataclass(frozen=True, slots=True)
class Taken:
    """A try that is under way, or, with `wait_s`, one that was not allowed."""

    ids: tuple[int, ...]
    wait_s: int = 0

    def take_back(self) -> None:
        """It was right, so it does not count."""
        Try.objects.filter(pk__in=self.ids).delete()


def take(**subjects: str) -> Taken:
    """Begin a try that counts against each of these limits: `take(name="kim", place="192.0.2.7")`."""
    now = timezone.now()
    Try.objects.filter(at__lt=now - timedelta(seconds=_LONGEST_S)).delete()
    named = [(limit, _digest(limit, subject)) for limit, subject in subjects.items()]
    ids = tuple(Try.objects.create(limit=limit, subject=subject, at=now).pk for limit, subject in named)
    if wait_s := max(_wait_s(limit, subject) for limit, subject in named):
        Try.objects.filter(pk__in=ids).delete()  # who waits is not made to wait longer by trying
        return Taken((), wait_s)
    return Taken(ids)


def _wait_s(name: str, subject: str) -> int:
    """Seconds until there is room again; 0 while there is."""
    limit = LIMITS[name]
    since = timezone.now() - timedelta(seconds=limit.seconds)
    newest = Try.objects.filter(limit=name, subject=subject, at__gte=since).order_by("-at", "-pk")
    tries = list(newest.values_list("at", flat=True)[: limit.tries + 1])
    if len(tries) <= limit.tries:
        return 0
    return max(1, math.ceil((tries[-1] - since).total_seconds()))


def of_password(request: HttpRequest, name: str) -> Taken:
    """A try with a password. Any spelling of a name is the same one."""
    return take(name=name.casefold(), place=place(request))


def of_code(request: HttpRequest, user_id: int) -> Taken:
    """A try with a second factor."""
    return take(code=str(user_id), code_day=str(user_id), place=place(request))


def of_provider(request: HttpRequest) -> Taken:
    """A way to the provider, which counts however it ends."""
    return take(begun=place(request))


def spend(user_id: int, code: str) -> bool:
    """Whether this code of this user was not used before."""
    return not take(spent=f"{user_id} {code}").wait_s


def forgive(user_id: int, name: str) -> None:
    """Forget what counts against a user, when somebody at the server says so."""
    for limit, subject in (("name", name.casefold()), ("code", str(user_id)), ("code_day", str(user_id))):
        Try.objects.filter(limit=limit, subject=_digest(limit, subject)).delete()


def place(request: HttpRequest) -> str:
    """Where a request comes from; of IPv6 the network, in which a person has addresses without end."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False))


def _digest(limit: str, subject: str) -> str:
    """People type passwords into the field for the name, so what was typed is not kept."""
    return salted_hmac(f"gateway_dash.signin.{limit}", subject, algorithm="sha256").hexdigest()
