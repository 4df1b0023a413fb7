"""Signing in behind a proxy that has authenticated people, and proves by a secret that it is the proxy."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from gateway_dash import upstream
from gateway_dash.team.proven import address, door, refusal
from gateway_dash.ways_in import SECRET_HEADER
from gateway_dash.web.middleware import Answer


def middleware(get_response: Answer) -> Answer:
    """Whoever the proxy names is signed in."""
    return door(get_response, proven)


def proven(request: HttpRequest) -> str | None:
    """The mail address that the proxy names, or None; NotLetIn for a name that is not the proxy's word."""
    ways = upstream.ways_in()
    named = request.headers.get(ways.proxy_header, "")
    if not named:
        return None
    if not constant_time_compare(request.headers.get(SECRET_HEADER, ""), ways.proxy_secret):
        raise refusal("the header of the proxy came without its secret")
    mail = address(named)
    if mail is None:
        raise refusal("the header of the proxy is not one mail address")
    return mail
