"""The keys that Cloudflare Access signs with: fetched from the one address of a team, and kept."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import jwt
import msgspec

from gateway_dash.gateway.answers import read_answer
from gateway_dash.gateway.errors import Broken, CannotTell, GatewayError

logger = logging.getLogger("gateway_dash.access")

PATH = "/cdn-cgi/access/certs"
PAUSE_S = 60.0  # between two fetches, whatever came of the first and whoever sends names of keys that do not exist
FRESH_S = 3600.0  # after that a key may have been withdrawn
TRUSTED_S = 24 * 3600.0  # how long keys are used that could not be fetched again
CONNECT_S, WHOLE_S = 2.0, 5.0
CAP_BYTES = 64 * 1024
ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}  # the one way in which a key of each kind is used

# Not another origin, whatever a setting says.
_ISSUER = re.compile(r"https://[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.cloudflareaccess\.com\Z", re.ASCII)


class _Key(msgspec.Struct, frozen=True):
    """One key as Access publishes it. What would be private has no field."""

    kid: str
    kty: str
    alg: str = ""
    use: str = ""
    n: str = ""
    e: str = ""
    crv: str = ""
    x: str = ""
    y: str = ""


class _Published(msgspec.Struct, frozen=True):
    keys: list[msgspec.Raw]


class AccessKeys:
    """A team's keys by their names. Safe to share between threads."""

    def __init__(
        self,
        issuer: str,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not _ISSUER.match(issuer):
            raise ValueError("Keys are those of a team at cloudflareaccess.com.")
        self._url = httpx.URL(issuer + PATH)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, jwt.PyJWK] = {}
        self._read_at = self._asked_at = -math.inf
        self._failed = False
        self._http = httpx.Client(
            transport=transport,
            follow_redirects=False,
            timeout=httpx.Timeout(WHOLE_S - CONNECT_S, connect=CONNECT_S),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "gateway-dash"},
        )

    def find(self, name: str) -> jwt.PyJWK | None:
        """The key of this name; None where the team has no such key, CannotTell where that is not known."""
        if self._is_due(name):
            self._ask(name)
        key = self._known.get(name) if self._clock() - self._read_at < TRUSTED_S else None
        if key is None and self._failed:
            error = CannotTell(f"The keys that tell who somebody is could not be read from {self._url.host}.")
            error.retry_after_s = max(1, math.ceil(self._asked_at + PAUSE_S - self._clock()))
            raise error
        return key

    def _is_due(self, name: str) -> bool:
        now = self._clock()
        is_wanted = name not in self._known or now - self._read_at >= FRESH_S
        return is_wanted and now - self._asked_at >= PAUSE_S

    def _ask(self, name: str) -> None:
        """Fetch once, whoever else wants it. Who has a key that will do meanwhile does not wait."""
        if not self._lock.acquire(blocking=name not in self._known):
            return
        try:
            if self._is_due(name):
                self._fetch_or_keep()
        finally:
            self._lock.release()

    def _fetch_or_keep(self) -> None:
        try:
            self._known = self._fetched()
            self._read_at, self._failed = self._clock(), False
        except (GatewayError, httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            self._failed = True
            why = error.message if isinstance(error, GatewayError) else type(error).__name__
            logger.warning("the keys of Cloudflare Access could not be read: %s", why)
        finally:
            self._asked_at = self._clock()  # only now: those who wait for the first fetch must not pass by

    def _fetched(self) -> dict[str, jwt.PyJWK]:
        ends_at = self._clock() + WHOLE_S
        response = self._http.send(self._http.build_request("GET", self._url), stream=True)
        try:
            answer = read_answer(response, cap_bytes=CAP_BYTES, left_s=lambda: ends_at - self._clock())
        finally:
            response.close()
        if answer.status != 200 or answer.over_cap or answer.cut:
            raise Broken(f"{self._url.host} answered {answer.status}, with {len(answer.body):,} bytes or more.")
        keys = dict(_usable(answer.body))
        if not keys:
            raise Broken(f"{self._url.host} named no key that can be used.")
        return keys


def _usable(body: bytes) -> Iterator[tuple[str, jwt.PyJWK]]:
    """The keys by name. One that cannot be read, or is for something else, is left out."""
    for raw in msgspec.json.decode(body, type=_Published).keys:
        try:
            key = msgspec.json.decode(raw, type=_Key)
            algorithm = ALGORITHMS.get(key.kty, "")
            is_ours = key.kid and algorithm and key.alg in ("", algorithm) and key.use in ("", "sig")
            if is_ours and key.crv in ("", "P-256"):
                parts = {name: value for name, value in msgspec.structs.asdict(key).items() if value}
                yield key.kid, jwt.PyJWK(parts, algorithm)
        except (msgspec.MsgspecError, jwt.PyJWTError):
            continue
