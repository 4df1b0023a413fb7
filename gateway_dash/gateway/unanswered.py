"""A call without an answer: in words, whether it may be tried again, and whether the upstream is to blame."""

from __future__ import annotations

import httpx

from gateway_dash.gateway.answers import Answer
from gateway_dash.gateway.errors import Broken, GatewayError, Slow, Unreachable

CONNECT_S, READ_S, BODY_S = 2.0, 8.0, 30.0
_TOO_SLOW = (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout)
_NOT_SENT = (httpx.ConnectTimeout, httpx.ConnectError)


def in_words(error: Exception, host: str) -> GatewayError:
    """What to tell a person."""
    if not isinstance(error, httpx.RequestError):  # httpx reads where a redirect leads, followed or not
        return Broken("The upstream answered with a redirect that is no address.")
    if isinstance(error, _TOO_SLOW):
        return Slow(f"{host} did not answer in time.")
    if isinstance(error, _NOT_SENT):
        problem = Unreachable(f"{host} cannot be reached. The call was not sent.")
        problem.did_nothing = True
        return problem
    return Unreachable(f"The connection to {host} ended before there was an answer.")


def may_come_again(error: Exception) -> bool:
    """Whether a GET may be tried again: the trouble came at once, and before there was an answer."""
    return isinstance(error, (*_NOT_SENT, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError))


def is_to_blame(error: Exception, given_s: float) -> bool | None:
    """Whether the upstream failed; None where a call that had little time left says nothing of that."""
    if isinstance(error, httpx.PoolTimeout):
        return None  # it waited for a connection of ours
    if isinstance(error, httpx.ConnectTimeout):
        return True if given_s >= CONNECT_S else None
    if isinstance(error, Slow | httpx.TimeoutException):
        return True if given_s >= READ_S else None
    return isinstance(error, httpx.RequestError)


def has_failed(answer: Answer) -> bool | None:
    """Whether an answer is a failure of the upstream: none that is the caller's fault; a 429 says nothing."""
    return None if answer.status == 429 else answer.status >= 500 or answer.cut
