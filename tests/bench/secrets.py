"""How long it takes to find secrets in 1 MB: of ordinary texts, and of texts made to take long.

Machines differ, so each time is also told as a multiple of a floor: one pass of the simplest pattern over the same
megabyte. Above the bounds the measurement fails. At the end the table of docs/security.md.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gateway_dash.payload.masking import spans
from gateway_dash.payload.secrets import find
from tests.bench.results import tell
from tests.corpus.secrets.measure import measure, table
from tests.corpus.secrets.positives import BASE62, some

MEGABYTE = 1_000_000
ORDINARY_TIMES, HOSTILE_TIMES = 8, 30  # of the floor
WORDS = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split()
FLOOR = re.compile(r"\w+")


def prose(dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(200_000))


def ordinary() -> dict[str, str]:
    dice = random.Random(1)
    text = prose(dice)
    chat = json.dumps(
        [{"role": "user", "content": text[at : at + 700].replace(". ", ".\n")} for at in range(0, MEGABYTE, 700)]
    )
    return {
        "prose": text,
        "chat as JSON": chat,
        "vectors": json.dumps([dice.uniform(-1, 1) for _ in range(60_000)]),
        "base64": some(dice, MEGABYTE, BASE62 + "+/"),
        "ids": " ".join(f"chatcmpl-{some(dice, 29)}" for _ in range(27_000)),
    }


def hostile() -> dict[str, str]:
    """Each a beginning of a secret that never comes, again and again."""
    beginnings = (
        "sk-",
        "eyJ-",
        "eyJa.",
        "password: ",
        "api_key: ",
        "key=",
        "authorization:",
        "bearer ",
        "://a:",
        "a@b.",
        "@",
        "+1 ",
        "00 ",
        "4111 ",
        "9",
        "DE89 ",
        "phone 1",
        "-----BEGIN PRIVATE KEY-----\nA",
        "AA:AA",
        "a-",
        "a.",
        "=",
        '"',
        "_",
        "SG.a.",
        "0123456789:AA",
        "İ",
    )
    return {repr(each): each * (MEGABYTE // len(each)) for each in beginnings}


def milliseconds(do: Callable[[str], object], text: str) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        do(text)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def main() -> int:
    texts = ordinary()
    floor = milliseconds(FLOOR.findall, texts["prose"][:MEGABYTE])
    print(f"floor {floor:.0f} ms\n\ntext                              ms   x floor   with layers, ms")
    slow = []
    for kind, most, group in (("ordinary", ORDINARY_TIMES, texts), ("hostile", HOSTILE_TIMES, hostile())):
        worst = 0.0
        for name, text in group.items():
            took, layered = milliseconds(find, text[:MEGABYTE]), milliseconds(spans, text[:MEGABYTE])
            print(f"{name:30} {took:6.0f} {took / floor:9.1f} {layered:12.0f}", flush=True)
            slow += [name] if took > most * floor else []
            worst = max(worst, took)
        tell(f"secrets.{kind}", worst, floor)
    escapes = milliseconds(spans, "\\" * MEGABYTE)
    print(f"{'backslashes alone':30} {'':16} {escapes:12.0f}\n\n{table(measure())}")
    if slow:
        print(f"\nSlower than the bounds: {', '.join(slow)}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
