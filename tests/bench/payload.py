"""How long reading a body takes, and whether eight times the bytes take eight times as long.

`./run bench payload` prints a table and fails where the time grows faster than twice that.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.shapes import Hints
from tests.bench.results import tell

TIMES = 8
MS_A_MEGABYTE = 1e9  # of seconds a byte
WORST = 2.0  # how much more than in proportion is still taken for noise
NO_HINTS = Hints()


def sse(chunks: list[Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)


def chat(size: int) -> bytes:
    return sse([{"choices": [{"index": 0, "delta": {"content": "word "}}]} for _ in range(size)])


def calls(size: int) -> bytes:
    pieces = [{"index": at % 7, "function": {"arguments": "1,"}} for at in range(size)]
    return sse([{"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]} for piece in pieces])


def choices(size: int) -> bytes:
    return sse([{"choices": [{"index": at, "delta": {"content": "x"}}]} for at in range(size)])


def new_ids(size: int) -> bytes:
    pieces = [{"index": 0, "id": f"c{at}", "function": {"name": "f", "arguments": "{"}} for at in range(size)]
    return sse([{"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]} for piece in pieces])


def anthropic(size: int) -> bytes:
    starts = [{"type": "message_start", "message": {"type": "message", "content": []}}]
    delta = {"type": "text_delta", "text": "word "}
    return sse([*starts, *[{"type": "content_block_delta", "index": 0, "delta": delta} for _ in range(size)]])


def responses(size: int) -> bytes:
    return sse(
        [
            {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "word "}
            for _ in range(size)
        ]
    )


def whole_each_time(size: int) -> bytes:
    """An annotation added to a list that each event names."""
    about = {"type": "response.output_text.annotation.added", "output_index": 0, "content_index": 0}
    return sse([{**about, "annotation": {"at": at}} for at in range(size)])


def messages(size: int) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": "word"} for _ in range(size)]}).encode()


def items(size: int) -> bytes:
    return json.dumps({"input": [{"type": "function_call", "role": "", "id": "a"} for _ in range(size)]}).encode()


def cut_and_odd(size: int) -> bytes:
    return b'{"messages":[{"role":"user","content":"\xff"}' + b',{"role":"user","content":"word"}' * size + b',{"ro'


def lines(size: int) -> bytes:
    return b"data: x\n\n" + b"a\n" * size * 10


def blanks(size: int) -> bytes:
    return b"data: x\n\n" + b"\n" * size * 100


def backslashes(size: int) -> bytes:
    return b'{"messages":[{"role":"user","content":"\xff' + b"\\" * size * 100


CASES: tuple[tuple[Callable[[int], bytes], int], ...] = (
    *((make, 4000) for make in (chat, calls, choices, new_ids, anthropic, responses, whole_each_time)),
    *((make, 8000) for make in (messages, items, cut_and_odd, lines, blanks, backslashes)),
)


def seconds(data: bytes) -> float:
    """The least of three, of the time that the processor took."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        document = read_document(data)
        read_side(document, "response", NO_HINTS)
        read_side(document, "request", NO_HINTS)
        taken.append(time.process_time() - start)
    return min(taken)


def least(data: bytes) -> float:
    """Seconds that the standard library takes to read what is JSON in it, line by line."""
    start = time.process_time()
    for line in data.splitlines():
        with suppress(ValueError):
            json.loads(line.removeprefix(b"data: "))
    return time.process_time() - start


def main() -> int:
    print(f"{'body':<18}{'KB':>9}{'ms':>9}{'KB':>9}{'ms':>9}  times")
    failed, worst, slowest = [], 0.0, (0.0, 0.0)
    for make, size in CASES:
        small, large = make(size), make(size * TIMES)
        one, many = seconds(small), seconds(large)
        grown = many / max(one, 0.001) / (len(large) / len(small))
        sizes = f"{len(small) // 1024:>9,}{one * 1000:>9.1f}{len(large) // 1024:>9,}{many * 1000:>9.1f}"
        print(f"{make.__name__:<18}{sizes}{grown:>7.2f}", flush=True)
        failed += [make.__name__] if grown > WORST else []
        worst, slowest = max(worst, grown), max(slowest, (many / len(large), least(large) / len(large)))
    tell("payload.grown", worst, 1)
    tell("payload.ms", slowest[0] * MS_A_MEGABYTE, slowest[1] * MS_A_MEGABYTE)
    if failed:
        print(f"Slower than in proportion: {', '.join(failed)}.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
