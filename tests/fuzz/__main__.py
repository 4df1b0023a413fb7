"""Bodies that a machine invents, led by which lines of ours they reach: `./run fuzz 600` does it for ten minutes.

It begins with the samples of tests/samples, and keeps what reached new lines in .cache/fuzz/. A body that is read with
an exception, or slower than ten seconds, is written to .cache/fuzz/found-…: put it into a test, then mend it. The first
byte of such a file says the path, the provider, and whether the whole body was there; the rest is the body.
"""

import json
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gateway_dash"]):
    from gateway_dash.payload.document import read_document
    from gateway_dash.payload.exchange import read_side
    from gateway_dash.payload.shapes import Hints
    from tests.unit.mutations import HINTS, SAMPLES, places
    from tests.unit.soundness import is_sound

FOLDER = Path(__file__).parent.parent.parent / ".cache" / "fuzz"
PROVIDERS = ("", "anthropic", "openai", "azure-openai")


def read(data: bytes) -> None:
    """One body on both sides, as a page would."""
    choice, body = (data[0], data[1:]) if data else (0, b"")
    hints = Hints(PROVIDERS[choice // 16 % 4], "", HINTS[choice % 8 % len(HINTS)])
    document = read_document(body, whole=choice < 128)
    is_sound(read_side(document, "response", hints))
    is_sound(read_side(document, "request", hints))


def prepare() -> list[str]:
    """The samples as seeds, and their words as a dictionary; the arguments for the fuzzer."""
    seeds, words = FOLDER / "seeds", set[str]()
    (FOLDER / "corpus").mkdir(parents=True, exist_ok=True)
    seeds.mkdir(exist_ok=True)
    for number, path in enumerate(sorted(SAMPLES.rglob("re*.*"))):
        (seeds / str(number)).write_bytes(bytes([number % 256]) + path.read_bytes())
        if path.suffix == ".json":
            words |= {str(step) for place in places(json.loads(path.read_bytes())) for step in place}
    quoted = [f'"\\"{word}\\""' for word in sorted(words) if word.isidentifier()]
    (FOLDER / "words").write_text("\n".join([*quoted, '"data: "', '"\\x0a\\x0a"']) + "\n", "utf-8")
    return [str(FOLDER / "corpus"), str(seeds), f"-dict={FOLDER / 'words'}", f"-artifact_prefix={FOLDER}/found-"]


def main() -> None:
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    limits = [f"-max_total_time={seconds}", "-max_len=16384", "-timeout=10", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *prepare(), *limits], read)
    atheris.Fuzz()


main()
