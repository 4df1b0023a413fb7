"""What the tests of the sandbox share: a store, the application over it, and a short way to ask."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

BASE = "http://sandbox/client/v4"
TOKEN_OF = {permission: token for token, permission in TOKENS.items()}


class Api:
    """The sandbox as a client sees it."""

    def __init__(self, sandbox: Sandbox, permission: str = "write") -> None:
        self.sandbox, self.store = sandbox, sandbox.store
        headers = {"Authorization": f"Bearer {TOKEN_OF[permission]}"}  # type: ignore[index]
        self.http = httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url=BASE, headers=headers)

    @staticmethod
    def logs(gateway: str = "prod-edge", *rest: str) -> str:
        return "/".join((f"/accounts/{ACCOUNT_ID}/ai-gateway/gateways/{gateway}/logs", *rest))

    def page(self, *filters: tuple[str, str, list[Any]], gateway: str = "prod-edge", **parameters: Any) -> Any:
        if filters:
            parameters["filters"] = json.dumps([{"key": k, "operator": o, "value": v} for k, o, v in filters])
        return self.http.get(self.logs(gateway), params=parameters).raise_for_status().json()

    def ids(self, *filters: tuple[str, str, list[Any]], **parameters: Any) -> list[str]:
        return [row["id"] for row in self.page(*filters, **parameters)["result"]]

    def error(self, path: str, **parameters: Any) -> tuple[int, str, list[Any]]:
        answer = self.http.get(path, params=parameters)
        error = answer.json()["errors"][0]
        return answer.status_code, error["message"], error.get("path", [])

    def switch(self, **options: Any) -> None:
        self.sandbox.options = replace(self.sandbox.options, **options)


@pytest.fixture
def store() -> Iterator[Store]:
    found = Store()
    yield found
    found.close()


@pytest.fixture
def api(store: Store) -> Api:
    return Api(Sandbox(store, Options(budget=None)))


@pytest.fixture
def api_as(store: Store) -> Callable[[str], Api]:
    return lambda permission: Api(Sandbox(store, Options(budget=None)), permission)


@pytest.fixture(scope="session")
def many() -> Iterator[Api]:
    """A thousand invented logs. Tests that change them must not use this."""
    store = Store.seeded(1000)
    yield Api(Sandbox(store, Options(budget=None)))
    store.close()
