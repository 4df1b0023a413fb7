"""Where a recorded call went, and with which headers: the gateway's address for its provider, keys as placeholders."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from gateway_dash.payload.outgoing import Masking

GATEWAY_URL = "https://gateway.ai.cloudflare.com/v1"
_PLAIN = "/:@,;=+-._~()*"  # signs of a path that stay: none of them means anything to a shell between quotes
_SECRET_PARAMETERS = ("key", "api_key", "apikey", "api-key", "token", "access_token", "sig", "signature", "code")
_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}(?:; ?[\w-]{1,40}=[\w.+-]{1,120})?")
_METADATA_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the log's row says of a call. None is unknown, as everywhere."""

    account: str
    gateway: str
    log_id: str
    permalink: str
    ended_at: datetime
    provider: str = ""
    model: str = ""
    path: str = ""
    request_type: str = ""
    content_type: str = ""
    answer_type: str = ""
    status: int | None = None
    is_cached: bool = False
    step: int | None = None
    metadata: dict[str, Any] | None = None
    facts: tuple[tuple[str, str], ...] = ()  # ("Duration", "1.2 s"): for the issue, as the page says them


@dataclass(frozen=True, slots=True)
class Header:
    """A header. `{}` in its value is where the key goes, which is the environment variable `key`."""

    name: str
    value: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The address and the headers of a call, and what a reader should know of them."""

    url: str
    headers: tuple[Header, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Notes:
    all: list[str] = field(default_factory=list)

    def add(self, note: str) -> None:
        self.all.append(note)


# By the provider's name in the address: header, its value, the variable that holds the key.
_BEARER = "Bearer {}"
_KEYS: dict[str, tuple[str, str, str]] = {
    "anthropic": ("x-api-key", "{}", "ANTHROPIC_API_KEY"),
    "aws-bedrock": ("Authorization", _BEARER, "AWS_BEARER_TOKEN_BEDROCK"),
    "azure-openai": ("api-key", "{}", "AZURE_OPENAI_API_KEY"),
    "baseten": ("Authorization", "Api-Key {}", "BASETEN_API_KEY"),
    "cartesia": ("X-API-Key", "{}", "CARTESIA_API_KEY"),
    "cerebras": ("Authorization", _BEARER, "CEREBRAS_API_KEY"),
    "cohere": ("Authorization", _BEARER, "CO_API_KEY"),
    "deepgram": ("Authorization", "Token {}", "DEEPGRAM_API_KEY"),
    "deepseek": ("Authorization", _BEARER, "DEEPSEEK_API_KEY"),
    "elevenlabs": ("xi-api-key", "{}", "ELEVENLABS_API_KEY"),
    "fal": ("Authorization", "Key {}", "FAL_KEY"),
    "google-ai-studio": ("x-goog-api-key", "{}", "GEMINI_API_KEY"),
    "google-vertex-ai": ("Authorization", _BEARER, "GOOGLE_ACCESS_TOKEN"),
    "grok": ("Authorization", _BEARER, "XAI_API_KEY"),
    "groq": ("Authorization", _BEARER, "GROQ_API_KEY"),
    "huggingface": ("Authorization", _BEARER, "HF_TOKEN"),
    "ideogram": ("Api-Key", "{}", "IDEOGRAM_API_KEY"),
    "mistral": ("Authorization", _BEARER, "MISTRAL_API_KEY"),
    "openai": ("Authorization", _BEARER, "OPENAI_API_KEY"),
    "openrouter": ("Authorization", _BEARER, "OPENROUTER_API_KEY"),
    "parallel": ("x-api-key", "{}", "PARALLEL_API_KEY"),
    "perplexity-ai": ("Authorization", _BEARER, "PERPLEXITY_API_KEY"),
    "replicate": ("Authorization", _BEARER, "REPLICATE_API_TOKEN"),
    "workers-ai": ("Authorization", _BEARER, "CLOUDFLARE_API_TOKEN"),
}
_MORE_HEADERS = {
    "anthropic": Header("anthropic-version", "2023-06-01"),
    "cartesia": Header("Cartesia-Version", "2024-06-10"),
}
_ABOUT = {
    "aws-bedrock": "Bedrock takes a Bedrock API key as here; a signature would have to be made for the host of AWS.",
    "google-vertex-ai": "Vertex AI takes a short-lived token: GOOGLE_ACCESS_TOKEN=$(gcloud auth print-access-token).",
}


def target_of(call: Recorded, body: Any, content_type: str, masking: Masking) -> Target:
    """Where the call went, told from the row and, where the row leaves it open, from the body that was read."""
    notes = _Notes()
    url = "/".join((GATEWAY_URL, *map(_quoted, (call.account, call.gateway)), *_place(call, body, notes, masking)))
    provider = call.provider
    name, value, key = _KEYS.get(provider, ("Authorization", _BEARER, "PROVIDER_API_KEY"))
    if provider not in _KEYS:
        notes.add("How this provider takes its key is not known here: a bearer token is a guess.")
    if provider == "google-ai-studio" and "/openai/" in f"/{call.path}":
        name, value = "Authorization", _BEARER
    headers = [Header(name, value, key), Header("cf-aig-authorization", _BEARER, "CF_AIG_TOKEN")]
    if provider in _MORE_HEADERS:
        headers.append(_MORE_HEADERS[provider])
        notes.add(f"The header {_MORE_HEADERS[provider].name} is a guess: the log does not hold the one that was sent.")
    headers.append(Header("Content-Type", content_type))
    headers += _metadata(call, notes, masking)
    if provider in _ABOUT:
        notes.add(_ABOUT[provider])
    return Target(url, tuple(headers), tuple(notes.all))


def plain_type(text: str, otherwise: str) -> str:
    """A content type if the text is one and nothing besides."""
    return text if _TYPE.fullmatch(text) else otherwise


def _place(call: Recorded, body: Any, notes: _Notes, masking: Masking) -> list[str]:
    """What follows the gateway in the address."""
    if isinstance(body, list) and body and all(isinstance(each, dict) and "endpoint" in each for each in body):
        notes.add("The body is one of the universal endpoint, which takes a list of steps.")
        return []
    if "universal" in call.request_type.lower():
        notes.add("The call came through the universal endpoint; this asks the one step that the log is about.")
    elif "binding" in call.request_type.lower():
        notes.add("The call came from a Worker’s binding; this is the same call over HTTP.")
    path = _path(call, notes, masking)
    model = str(body.get("model", "")) if isinstance(body, dict) else ""
    if call.provider and model.startswith(f"{call.provider}/") and call.path.endswith("chat/completions"):
        notes.add(f"The model is named {call.provider}/…, so the call most likely used the unified endpoint (compat).")
        return ["compat", "chat", "completions"]
    if call.provider in ("", "unknown", ".", ".."):
        notes.add("The log names no provider: the address has to be completed.")
        return ["PROVIDER", path]
    return [quote(call.provider.encode("utf-8", "replace"), safe=""), path]


def _path(call: Recorded, notes: _Notes, masking: Masking) -> str:
    path, _, query = call.path.partition("?")
    if call.provider == "workers-ai":
        path = (path or call.model).removeprefix("/").removeprefix("run/")
    steps = [step for step in path.split("/") if step]
    kept = [step for step in steps if unquote(step) not in (".", "..")]
    if len(kept) < len(steps):
        notes.add("Steps of the path that lead upwards (..) were left out.")
    if not kept:
        notes.add("The log holds no path: the address has to be completed.")
    text = masking.text("/".join(kept))
    pairs = [pair for pair in query.split("&") if pair]
    sent = [pair for pair in pairs if unquote(pair.partition("=")[0]).lower() not in _SECRET_PARAMETERS]
    if len(sent) < len(pairs):
        notes.add("A key in the address was left out: it stands in a header here.")
    return _quoted(text) + (f"?{_quoted(masking.text('&'.join(sent)), '&')}" if sent else "")


def _quoted(text: str, more: str = "") -> str:
    """For an address: what is quoted already stays, everything that a shell could read is quoted."""
    return quote(text.encode("utf-8", "replace"), safe=f"{_PLAIN}{more}%" if "%" in text else f"{_PLAIN}{more}")


def _metadata(call: Recorded, notes: _Notes, masking: Masking) -> list[Header]:
    if not call.metadata:
        return []
    text = masking.text(json.dumps(call.metadata, ensure_ascii=True, separators=(",", ":")))
    text = text.encode("ascii", "backslashreplace").decode("ascii")
    if len(text) > _METADATA_BYTES:
        notes.add("The metadata is too long for a header and was left out.")
        return []
    notes.add("The header cf-aig-metadata was made of the row’s metadata, which may have been changed since.")
    return [Header("cf-aig-metadata", text)]
