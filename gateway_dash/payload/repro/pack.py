"""The pack of one call: each format of it, the files that belong to it, and the list of what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gateway_dash.payload.conversation import Finding
from gateway_dash.payload.exchange import Reading
from gateway_dash.payload.outgoing import Masking

from .bodies import Outgoing, missing, multipart_type, outgoing
from .commands import curl, javascript, python
from .issue import issue
from .recorded import FILE, pytest_file
from .target import Recorded, Target, plain_type, target_of

type Format = Literal["curl", "python", "javascript", "pytest", "issue"]
FORMATS: tuple[Format, ...] = get_args(Format.__value__)
NAMES: dict[Format, str] = {
    "curl": "repro.sh",
    "python": "repro.py",
    "javascript": "repro.mjs",
    "pytest": FILE,
    "issue": "issue.md",
}
_ALWAYS = (
    "The log holds no headers: those here are made of what the row says; keys are names of environment variables.",
    "The method is not in the log: POST is what these calls use.",
    "cf-aig-authorization is needed only where the gateway asks for it.",
)


@dataclass(frozen=True, slots=True)
class Pack:
    """One call, ready to be made again."""

    call: Recorded
    target: Target
    request: Outgoing
    answer: Outgoing
    is_streamed: bool
    left_out: tuple[str, ...]
    answered: Reading | None
    findings: tuple[Finding, ...] = ()

    def problem(self, kind: Format) -> str:
        """Why there is no text of that format; nothing if there is one."""
        if kind == "pytest" and self.answer.is_missing:
            return f"There is no recorded answer to replay. {' '.join(self.answer.notes)}"
        return ""

    def text(self, kind: Format) -> str:
        """The pack in that format, if it has no problem."""
        if kind == "issue":
            return issue(self.call, self.request, self.answer, self.findings, self.left_out)
        if kind == "pytest":
            return pytest_file(
                self.target,
                self.request,
                self.answer,
                status=self.call.status,
                answer_type=self.call.answer_type,
                said=self.answered.said if self.answered else None,
                assembled=self.answered.assembled if self.answered else None,
            )
        write = {"curl": curl, "python": python, "javascript": javascript}[kind]
        return write(self.target, self.request, is_streamed=self.is_streamed)

    def files(self, kind: Format) -> tuple[Outgoing, ...]:
        """The files that the text of that format reads."""
        if kind == "issue":
            return ()
        if kind == "pytest":
            return tuple(each for each in (self.request, self.answer) if each.is_beside)
        return (self.request,) if (self.request.is_beside if kind == "python" else self.request.is_file) else ()


def pack(
    call: Recorded,
    request: Reading | None,
    answer: Reading | None,
    *,
    findings: Sequence[Finding] = (),
    why: Sequence[str] = ("The request is not stored.", "The answer is not stored."),
    notes: Sequence[str] = (),
) -> Pack:
    """From the row and both bodies. A body that is not there is None, and `why` says why, in the same order."""
    masking = Masking()
    sent = outgoing("request", request.document, masking) if request else missing("request", why[0])
    got = missing("response", why[1])
    if answer:
        got = outgoing("response", answer.document, masking)
    content_type = _content_type(call, request)
    target = target_of(call, request.document.value if request else None, content_type, masking)
    streamed = _is_streamed(call, request, answer)
    told = [*_ALWAYS, *target.notes, *sent.notes, *got.notes, *notes]
    if streamed:
        told.append("The answer came as a stream.")
    if call.is_cached:
        told.append("The answer came from the cache; cf-aig-skip-cache: true asks the provider again.")
    if call.step:
        told.append(f"This was step {call.step} of a call with fallbacks; the steps before it are logs of their own.")
    return Pack(call, target, sent, got, streamed, tuple(dict.fromkeys(told)), answer, tuple(findings))


def _content_type(call: Recorded, request: Reading | None) -> str:
    if request and request.document.kind == "form":
        return multipart_type(request.document)
    return plain_type(call.content_type, "application/json")


def _is_streamed(call: Recorded, request: Reading | None, answer: Reading | None) -> bool:
    asked: Any = request.document.value if request else None
    if isinstance(asked, dict) and isinstance(asked.get("stream"), bool):
        return bool(asked["stream"])
    return "stream" in call.path.lower() or (answer is not None and answer.document.kind == "events")
