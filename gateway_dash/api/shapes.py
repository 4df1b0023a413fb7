"""The shapes of the API's answers: declared once, and described from here in openapi.json."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from gateway_dash.gateway.models import Gateway, Number

Moment = Annotated[datetime, Meta(tz=True)]


class Problem(Struct, frozen=True):
    """What went wrong, in words for people."""

    title: str
    message: Annotated[str, Meta(description="What happened.")]
    hint: Annotated[str, Meta(description="What the upstream said, or what to do. May be empty.")]
    status: Annotated[int, Meta(description="The status of the answer, again.")]


class Refused(Struct, frozen=True):
    """Every answer that is not a 200."""

    error: Problem


class Row(Struct, frozen=True, kw_only=True):
    """One call through the gateway. `null` means unknown, never zero. Credentials in texts are masked."""

    id: str
    created_at: Annotated[Moment, Meta(description="The end of the request.")]
    provider: str
    model: str
    path: str
    status_code: int | None
    success: bool | None
    cached: bool | None
    duration_ms: Number
    tokens_in: Number
    tokens_out: Number
    cost: Annotated[Number, Meta(description="US dollars.")]
    feedback: Annotated[Number, Meta(description="1 up, -1 down.")]
    score: Annotated[Number, Meta(description="0 to 100.")]
    metadata: Annotated[dict[str, Any] | None, Meta(description="The team's own labels, as they were sent.")]
    step: int | None
    event_id: str | None
    user_agent: str | None
    model_type: str | None
    request_type: str | None
    request_content_type: str | None
    response_content_type: str | None
    request_size: Annotated[int | None, Meta(description="Bytes.")]
    response_size: Annotated[int | None, Meta(description="Bytes.")]
    problem: Annotated[str, Meta(description="Why fields of this row could not be read. Mostly empty.")]


class LogRow(Row, frozen=True, kw_only=True):
    """One call, with every field that the upstream sent."""

    as_sent: Annotated[
        dict[str, Any],
        Meta(
            description="Every field under the upstream's own name, secrets masked. The beginnings of the bodies "
            "(`request_head`, `response_head`) are among them for who may read bodies."
        ),
    ]


class LogList(Struct, frozen=True, kw_only=True):
    """One page of the logs that a query means."""

    query: Annotated[str, Meta(description="What was asked for, as a sentence.")]
    rows: list[Row]
    total: int
    total_is_exact: Annotated[bool, Meta(description="False: `total` is an upper bound.")]
    misfits: Annotated[
        int, Meta(description="Rows that the filter excludes and that came back all the same; they are left out. "
                  "Over 0: the upstream did not apply the filter, and `total` means nothing.")
    ]  # fmt: skip
    page: int
    per_page: int
    next: Annotated[str | None, Meta(description="The address of the next page, as of the same moment.")]
    previous: Annotated[str | None, Meta(description="The address of the page before.")]


class Count(Struct, frozen=True, kw_only=True):
    """How many logs a query means."""

    query: Annotated[str, Meta(description="What was counted, as a sentence.")]
    total: int
    total_is_exact: Annotated[bool, Meta(description="False: `total` is an upper bound.")]


class Body(Struct, frozen=True, kw_only=True):
    """A request or response, its secrets masked for everybody. Either `text` or `base64` is there."""

    complete: Annotated[bool, Meta(description="False: this is the first megabyte, and more is stored.")]
    masked: Literal[True] = True
    text: str | UnsetType = UNSET
    base64: Annotated[str | UnsetType, Meta(description="For bytes that are no text in UTF-8.")] = UNSET


class Gateways(Struct, frozen=True, kw_only=True):
    """The gateways that there are for this token."""

    gateways: list[Gateway]


class View(Struct, frozen=True, kw_only=True):
    """A list of logs that a person keeps under a name."""

    name: str
    query: Annotated[str, Meta(description="As in the address of the page.")]
    sentence: str
    logs: Annotated[str | None, Meta(description="The address of its logs here; `null` where it cannot be read.")]
    is_default: bool
    problem: Annotated[str, Meta(description="Why it cannot be read any more. Mostly empty.")]


class Views(Struct, frozen=True, kw_only=True):
    """A person's saved views of one gateway."""

    views: list[View]


class Place(Struct, frozen=True, kw_only=True):
    """What this token may in one gateway."""

    gateway: Annotated[str, Meta(description="Its id; `*` for all of them.")]
    may: list[str]


class Token(Struct, frozen=True, kw_only=True):
    """The token of this request, as far as it is shown."""

    name: str
    prefix: str
    scopes: list[str]
    gateways: Annotated[list[str], Meta(description="None: all that the person sees.")]
    expires_at: Moment


class Me(Struct, frozen=True, kw_only=True):
    """Whose token this is, and what it may."""

    name: str
    rights: Annotated[list[Place], Meta(description="What the person may, as far as the token lets it through.")]
    token: Token


ALL: tuple[type[msgspec.Struct], ...] = (Refused, LogList, LogRow, Count, Body, Gateways, Gateway, Views, Me)
