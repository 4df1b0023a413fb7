"""An upstream that has failed so often that it is left alone."""

from __future__ import annotations

from gateway_dash import upstream
from gateway_dash.gateway.breaker import State
from gateway_dash.gateway.client import GatewayClient


def failing(client: GatewayClient | None = None) -> None:
    """As after enough calls that failed. Nothing is sent."""
    breaker = (client or upstream.account().client).breaker
    while breaker.state is State.CLOSED:
        with breaker.call() as attempt:
            attempt.failed = True
