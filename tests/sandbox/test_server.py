"""The sandbox on a port."""

import json
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest


@pytest.fixture(scope="module")
def served():
    command = [sys.executable, "-m", "gateway_dash.sandbox", "--port", "0", "--logs", "60", "--budget", "0"]
    server = subprocess.Popen([*command, "--strict-filters"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield json.loads(server.stdout.readline())
    server.terminate()
    server.communicate(timeout=10)


@pytest.fixture
def client(served):
    headers = {"Authorization": f"Bearer {served['tokens']['write']}"}
    with httpx.Client(base_url=served["base_url"], headers=headers) as found:
        yield found


def logs(served):
    return f"/accounts/{served['account_id']}/ai-gateway/gateways/prod-edge/logs"


def test_what_is_printed_at_the_start_is_enough_to_ask(served, client):
    assert client.get(logs(served)).json()["result_info"]["total_count"] > 30


def test_a_connection_serves_many_requests(served):
    address = urlsplit(served["base_url"])
    connection = HTTPConnection(str(address.hostname), address.port)
    sockets = set()
    for _ in range(3):
        connection.request("GET", address.path + "/nowhere")
        answer = connection.getresponse()
        assert (answer.version, answer.status, len(answer.read())) == (11, 404, int(answer.headers["Content-Length"]))
        sockets.add(id(connection.sock))
    connection.close()
    assert len(sockets) == 1


def test_a_body_reaches_the_application_whole(served, client):
    log_id = client.get(logs(served)).json()["result"][0]["id"]
    assert client.patch(f"{logs(served)}/{log_id}", json={"metadata": {"note": "x" * 50_000}}).status_code == 200
    assert len(client.get(f"{logs(served)}/{log_id}").json()["result"]["metadata"]["note"]) == 50_000


def test_the_switches_are_flags(served, client):
    assert client.get(f"{logs(served)}?filters.key=id").status_code == 400
