"""Reading an answer: bytes under a cap and a deadline, the envelope opened, a refusal turned into an error."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
import msgspec

from gateway_dash.gateway import tolerant
from gateway_dash.gateway.errors import (
    Broken,
    Forbidden,
    GatewayError,
    NotFound,
    Refused,
    Slow,
    TooLarge,
    Unauthorized,
    said,
)

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read as far as it was allowed to be."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    over_cap: bool = False  # there was more than the cap
    cut: bool = False  # the connection ended before the body did

    @property
    def request_id(self) -> str:
        """What the vendor's support asks for."""
        return said(self.headers.get("cf-ray", ""))


class Envelope(msgspec.Struct, frozen=True):
    """What the API wraps around a result. `errors` and `messages` come as list, null or not at all."""

    success: bool | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    result_info: Any = None
    errors: Any = None


def _unpacked(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Undo the content encoding in bounded pieces: a 1 MB gzip of 1 GiB costs one piece at a time."""
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Broken(f"The upstream answered in an encoding that was not asked for: {said(encoding)}.")
    unpacker = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, by its header
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacker.eof:  # a gzip may have several members; to stop at the first would be to cut silently
                unpacker = zlib.decompressobj(wbits=47)
            yield unpacker.decompress(rest, CHUNK_BYTES)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        raise httpx.RemoteProtocolError("the compressed answer ends too early")


def _as_it_comes(response: httpx.Response) -> Iterator[bytes]:
    """The bytes in the pieces in which they arrive: pieces of a fixed size would hide a drip from the deadline."""
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise TypeError("the client is synchronous")
    return iter(response.stream)


def read_answer(response: httpx.Response, *, cap_bytes: int, left_s: Callable[[], float]) -> Answer:
    """Read at most `cap_bytes`, until `left_s()` is used up. A cut body is returned with `cut`."""
    body = BytesIO()  # which gives away its bytes without a second copy of them
    over_cap = cut = False
    try:
        for piece in _unpacked(_as_it_comes(response), response.headers.get("content-encoding", "").lower()):
            body.write(piece)
            if body.tell() > cap_bytes:
                over_cap = True
                break
            if left_s() <= 0:
                raise Slow("The answer came too slowly: the time for this page was over before its end.")
    except zlib.error as error:
        raise Broken("The upstream's compressed answer is corrupt.") from error
    except (httpx.RemoteProtocolError, httpx.ReadError):
        cut = True
    body.truncate(cap_bytes)
    return Answer(response.status_code, response.headers, body.getvalue(), over_cap, cut)


def open_envelope(answer: Answer) -> Envelope:
    """The envelope of a good answer, or the error that says what came instead."""
    if answer.over_cap:
        raise TooLarge("The upstream's answer is over 3 MB, more than is read.", request_id=answer.request_id)
    if answer.cut:
        raise Broken(f"The upstream's answer was cut after {len(answer.body):,} bytes.", request_id=answer.request_id)
    try:
        envelope = _decoded(answer.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Broken(
            f"The upstream answered {answer.status}, but not as the API does.", request_id=answer.request_id
        ) from error
    if envelope.success is False:
        raise Refused("The upstream answered that the call failed.", hint=_said(envelope), request_id=answer.request_id)
    return envelope


def _decoded(body: bytes) -> Envelope:
    """The envelope with its result still in bytes; the slow way round only where a row holds broken text."""
    try:
        return msgspec.json.decode(body, type=Envelope)
    except msgspec.ValidationError:
        raise
    except (msgspec.MsgspecError, ValueError):
        found = tolerant.loads(body)
        if not isinstance(found, dict):
            raise
        result = msgspec.Raw(msgspec.json.encode(found.pop("result", None)))
        return Envelope(found.get("success"), result, found.get("result_info"), found.get("errors"))


def _said(envelope: Envelope) -> str:
    """The upstream's own words: `7001 Number must be … (query.per_page)`."""
    errors = envelope.errors if isinstance(envelope.errors, list) else []
    return said("; ".join(_one(error) for error in errors[:3] if isinstance(error, dict)))


def _one(error: dict[str, Any]) -> str:
    path = error.get("path")
    place = f" ({'.'.join(str(step) for step in path)})" if isinstance(path, list) and path else ""
    return f"{error.get('code', '')} {error.get('message', '')}{place}".strip()


def refusal(answer: Answer, *, right: str) -> GatewayError:
    """The error for a status from 300 on. The status decides, since `success` is not reliable on refusals."""
    try:
        envelope = _decoded(answer.body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        envelope = Envelope()
    hint, request_id = _said(envelope), answer.request_id
    codes = (
        [error.get("code") for error in envelope.errors or [] if isinstance(error, dict)]
        if isinstance(envelope.errors, list)
        else []
    )
    if answer.status == 401 or (answer.status == 400 and 6003 in codes):
        return Unauthorized(
            "The upstream does not accept the API token of this dashboard. Its operator has to set a valid one.",
            hint=hint,
            request_id=request_id,
        )
    if answer.status == 403:
        return Forbidden(
            f"The API token of this dashboard needs the right “{right}” for this.",
            right=right,
            hint=hint,
            request_id=request_id,
        )
    if answer.status == 404:
        return NotFound("The upstream has nothing under this address.", hint=hint, request_id=request_id)
    if 300 <= answer.status < 400:
        redirect = Broken(
            f"The upstream answered with a redirect ({answer.status}). It was not followed, so that the token goes "
            "nowhere else. Check CLOUDFLARE_BASE_URL.",
            request_id=request_id,
        )
        redirect.passes = False
        return redirect
    if answer.status < 500 and envelope.errors is not None:
        return Refused(f"The upstream refused the call ({answer.status}).", hint=hint, request_id=request_id)
    return Broken(f"The upstream answered {answer.status}.", hint=hint, request_id=request_id)
