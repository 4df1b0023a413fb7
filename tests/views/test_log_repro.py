"""/gateways/<gateway>/logs/<log_id>/repro/"""

import json
import subprocess
import sys

import httpx
import pytest

from gateway_dash.sandbox import ACCOUNT_ID
from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

URL = LOGS + "one/repro/"
ASKED = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": 'it\'s "DNS"?\u202e'}]}
ANSWERED = {"choices": [{"message": {"role": "assistant", "content": "Names ``` to addresses."}}]}


@pytest.fixture
def log(bare_store):
    def add(**row):
        bodies = {"request_body": json.dumps(ASKED).encode(), "response_body": json.dumps(ANSWERED).encode()}
        bare_store.add({"id": "one", **bodies, **row})

    return add


def main(answer):
    return parse(answer).one(id="repro")


def text_of(answer):
    return "\n".join(line.raw_text for line in main(answer).one("pre").children if not isinstance(line, str))


def left_out(answer):
    return [each.text for each in main(answer).one(class_="repro__out").all("li")]


def test_the_page_has_the_call_through_its_gateway_with_placeholders_for_keys(person, log, wire):
    log(metadata={"user": "o'hara"})
    answer = person.get(URL)
    text = text_of(answer)
    assert f"https://gateway.ai.cloudflare.com/v1/{ACCOUNT_ID}/prod-edge/openai/chat/completions" in text
    assert '"Authorization: Bearer $OPENAI_API_KEY"' in text
    assert '"cf-aig-authorization: Bearer $CF_AIG_TOKEN"' in text
    assert "cf-aig-metadata" in text
    assert wire.calls == ["GET /prod-edge/logs/one"]  # its head is the whole body
    assert any("no headers" in each for each in left_out(answer))
    assert any("cf-aig-metadata was made of the row" in each for each in left_out(answer))


def test_each_format_is_a_link_and_a_fragment_with_one_address(person, log):
    log()
    links = main(person.get(URL)).links()
    for words, name in [("Python", "python"), ("JavaScript", "javascript"), ("pytest", "pytest"), ("Issue", "issue")]:
        assert links[words] == f"{URL}?as={name}"
        answer = person.get(links[words], headers=HTMX)
        assert "<html" not in answer.text
        assert answer["HX-Push-Url"] == f"{URL}?as={name}"
        current = [each.text for each in main(answer).all("a", aria_current="true")]
        assert current == [words]
    assert links["curl"] == URL
    assert person.get(URL + "?as=curl", headers=HTMX)["HX-Push-Url"] == URL


def test_the_list_that_the_log_was_opened_from_goes_along(person, log):
    log()
    links = main(person.get(URL + "?provider=openai")).links()
    assert links["pytest"] == URL + "?provider=openai&as=pytest"


def test_the_downloaded_pytest_runs(person, log, tmp_path):
    log()
    answer = person.get(URL + "?as=pytest&file=text")
    assert answer["Content-Disposition"] == 'attachment; filename="test_recorded.py"'
    (tmp_path / "test_recorded.py").write_bytes(answer.content)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, check=False, timeout=60)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_file_is_saved_and_never_shown(person, log):
    log()
    for address in ("?file=text", "?file=request", "?as=pytest&file=response"):
        answer = person.get(URL + address)
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in answer["Content-Security-Policy"]
    assert json.loads(person.get(URL + "?file=request").content) == ASKED


def test_a_large_body_is_a_file_that_the_command_reads(person, log):
    large = {"messages": [{"role": "user", "content": "word " * 60_000}]}
    log(request_body=json.dumps(large).encode())
    answer = person.get(URL)
    assert "--data-binary @request.json" in text_of(answer)
    assert len(answer.content) < 60_000
    url = main(answer).links()["request.json"]
    assert url == URL + "?file=request"
    assert json.loads(person.get(url).content) == large


def test_the_issue_has_the_facts_and_no_sign_that_cannot_be_seen(person, log):
    log(status_code=529, tokens_in=12, tokens_out=7, cost=0.0021, duration=1200)
    text = text_of(person.get(URL + "?as=issue"))
    assert text.startswith("# `gpt-4o-mini` over `openai`: status 529")
    for fact in ("Duration: `1.20 s`", "Tokens in: `12`", "Cost: `$0.002100`", "http://testserver" + LOGS + "one/"):
        assert fact in text
    assert "````json" in text  # the answer holds a fence of three
    file = person.get(URL + "?as=issue&file=text").content.decode()
    assert "⟦U+202E⟧" in file
    assert "\u202e" not in file


def test_what_is_odd_about_a_tool_call_stands_in_the_issue(person, log):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": schema}}
    call = {"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    log(
        request_body=json.dumps({**ASKED, "tools": [tool]}).encode(),
        response_body=json.dumps({"choices": [{"message": message}]}).encode(),
    )
    text = text_of(person.get(URL + "?as=issue"))
    assert "Error: Arguments of get\\_weather do not fit its schema (response" in text
    assert "The field “city” is missing" in text


def test_without_a_stored_request_the_page_says_so_and_still_has_the_rest(person, log):
    log(request_body=None, response_body=None, created_at="2026-11-20T10:00:00Z")
    answer = person.get(URL)
    assert "--data-binary @request.json" in text_of(answer)
    assert any("The upstream keeps no request of this call" in each for each in left_out(answer))
    assert person.get(URL + "?file=request").status_code == 404
    replay = person.get(URL + "?as=pytest")
    assert "Nothing to replay" in main(replay).text
    assert "The upstream keeps no response of this call" in main(replay).text
    assert person.get(URL + "?as=pytest&file=text").status_code == 404


def test_a_body_that_is_refused_is_said_and_takes_nothing_else_down(person, log, wire):
    log(request_body=b"x" * 5000)
    wire.instead = lambda request: httpx.Response(403) if request.url.path.endswith("/request") else None
    answer = person.get(URL)
    assert answer.status_code == 200
    assert any("The request is not here" in each for each in left_out(answer))


def test_only_the_formats_that_need_the_answer_ask_for_it(person, log, wire):
    log(request_body=b'{"a": "' + b"x" * 5000 + b'"}', response_body=b'{"a": "' + b"x" * 5000 + b'"}')
    person.get(URL)
    assert wire.calls == ["GET /prod-edge/logs/one", "GET /prod-edge/logs/one/request"]
    wire.forget()
    person.get(URL + "?as=pytest")  # the request is kept from before
    assert wire.calls == ["GET /prod-edge/logs/one", "GET /prod-edge/logs/one/response"]


def test_hostile_text_is_text(person, log):
    hostile = {"messages": [{"role": "user", "content": "</pre><img src=x onerror=alert(1)>\u202e\ud800"}]}
    log(request_body=json.dumps(hostile).encode(), path="chat'; rm -rf /", model="<b>\u202e")
    for name in ("curl", "python", "javascript", "pytest", "issue"):
        answer = person.get(f"{URL}?as={name}")
        assert "<img src=x" not in answer.text
        assert "\u202e" not in answer.text
        assert main(answer).one("pre").text


@pytest.mark.parametrize("bad", ["as=wget", "as=", "file=../x", "as=curl&as=issue", "providr=openai"])
def test_a_parameter_that_cannot_be_read_is_refused_without_a_call(person, log, wire, bad):
    log()
    assert person.get(f"{URL}?{bad}").status_code == 400
    assert wire.sent == []


def test_a_log_that_is_gone_is_said_as_on_its_own_page(person, wire, bare_store):
    assert person.get(LOGS + "gone/repro/").status_code == 404
