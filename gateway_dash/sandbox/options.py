"""The switches of the sandbox: where the live API's answer is unknown, or where trouble is wanted."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the sandbox answers. Change it at run time: `sandbox.options = replace(sandbox.options, ...)`."""

    strict_filters: bool = False  # refuse filters in a form the live API would ignore (filters.key=, filters[0][key]=)
    ignore_filters: bool = False  # ignore every filter, on list and delete: what a changed upstream could do
    metadata_as_string: bool = False  # rows carry their metadata as JSON text, as the published schema says
    patch_merges: bool = False  # PATCH adds its metadata to what is there instead of replacing it
    patch_answer: Literal["empty", "details", "none"] = "empty"  # result is {}, the log, or missing
    body_form: Literal["stored", "json", "json_string"] = "stored"  # own content type; labelled JSON; quoted as JSON
    head_bytes: int = 4096
    late_head_s: float = 0.0  # response_head is null until a log is this old
    latency_ms: float = 0.0
    budget: int | None = 1200  # requests per token in five minutes, then five minutes of 429; None: no end
    delete_lag_s: float = 0.0  # deleted logs stay for so long
    fault: Literal["", "500", "502"] = ""  # answer with an internal error, or with the HTML of an edge server
    fault_on: str = ""  # only where "METHOD /path" contains this text
