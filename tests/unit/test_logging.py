"""Log lines: one form, whoever writes them, and nothing in them that was not meant for an operator."""

import io
import json
import logging
import sys
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from gunicorn.config import Config
from structlog.contextvars import bound_contextvars

from gateway_dash.gateway.errors import Unreachable
from gateway_dash.telemetry import scrub
from gateway_dash.telemetry.lines import JsonLines
from gateway_dash.telemetry.server import ServerLog

CANARY = "canary-words-of-a-log"
KEY = "sk-proj-" + "aB3dE6gH9jK2mN5pQ8sT" * 2
HOSTILE = 'a\r\n{"level": "info"}\x1b[31m\u2028\u202eb\x00\ud800'


def record(message, *args, error=None, level=logging.INFO, **more):
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("gateway_dash.web", level, __file__, 1, message, args, info)
    made.__dict__.update(more)
    return made


def line(*args, **more):
    text = JsonLines().format(record(*args, **more))
    assert text.isascii()
    assert "\n" not in text
    return json.loads(text)


def raised(error):
    """The error with a traceback, and a canary in a variable beside it."""
    secret = CANARY
    try:
        raise error
    except type(error) as caught:
        assert secret
        return caught


def test_a_line_has_time_level_logger_and_message():
    said = line("The %s could not be read.", "cache", level=logging.WARNING)
    assert said.pop("at").endswith("+00:00")
    assert said == {"level": "warning", "logger": "gateway_dash.web", "message": "The cache could not be read."}


def test_facts_stand_beside_the_message_and_overwrite_nothing():
    assert line("x", told={"status": 200, "level": "forged"}) | {"at": ""} == {
        "at": "", "level": "info", "logger": "gateway_dash.web", "message": "x", "status": 200,
    }  # fmt: skip


def test_a_line_says_to_which_request_or_job_it_belongs():
    with bound_contextvars(request_id="12345678", job="abc"):
        assert (line("x")["request_id"], line("x")["job"]) == ("12345678", "abc")
    assert "request_id" not in line("x")


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_text_forges_a_line_or_colours_a_terminal(form):
    said = JsonLines(form).format(record("at %s", HOSTILE, told={"path": HOSTILE}))
    assert len(said.splitlines()) == 1
    assert said.isprintable()
    assert not any(sign in said for sign in "\x1b\u2028\u202e\ud800")
    if form == "json":  # nor once it is read, and shown by something else
        assert json.loads(said)["path"].isprintable()


def test_in_the_form_for_people_a_text_does_not_look_like_another_fact():
    said = JsonLines("text").format(record("request", told={"path": "/x user=1 ", "status": 404}))
    assert said.endswith(' path="/x user=1 " status=404')


@pytest.mark.parametrize(
    "message",
    [
        f"GET https://api.example/logs?filters={CANARY}",
        f"Forbidden (Referer checking failed - https://dash.example/a/?search={CANARY} does not match): /b/",
        f"Error handling request /share/{CANARY}/?x",
        f"Internal Server Error: /password/MQ/{CANARY}/",
        f"the header was Authorization: Bearer {KEY}",
    ],
)
def test_query_strings_and_keys_are_left_out_of_any_message(message):
    said = json.dumps(line("%s", message))
    assert CANARY not in said
    assert KEY not in said


def test_a_question_stays_one():
    assert line("Is it there? Maybe.")["message"] == "Is it there? Maybe."


ERRORS = [
    (ValueError(f"could not convert string to float: '{CANARY}'"), "ValueError", ""),
    (KeyError(CANARY), "KeyError", ""),
    (httpx.ConnectError(f"https://x.example/?filters={CANARY}"), "httpx.ConnectError", ""),
    (Unreachable(CANARY, hint=CANARY), "gateway_dash.gateway.errors.Unreachable", "The upstream did not answer"),
    (FileNotFoundError(2, "No such file", CANARY), "FileNotFoundError", "[Errno 2] No such file"),
    (ImportError(CANARY, name="brotli"), "ImportError", "brotli"),
    (AttributeError(CANARY, name=KEY, obj=CANARY), "AttributeError", "[masked: openai key]"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "kind", "words"), ERRORS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("form", ["json", "text"])
def test_of_an_error_only_what_quotes_nothing_is_told(error, kind, words, form):
    found = record("It failed: %s", error, error=raised(error))
    said = JsonLines(form).format(found)
    assert CANARY not in said
    assert KEY not in said
    if form == "json":
        (told,) = json.loads(said)["exception"]
        assert (told["type"], told["message"]) == (kind, words)
        assert set(told["frames"][0]) == {"file", "line", "function"}
        assert (told["frames"][0]["file"], told["frames"][0]["function"]) == ("test_logging.py", "raised")
    else:
        assert "test_logging.py:" in said


@pytest.mark.parametrize(("is_hidden", "kinds"), [(False, ["RuntimeError", "KeyError"]), (True, ["RuntimeError"])])
def test_what_led_to_an_error_is_told_too_unless_it_was_hidden(is_hidden, kinds):
    def fail():
        try:
            raise KeyError(CANARY)
        except KeyError as first:
            raise RuntimeError(CANARY) from (None if is_hidden else first)

    with pytest.raises(RuntimeError) as second:
        fail()
    assert [each["type"] for each in scrub.exceptions(second.value)] == kinds


def test_a_line_that_is_itself_a_mistake_is_told_and_not_printed_whole():
    assert line("%d logs", CANARY)["message"] == "A line of gateway_dash.web could not be written (TypeError)."


def test_a_message_without_end_is_cut():
    assert len(line("x" * 1_000_000)["message"]) == scrub.LONGEST


# --- gunicorn


class Server:
    """gunicorn's log on streams of its own."""

    def __init__(self, monkeypatch):
        self.err, self.out = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stderr", self.err)
        monkeypatch.setattr(sys, "stdout", self.out)
        config = Config()
        config.set("accesslog", "-")
        self.log = ServerLog(config)

    def lines(self):
        for each in (self.log.error_log, self.log.access_log):
            each.handlers.clear()
        return [json.loads(each) for each in (self.err.getvalue() + self.out.getvalue()).splitlines()]


def test_the_servers_lines_have_our_form(monkeypatch):
    server = Server(monkeypatch)
    server.log.info("Booting worker with pid: %s", 7)
    server.log.warning(f"Invalid request from ip=192.0.2.7: Invalid HTTP Version '{CANARY}'")
    server.log.exception(ValueError(CANARY))
    server.log.error("Error handling request %s", f"/x?search={CANARY}", exc_info=raised(ValueError(CANARY)))
    lines = server.lines()
    assert [each["message"] for each in lines] == [
        "Booting worker with pid: 7", "Invalid request from ip=192.0.2.7", "ValueError", "Error handling request /x?…",
    ]  # fmt: skip
    assert CANARY not in str(lines)


def test_its_line_of_a_request_if_somebody_turns_it_on_has_no_query_string(monkeypatch):
    server = Server(monkeypatch)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x\x1b", "QUERY_STRING": CANARY, "HTTP_REFERER": CANARY}
    server.log.access(SimpleNamespace(status="200 OK"), None, environ, timedelta(milliseconds=12))
    (said,) = server.lines()
    assert CANARY not in str(said)
    assert (said["method"], said["path"], said["status"], said["duration_ms"]) == ("GET", "/x\\x1b", "200", 12.0)
