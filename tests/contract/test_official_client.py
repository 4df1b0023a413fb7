"""The vendor's own Python client against the sandbox: what works through it, and what is dangerous."""

import json
from collections.abc import Iterator
from typing import Any

import cloudflare
import httpx
import pytest
from cloudflare import Cloudflare

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

WRITE = next(token for token, permission in TOKENS.items() if permission == "write")
WHERE: dict[str, Any] = {"account_id": ACCOUNT_ID, "gateway_id": "prod-edge"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    store = Store.seeded(200)
    bodies = {"request_body": b'{"model":"gpt-4o-mini","messages":[]}', "response_body": b'{"choices":[]}'}
    store.add({"id": "mine", "provider": "openai", "metadata": {"team": "AI", "user": 12345}} | bodies)
    yield Sandbox(store, Options(budget=None))
    store.close()


@pytest.fixture
def logs(sandbox: Sandbox) -> Iterator[Any]:
    with httpx.Client(transport=httpx.WSGITransport(app=sandbox)) as http:
        client = Cloudflare(api_token=WRITE, http_client=http, max_retries=0, base_url="http://sandbox/client/v4")
        yield client.ai_gateway.logs


def test_it_lists_page_after_page(sandbox, logs):
    found = [log.id for log in logs.list(**WHERE, per_page=50)]
    assert found == sandbox.store.ids("prod-edge")[::-1]


def test_it_lists_with_the_total_and_metadata_as_an_object(logs):
    page = logs.list(**WHERE, per_page=1)
    assert page.result_info.total_count > 100
    mine = next(log for log in logs.list(**WHERE) if log.id == "mine")
    assert mine.metadata == {"team": "AI", "user": 12345}


def test_it_reads_a_log_and_its_bodies(logs):
    detail = logs.get("mine", **WHERE)
    assert (detail.request_head, detail.request_size) == ('{"model":"gpt-4o-mini","messages":[]}', 37)
    assert logs.request("mine", **WHERE) == {"model": "gpt-4o-mini", "messages": []}
    assert logs.response("mine", **WHERE) == {"choices": []}


def test_it_reads_a_missing_log_as_not_found(logs):
    with pytest.raises(cloudflare.NotFoundError) as raised:
        logs.get("nobody", **WHERE)
    assert raised.value.errors[0].code == 7002


def test_it_annotates_whatever_the_answer_looks_like(sandbox, logs):
    for form in ("empty", "details", "none"):
        sandbox.options = Options(budget=None, patch_answer=form)
        logs.edit("mine", **WHERE, feedback=-1, score=40, metadata={"reviewer": form})
        row = sandbox.store.get("mine")
        assert (row["feedback"], row["score"], row["metadata"]) == (-1, 40, {"reviewer": form})


def test_its_filters_are_ignored_on_a_list(sandbox, logs):
    page = logs.list(**WHERE, filters=[{"key": "id", "operator": "eq", "value": ["mine"]}])
    assert page.result_info.total_count == sandbox.store.count("prod-edge") > 1


def test_filters_work_when_sent_as_json_text(logs):
    wanted = json.dumps([{"key": "id", "operator": "eq", "value": ["mine"]}])
    page = logs.list(**WHERE, extra_query={"filters": wanted})
    assert [log.id for log in page.result] == ["mine"]


def test_its_filtered_delete_takes_everything(sandbox, logs):
    assert sandbox.store.count("prod-edge") > 100
    logs.delete(**WHERE, filters=[{"key": "id", "operator": "eq", "value": ["mine"]}])
    assert sandbox.store.count("prod-edge") == 0  # one log was meant
    assert sandbox.store.count("support-bot") > 0


def test_the_strict_switch_refuses_its_filters(sandbox, logs):
    sandbox.options = Options(budget=None, strict_filters=True)
    before = sandbox.store.count("prod-edge")
    for operation in (logs.list, logs.delete):
        with pytest.raises(cloudflare.BadRequestError):
            operation(**WHERE, filters=[{"key": "id", "operator": "eq", "value": ["mine"]}])
    assert sandbox.store.count("prod-edge") == before
