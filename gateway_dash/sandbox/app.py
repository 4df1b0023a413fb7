"""The emulated API as a WSGI application."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from . import account_api, logs_api
from .access import Permission, demand, permission_of, token_in
from .answers import Answer, Refusal, edge_page, forbidden, internal_error, no_route, wrong_method
from .budget import Budget
from .gateways import ACCOUNT_ID
from .logs_api import Request
from .options import Options
from .parameters import Parameters
from .store import Store

BASE = "/client/v4"
LARGEST_BODY = 1_000_000  # no annotation is longer


@dataclass(frozen=True)
class Route:
    """One operation: where it lives, what permission it needs, what does it."""

    method: str
    path: re.Pattern[str]
    permission: Permission
    operation: Callable[..., Answer]


def route(method: str, path: str, permission: Permission, operation: Callable[..., Answer]) -> Route:
    return Route(method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), permission, operation)


GATEWAYS = "/accounts/{account_id}/ai-gateway/gateways"
ONE, LOGS = f"{GATEWAYS}/{{gateway_id}}", f"{GATEWAYS}/{{gateway_id}}/logs"
ROUTES = (
    route("GET", LOGS, "metadata_read", logs_api.list_logs),
    route("DELETE", LOGS, "write", logs_api.delete_logs),
    route("GET", f"{LOGS}/{{log_id}}", "metadata_read", logs_api.get_log),
    route("PATCH", f"{LOGS}/{{log_id}}", "write", logs_api.patch_log),
    route("GET", f"{LOGS}/{{log_id}}/request", "read", logs_api.get_request),
    route("GET", f"{LOGS}/{{log_id}}/response", "read", logs_api.get_response),
    route("GET", GATEWAYS, "metadata_read", account_api.list_gateways),
    route("GET", ONE, "metadata_read", account_api.get_gateway),
    route("GET", f"{ONE}/url/{{provider}}", "read", account_api.get_url),
    route("GET", "/accounts", "none", account_api.list_accounts),
    route("GET", "/user/tokens/verify", "none", account_api.verify_token),
    route("GET", "/accounts/{account_id}/tokens/verify", "none", account_api.verify_token),
)
VALIDATING = (logs_api.list_logs, logs_api.delete_logs, logs_api.patch_log, account_api.get_url)  # have a 400


class Sandbox:
    """A WSGI application that answers as the AI Gateway API does, over the logs of a store."""

    def __init__(self, store: Store, options: Options | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.options = options or Options()
        self._clock = clock
        self._budget = Budget()
        self._delete_later: list[tuple[float, list[str]]] = []
        self._deleting = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.answer(environ)
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.content)))]
        phrase = HTTPStatus(answer.status).phrase
        start_response(f"{answer.status} {phrase}", [*headers, *answer.headers])
        return [answer.content]

    def answer(self, environ: WSGIEnvironment) -> Answer:
        """The answer to one request."""
        headers: tuple[tuple[str, str], ...] = ()
        try:
            if self.options.latency_ms:
                time.sleep(self.options.latency_ms / 1000)
            who = environ.get("HTTP_AUTHORIZATION") or environ.get("REMOTE_ADDR", "")
            headers = self._budget.spend(who, self.options.budget, self._clock())
            answer = self._fault(environ) or self._operate(environ)
        except Refusal as refusal:
            answer = refusal.answer()
        return replace(answer, headers=answer.headers + headers)

    def _fault(self, environ: WSGIEnvironment) -> Answer | None:
        """The trouble that the options ask for, if they ask for any here."""
        options = self.options
        place = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if not options.fault or options.fault_on not in place:
            return None
        return edge_page() if options.fault == "502" else internal_error().answer()

    def _operate(self, environ: WSGIEnvironment) -> Answer:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        found, places = matched(environ["REQUEST_METHOD"], path)
        token = token_in(environ)
        account_id = places.pop("account_id", ACCOUNT_ID)
        if found.operation is account_api.verify_token:
            return account_api.verify_token(token, account_id)
        permission = permission_of(token)
        if account_id != ACCOUNT_ID:
            raise forbidden()
        demand(permission, found.permission)
        if "gateway_id" in places:
            account_api.check_gateway_id(places["gateway_id"], may_be_invalid=found.operation in VALIDATING)
        self._settle()
        return found.operation(self._request(environ, permission), *places.values())

    def _request(self, environ: WSGIEnvironment, permission: Permission) -> Request:
        length = min(int(environ.get("CONTENT_LENGTH") or 0), LARGEST_BODY)
        body: bytes = environ["wsgi.input"].read(length) if length else b""
        parameters = Parameters.read(environ.get("QUERY_STRING", ""))
        now = self._clock()
        return Request(self.store, self.options, permission, parameters, body, now, self._delete_later)

    def _settle(self) -> None:
        """Delete what was to be deleted by now."""
        with self._deleting:
            now = self._clock()
            due = [log_ids for moment, log_ids in self._delete_later if moment <= now]
            self._delete_later[:] = [later for later in self._delete_later if later[0] > now]
        for log_ids in due:
            self.store.delete(log_ids)


def matched(method: str, path: str) -> tuple[Route, dict[str, Any]]:
    """The route of a request and the values in its path, or a refusal."""
    inner = path.removeprefix(BASE) if path.startswith(f"{BASE}/") else ""
    fitting = [(route, match) for route in ROUTES if (match := route.path.fullmatch(inner))]
    for found, match in fitting:
        if found.method == method:
            return found, match.groupdict()
    if fitting:
        raise wrong_method([found.method for found, _ in fitting])
    raise no_route(path)
