"""From where a request comes."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from gateway_dash import upstream


def address_of(request: HttpRequest) -> str:
    """The address of the browser, as far as it can be known; empty where it cannot.

    Behind a proxy that is trusted (GATEWAY_DASH_TRUST_PROXY) the last one in X-Forwarded-For, which
    the proxy added: those before it are what the visitor claims.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if upstream.trusts_proxy():
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or told
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return ""
