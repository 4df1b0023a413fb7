"""What is refused at the door of the API, in the same tree as all that goes wrong."""

from __future__ import annotations

from gateway_dash.gateway.errors import GatewayError


class NoToken(GatewayError):
    """No token, or none that is good: unknown, expired, revoked, or of somebody who may not sign in. All the same."""

    passes = False
    status = 401
    title = "No valid token"
    tone = "warn"
    icon = "key-round"

    def __init__(self) -> None:
        super().__init__(
            "This address needs a token that is valid now.",
            hint="Make one in the dashboard, in the menu under your name, and send it as “Authorization: Bearer …”.",
        )


class TooOften(GatewayError):
    """One token, too many requests."""

    status = 429
    title = "Too many requests with this token"
    tone = "warn"
    icon = "hourglass"

    def __init__(self, most: int, retry_after_s: int) -> None:
        super().__init__(f"A token is good for {most} requests a minute. Try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class WrongMethod(GatewayError):
    """The API reads, and nothing else."""

    passes = False
    status = 405
    title = "Only GET is answered here"
    tone = "warn"

    def __init__(self) -> None:
        super().__init__("The API changes nothing, so it answers GET and HEAD alone.")
