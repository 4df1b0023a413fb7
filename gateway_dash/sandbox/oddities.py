"""The odd logs among the invented ones: everything a dashboard must survive, at known distances from the newest."""

from dataclasses import dataclass, field
from typing import Any

FIRST_EVERY, FIRST_AT = 11, 5  # the first round of oddities lies among the newest logs
LATER_EVERY, LATER_AT = 1499, 700  # after that they are rare
TURNED = "\u202e"  # shows what follows from right to left


@dataclass(frozen=True)
class Oddity:
    """One odd log; its name tells the writer of its bodies what to do."""

    name: str
    shape: str = "openai"
    gateway: str = "prod-edge"
    status_code: int = 200
    fields: dict[str, Any] = field(default_factory=dict)


UNROUTED = {
    "provider": "unknown", "model": "openai/definitely-not-a-real-model", "duration": 0, "tokens_in": 0,
    "tokens_out": 0, "cost": None,
}  # fmt: skip
LATE = Oddity("late", "openai_stream")
ODDITIES = (
    Oddity("html"),
    Oddity("cut", "openai_stream"),
    Oddity("several_mb", "image"),
    Oddity("secrets", "anthropic"),
    Oddity("no_bodies", fields={"metadata": '{"team":"payroll","test":true}'}),
    Oddity("refused", "openai", "support-bot", 424),
    Oddity("ansi", "anthropic"),
    Oddity("plain", "openai", fields={"model": "<script>alert('model')</script>"}),
    Oddity("no_response"),
    Oddity("rtl", "openai_stream"),
    Oddity("plain", fields={"user_agent": "=cmd|' /C calc'!A0"}),
    Oddity("nul"),
    Oddity("unrouted", status_code=500, fields=UNROUTED),
    Oddity("surrogates"),
    Oddity("plain", "anthropic", fields={"metadata": '{"note":"<img src=x onerror=alert(1)>","tenant":"acme"}'}),
    Oddity("deep"),
    Oddity("near_10_mb", "image"),
    Oddity("duplicate_keys"),
    Oddity("plain", "responses", fields={"metadata": '{"tenant":"=HYPERLINK(\\"http://evil.example\\",\\"x\\")"}'}),
    Oddity("huge_numbers"),
    Oddity("not_utf8"),
    Oddity("plain", "google", fields={"user_agent": f"Mozilla/5.0 {TURNED}gnp.exe"}),
    Oddity("cjk", "anthropic_stream"),
    Oddity("long_line"),
    Oddity("plain", "openai_tools", fields={"tokens_in": None, "tokens_out": None, "cost": None}),
    Oddity("empty_response", status_code=502),
    Oddity("plain", fields={"model": f"gpt-4o-mini{TURNED}lave"}),
    Oddity("cut", "anthropic_stream"),
    Oddity("plain", "speech", fields={"tokens_in": 0, "tokens_out": 0}),
    Oddity("plain", fields={"metadata": '{"note":"' + "long " * 120 + '"}'}),
    Oddity("plain", "transcription"),
    Oddity("plain", "openai", fields={"cost": 2.2e-7, "feedback": 0.5, "score": 62.5}),
    Oddity("html_metadata", fields={"metadata": '{"<b>key</b>":"line\\nbreak","half":"\\ud800"}'}),
    Oddity("spend_limit", "anthropic", "support-bot", 429, {"cost": 0}),
    Oddity("plain", "prediction", fields={"user_agent": None}),
)

EXAMPLES_AT, EXAMPLES_FROM = 9, 24  # they stand between the oddities, behind the first pages
EXAMPLES = (  # what a reader of calls has to be good at; each has bodies of its own
    Oddity("agent", "agent"),
    Oddity("anthropic_agent", "anthropic_agent"),
    Oddity("responses_agent", "responses_agent"),
    Oddity("google_agent", "google_agent"),
    Oddity("converse", "converse"),
    Oddity("cohere_cited", "cohere_cited"),
    Oddity("misfit", "misfit"),
    Oddity("cut_call", "cut_call_stream"),
    Oddity("broken_stream", "broken_stream"),
    Oddity("painted", "painted"),
    Oddity("miscounted", fields={"tokens_in": 300, "tokens_out": 90}),
    Oddity("again", fields={"tokens_in": 240, "tokens_out": 60}),
    Oddity("again", fields={"tokens_in": 240, "tokens_out": 75}),
)


def at(from_newest: int) -> Oddity | None:
    """The oddity at a distance from the newest log, if there is one."""
    if from_newest == 1:
        return LATE
    place, remainder = divmod(from_newest, FIRST_EVERY)
    if remainder == FIRST_AT and place < len(ODDITIES):
        return ODDITIES[place]
    if remainder == EXAMPLES_AT and 0 <= place - EXAMPLES_FROM < len(EXAMPLES):
        return EXAMPLES[place - EXAMPLES_FROM]
    place, remainder = divmod(from_newest, LATER_EVERY)
    if remainder == LATER_AT:
        odd = ODDITIES[place % len(ODDITIES)]
        return None if odd.name == "near_10_mb" else odd
    return None
