"""The repro pack: what it writes runs, sends what was recorded, and takes no secret along."""

import base64
import json
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_dash.payload.conversation import Assembled, Finding, Gathered, Said, Text, Turn
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import Reading, read_side
from gateway_dash.payload.fences import code, fenced, prose
from gateway_dash.payload.repro import commands
from gateway_dash.payload.repro.bodies import INLINE_BYTES, finished
from gateway_dash.payload.repro.pack import FORMATS, pack
from gateway_dash.payload.repro.target import GATEWAY_URL, Recorded
from gateway_dash.payload.shapes import Hints

SECRET = "sk-" + "proj-" + "kX7vQm2ZrT9bLw4NcY8d" + "Hs1JpF6gAe3uVo5iRt0yKqWz"
HOSTILE = (
    'it\'s "q" `id` $(id) $HOME \\ \\n \n @file !! %s {} ${x} </script> \'\'\' """ é \u2028 \x1b[31m \x7f \U0001f600'
)
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": HOSTILE}]}
ANSWERED = {"choices": [{"message": {"role": "assistant", "content": HOSTILE}, "finish_reason": "stop"}]}


def as_json(value, **others):
    return json.dumps(value, **others).encode()


def made(asked: Any = ASKED, answered: Any = ANSWERED, findings=(), **row):
    call = Recorded(
        **{
            "account": "acc0",
            "gateway": "prod-edge",
            "log_id": "one",
            "permalink": "https://dash.example/gateways/prod-edge/logs/one/",
            "ended_at": datetime(2026, 11, 20, 10, 54, tzinfo=UTC),
            "provider": "openai",
            "model": "gpt-4o",
            "path": "chat/completions",
            "content_type": "application/json",
            "answer_type": "application/json",
            "status": 200,
            **row,
        }
    )
    hints = Hints(call.provider, call.model, call.path)

    def reading(body, side):
        if isinstance(body, Reading):
            return body
        data = body if isinstance(body, bytes) else as_json(body)
        return None if body is None else read_side(read_document(data), side, hints)

    return pack(call, reading(asked, "request"), reading(answered, "response"), findings=findings)


# --- what runs --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def echo():
    """A server that keeps what it is sent."""
    got: list[tuple[str, str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            got.append((self.command, self.path, dict(self.headers.items()), body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", got
    server.shutdown()
    server.server_close()


RUNNERS: dict[Any, tuple[str, list[str]]] = {
    "curl": ("repro.sh", ["bash"]),
    "python": ("repro.py", [sys.executable]),
    "javascript": ("repro.mjs", ["node"]),
}


def run(packed, kind, echo, folder):
    """Runs the text against the echo; what arrived."""
    name, command = RUNNERS[kind]
    if shutil.which(command[0]) is None or (kind == "curl" and shutil.which("curl") is None):
        pytest.skip(f"{command[0]} is not here")
    base, got = echo
    got.clear()
    (folder / name).write_text(packed.text(kind).replace(GATEWAY_URL, base))
    for file in packed.files(kind):
        (folder / file.file_name).write_bytes(file.data)
    keys = {"OPENAI_API_KEY": "key one", "CF_AIG_TOKEN": "token", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run([*command, name], cwd=folder, env=keys, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"ok" in done.stdout
    (arrived,) = got
    return arrived


BODIES = {
    "plain": as_json(ASKED),
    "quotes": as_json({"a": "'\"'\\''", "b": ["''", "'", "\\"]}, indent=2),
    "at": b"@/etc/passwd",
    "empty": b"",
    "lines": b'{\n\t"a": 1\n}\n',
    "over an argument": as_json({"a": "it's " * 30_000}),
    "over a command": as_json({"a": "it's " * 60_000}),
    "form": b'--xx\r\nContent-Disposition: form-data; name="f"\r\n\r\n\x00\xff\r\n--xx--\r\n',
}


@pytest.mark.parametrize("kind", list(RUNNERS))
@pytest.mark.parametrize("name", BODIES)
def test_what_is_written_sends_the_body_byte_for_byte(kind, name, echo, tmp_path):
    data = BODIES[name]
    packed = made(data, metadata={"user": 'o\'hara "x" $(id) é\n'})
    method, path, headers, body = run(packed, kind, echo, tmp_path)
    assert packed.request.is_exact
    assert body == data
    assert (method, path) == ("POST", "/v1/acc0/prod-edge/openai/chat/completions")
    sent = {key.lower(): value for key, value in headers.items()}
    assert sent["authorization"] == "Bearer key one"
    assert sent["cf-aig-authorization"] == "Bearer token"
    assert json.loads(sent["cf-aig-metadata"]) == {"user": 'o\'hara "x" $(id) é\n'}
    wanted = "multipart/form-data; boundary=xx" if name == "form" else "application/json"
    assert sent["content-type"] == wanted


@pytest.mark.parametrize("kind", list(RUNNERS))
def test_signs_beyond_ascii_are_escaped_and_the_json_is_the_same(kind, echo, tmp_path):
    packed = made(as_json(ASKED, ensure_ascii=False))
    assert not packed.request.is_exact
    assert any("ASCII" in note for note in packed.left_out)
    assert json.loads(run(packed, kind, echo, tmp_path)[3]) == ASKED


@pytest.mark.parametrize(
    "path", ["x'; touch pwned; '", "$(touch pwned)", "`touch pwned`", "a b\nc", "é/\x00", "[1-9]{a,b}"]
)
def test_a_hostile_path_is_only_an_address(path, echo, tmp_path):
    found = run(made(path=path, provider="openai"), "curl", echo, tmp_path)
    assert found[1].startswith("/v1/acc0/prod-edge/openai/")
    assert not (tmp_path / "pwned").exists()


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=40)
def test_bash_reads_every_command_and_python_every_script(body, path, model):
    packed = made({"model": model, "content": body}, path=path, provider=model, metadata={"k": body})
    done = subprocess.run(["bash", "-n"], input=packed.text("curl").encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    for kind in ("python", "pytest"):
        compile(packed.text(kind), kind, "exec")
    for kind in ("curl", "python", "javascript", "pytest"):
        assert packed.text(kind).isascii()


@given(st.text())
def test_a_word_of_the_shell_is_one_word(text):
    quoted = commands.shell(text)
    assert quoted.replace("'\\''", "").count("'") == 2


@given(st.text(max_size=200))
def test_a_script_holds_the_body_between_its_quotes(text):
    packed = made({"content": text})
    script = packed.text("javascript")
    literals = script.split("const body =\n")[1].split(";\n\nconst answer")[0].split(" +\n")
    assert json.loads("".join(json.loads(each.strip()) for each in literals)) == {"content": text}


# --- the recorded answer ----------------------------------------------------------------------------------------------


def replay(packed, folder):
    (folder / "test_recorded.py").write_text(packed.text("pytest"))
    for file in packed.files("pytest"):
        (folder / file.file_name).write_bytes(file.data)
    return replayed(folder)


def replayed(folder):
    """What pytest says of the folder, without the plugins of this project."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=line",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        str(folder),
    ]
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env, check=False, timeout=60)


def put_together(*pieces):
    """A stream read by a shape that puts it together."""
    text = "".join(pieces)
    path = ("choices", 0, "message", "content")
    said = Said("OpenAI chat", (Turn("assistant", (Text(text, path),), path[:3]),))
    value = {"choices": [{"message": {"role": "assistant", "content": text}}]}
    assembled = Assembled(value, gathered={path: Gathered(list(enumerate(pieces)))})
    return Reading(read_document(stream(*pieces)), said, assembled)


def stream(*pieces):
    chunks = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return b"".join(b"data: " + as_json(each) + b"\n\n" for each in chunks) + b"data: [DONE]\n\n"


ANSWERS = {
    "said": (as_json(ANSWERED), "['choices'][0]['message']['content'] == "),
    "long": (as_json({"choices": [{"message": {"role": "assistant", "content": "word " * 2000}}]}), ".startswith("),
    "stream": (stream("DNS ", "maps ", "names."), "assert len(events) == 3"),
    "refused": (as_json({"error": {"message": "Rate limit"}}), "== 'Rate limit'"),
    "unknown": (as_json({"b": 1, "a": [1]}), "== ['a', 'b']"),
    "list": (as_json([1, 2, 3]), "len(answer.json()) == 3"),
    "bytes": (bytes(range(256)) * 10, "assert len(answer.content) == 2560"),
    "text": (b"data: {broken\n\nand \xff", "assert len(answer.content)"),
    "large": (as_json({"data": ["x y"] * 60_000}), "== ['data']"),
    "empty": (b"", "assert len(answer.content) == 0"),
}


SAMPLES = Path(__file__).parents[1] / "samples"


def passes(packed):
    """Runs the generated test here."""
    space: dict[str, Any] = {"__name__": "recorded"}
    exec(compile(packed.text("pytest"), "recorded", "exec"), space)  # noqa: S102 - it is what people will do with it
    space["test_the_recorded_answer"]()


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.rglob("response*")), ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}"
)
def test_the_samples_of_all_providers_can_be_replayed(path):
    packed = made(answered=path.read_bytes(), provider=path.parts[-3], path="v1/x")
    assert packed.files("pytest") == ()
    passes(packed)


def test_a_tool_call_is_asserted_as_it_was_made():
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    packed = made(answered={"choices": [{"message": {"role": "assistant", "tool_calls": [call]}}]})
    assert f"['message']['tool_calls'][0] == {call}" in packed.text("pytest")
    passes(packed)
    for odd in (float("nan"), [[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]], "x" * 3000):
        passes(made(answered={"choices": [{"message": {"role": "assistant", "tool_calls": [{**call, "odd": odd}]}}]}))


@pytest.mark.parametrize("name", ANSWERS)
def test_the_recorded_answer_is_replayed_and_says_what_it_said(name, tmp_path):
    data, check = ANSWERS[name]
    packed = made(answered=data, status=429 if name == "refused" else 200)
    assert check in packed.text("pytest")
    done = replay(packed, tmp_path)
    assert "1 passed" in done.stdout, done.stdout


def test_the_replay_fails_when_the_code_asks_something_else(tmp_path):
    text = made({"a": 1}).text("pytest").replace("content=BODY)\n", "content=b'else')\n")
    (tmp_path / "test_recorded.py").write_text(text)
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
    assert "1 failed" in subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(json_values | st.binary().map(lambda data: data or b"x"), st.integers(-5, 1200), st.text(max_size=20))
def test_whatever_was_answered_the_test_passes(answered, status, kind):
    data = answered if isinstance(answered, bytes) else as_json(answered)
    packed = made(answered=data, status=status, answer_type=kind)
    passes(packed)


def test_without_an_answer_there_is_nothing_to_replay_and_it_is_said():
    packed = made(answered=None)
    assert packed.problem("pytest") == "There is no recorded answer to replay. The answer is not stored."
    assert [each for each in FORMATS if packed.problem(each)] == ["pytest"]


# --- where it goes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "url", "header"),
    [
        ({}, "openai/chat/completions", "Authorization: Bearer $OPENAI_API_KEY"),
        ({"provider": "anthropic", "path": "/v1/messages"}, "anthropic/v1/messages", "x-api-key: $ANTHROPIC_API_KEY"),
        (
            {
                "provider": "google-ai-studio",
                "path": "v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse&key=abc",
            },
            "google-ai-studio/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
            "x-goog-api-key: $GEMINI_API_KEY",
        ),
        (
            {"provider": "azure-openai", "path": "res/dep/chat/completions?api-version=2024-10-21"},
            "azure-openai/res/dep/chat/completions?api-version=2024-10-21",
            "api-key: $AZURE_OPENAI_API_KEY",
        ),
        (
            {"provider": "aws-bedrock", "path": "bedrock-runtime/us-east-1/model/anthropic.claude-v2:0/invoke"},
            "aws-bedrock/bedrock-runtime/us-east-1/model/anthropic.claude-v2:0/invoke",
            "Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK",
        ),
        (
            {"provider": "workers-ai", "path": "run/@cf/meta/llama-3.1-8b-instruct"},
            "workers-ai/@cf/meta/llama-3.1-8b-instruct",
            "Authorization: Bearer $CLOUDFLARE_API_TOKEN",
        ),
        (
            {"provider": "workers-ai", "path": "", "model": "@cf/baai/bge-m3"},
            "workers-ai/@cf/baai/bge-m3",
            "Authorization: Bearer $CLOUDFLARE_API_TOKEN",
        ),
        ({"provider": "custom-x", "path": "v1/chat"}, "custom-x/v1/chat", "Authorization: Bearer $PROVIDER_API_KEY"),
        ({"provider": "../a/b?c", "path": "x"}, "..%2Fa%2Fb%3Fc/x", "Authorization: Bearer $PROVIDER_API_KEY"),
        ({"provider": "..", "path": "x"}, "PROVIDER/x", "Authorization: Bearer $PROVIDER_API_KEY"),
        ({"path": "../../../client/v4/%2e%2e/x"}, "openai/client/v4/x", "Authorization: Bearer $OPENAI_API_KEY"),
    ],
)
def test_each_provider_has_its_address_and_its_header(row, url, header):
    text = made(**row).text("curl")
    assert f"{GATEWAY_URL}/acc0/prod-edge/{url}'" in text
    assert f'"{header}"' in text


def test_a_model_named_with_its_provider_went_through_the_unified_endpoint():
    packed = made({"model": "openai/gpt-4o", "messages": []})
    assert packed.target.url == f"{GATEWAY_URL}/acc0/prod-edge/compat/chat/completions"
    assert any("(compat)" in note for note in packed.left_out)
    assert made({"model": "openai/gpt-4o"}, provider="openrouter").target.url.endswith("openrouter/chat/completions")


def test_a_body_of_the_universal_endpoint_goes_to_the_gateway_itself():
    packed = made([{"provider": "openai", "endpoint": "chat/completions", "query": {}}], request_type="universal")
    assert packed.target.url == f"{GATEWAY_URL}/acc0/prod-edge"
    step = made(request_type="universal")
    assert step.target.url.endswith("/openai/chat/completions")
    assert any("the one step" in note for note in step.left_out)


def test_what_a_reader_must_know_is_listed():
    packed = made({"stream": True, "messages": []}, is_cached=True, step=2, provider="anthropic")
    listed = " ".join(packed.left_out)
    for words in ("no headers", "POST", "came as a stream", "came from the cache", "step 2", "anthropic-version"):
        assert words in listed
    assert "--no-buffer" in packed.text("curl")
    assert "httpx.stream" in packed.text("python")
    assert "answer.body" in packed.text("javascript")


def test_a_content_type_that_is_none_is_not_sent():
    text = made(content_type="application/json\r\nX-Evil: 1").text("curl")
    assert "'Content-Type: application/json'" in text
    assert "Evil" not in text


# --- what stays here --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answered", "row"),
    [
        ({"messages": [{"content": f"my key\n{SECRET}"}]}, ANSWERED, {}),
        (ASKED, {"choices": [{"message": {"role": "assistant", "content": f"use {SECRET}"}}]}, {}),
        (ASKED, stream("the ", SECRET, " key"), {}),
        (ASKED, put_together("the sk-", SECRET[3:20], SECRET[20:]), {}),
        (b'{"a": "' + SECRET.encode() + b'", "a": "later"}', ANSWERED, {}),
        (b"key=" + SECRET.encode(), b"plain " + SECRET.encode(), {}),
        (ASKED, ANSWERED, {"path": f"v1/{SECRET}/x?y={SECRET}"}),
        (ASKED, ANSWERED, {"metadata": {"k": SECRET}}),
        (ASKED, ANSWERED, {"model": SECRET}),
        ({SECRET: 1}, {SECRET: 1}, {}),
    ],
)
def test_no_format_and_no_file_holds_a_secret(asked, answered, row):
    packed = made(asked, answered, **row, findings=(Finding("x", "warn", f"Odd {SECRET}", SECRET),))
    for kind in FORMATS:
        assert SECRET not in packed.text(kind)
        assert SECRET not in packed.text(kind).replace("'\n    b'", "")
    assert SECRET.encode() not in packed.request.data + packed.answer.data


def test_what_was_masked_is_counted_and_no_longer_called_exact():
    packed = made({"messages": [{"content": SECRET}, {"content": f"again {SECRET}"}]})
    assert "Masked in the request: 2 secrets." in packed.left_out
    assert not packed.request.is_exact
    contents = [{"content": "[masked: openai key]"}, {"content": "again [masked: openai key]"}]
    assert json.loads(packed.request.data) == {"messages": contents}


def test_a_secret_in_pieces_of_a_stream_is_masked_in_each_of_them(tmp_path):
    packed = made(answered=put_together("the ", SECRET[:9], SECRET[9:30], SECRET[30:], " key"))
    assert "Masked in the response: 1 secret." in packed.left_out
    for piece in (SECRET[:9], SECRET[9:30], SECRET[30:]):
        assert piece.encode() not in packed.answer.data
    assert "1 passed" in replay(packed, tmp_path).stdout


def test_a_stream_that_was_put_together_is_asserted_by_its_pieces(tmp_path):
    packed = made(answered=put_together("DNS ", "maps é\u2028"))
    assert "assert set(texts(events)) >= {\n        'DNS ',\n        'maps \\xe9\\u2028',\n    }" in packed.text(
        "pytest"
    )
    assert "1 passed" in replay(packed, tmp_path).stdout


def test_long_base64_is_replaced_by_its_length():
    data = base64.b64encode(bytes(range(256)) * 40).decode()
    url = f"data:image/png;base64,{data}"
    packed = made({"messages": [{"content": [{"image_url": {"url": url}}]}], "b": data})
    assert "Base64 left out of the request: 2 pieces, each replaced by a note of its length." in packed.left_out
    text = packed.text("curl")
    assert data[:100] not in text
    assert f"data:image/png;base64,({len(data.rstrip('=')) + data.count('='):,} characters of base64 left out)" in text
    assert not packed.request.is_exact


def test_a_long_body_is_masked_when_it_is_asked_for():
    packed = made({"a": "word " * 300_000 + SECRET + " word" * 1000}, {"b": "word " * 300_000 + SECRET})
    assert packed.request.is_waiting
    assert any("its secrets are masked when it is downloaded" in note for note in packed.left_out)
    for body in (packed.request, packed.answer):
        done = finished(body)
        assert SECRET.encode() not in done.data
        assert b"[masked: openai key]" in done.data
        json.loads(done.data)
    assert all(SECRET not in packed.text(kind) for kind in FORMATS)


def test_the_excerpt_of_a_long_body_hides_a_secret_at_its_end():
    begin = "word " * 795
    packed = made(answered={"b": begin + SECRET + " word" * 300_000})
    text = packed.text("issue")
    assert SECRET[:12] not in text
    assert "[masked: openai key]" in text


def test_prose_is_no_base64():
    long = "word " * 1000
    assert json.loads(made({"a": long}).request.data) == {"a": long}


def test_a_body_that_is_cut_is_said_to_be():
    packed = made(as_json(ASKED)[:60])
    assert any("is cut: only its first 60 bytes" in note for note in packed.left_out)
    assert not packed.request.is_exact


# --- the issue --------------------------------------------------------------------------------------------------------


def fences(text):
    """The lines that are outside of all fences, as a reader of Markdown sees them."""
    outside, fence = [], ""
    for line in text.split("\n"):
        ticks = len(line) - len(line.lstrip("`"))
        if not fence and ticks >= 3:
            fence = "`" * ticks
        elif fence and ticks >= len(fence) and not line.strip("` "):
            fence = ""
        elif not fence:
            outside.append(line)
    assert not fence
    return outside


def test_the_issue_says_what_happened():
    finding = Finding("x", "err", "Stream ended without [DONE]", "It stopped.", "response", ("choices", 0))
    text = made(findings=(finding,), status=529, facts=(("Cost", "$0.01"),)).text("issue")
    assert text.startswith("# `gpt-4o` over `openai`: status 529\n")
    for line in ("- Cost: `$0.01`", "- Permalink: <https://dash.example/gateways/prod-edge/logs/one/>", "## Request"):
        assert line in text
    assert "- Error: Stream ended without \\[DONE\\] (response, `choices[0]`). It stopped." in text


@given(st.text(alphabet=st.sampled_from("`~\n <!-#[](a)")), st.text(alphabet="`\n ~ab<"))
def test_nothing_in_the_issue_leaves_its_fence(said, name):
    body = f"{said}\n# A heading of theirs"
    packed = made(body.encode() or b"x", {"a": body}, model=name, provider=name, path=said)
    assert not [line for line in fences(packed.text("issue")) if "heading of theirs" in line]


@given(st.text())
def test_a_fence_is_longer_than_what_is_in_it(text):
    assert fences(fenced(text)) == [""]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("a\nb", "`a b`"),
        ("", ""),
        ("x" * 300, f"`{'x' * 199}…`"),
    ],
)
def test_a_code_span_holds_its_text(text, safe):
    assert code(text) == safe


def test_a_sentence_makes_no_link_no_picture_and_mentions_nobody():
    assert prose("![x](http://e) <b> www.e.org") == "\\!\\[x\\](http:\\//e) \\<b\\> www\\.e.org"
    assert prose("ask @everyone") == "`ask @everyone`"


def test_bodies_over_the_inline_size_are_files_in_every_format():
    packed = made({"a": "x y " * (INLINE_BYTES // 4)}, {"a": "x y " * (INLINE_BYTES // 4)})
    for kind in ("curl", "python", "javascript", "pytest"):
        assert "request.json" in packed.text(kind)
        assert len(packed.text(kind)) < 5000
    assert [each.file_name for each in packed.files("pytest")] == ["request.json", "response.json"]
