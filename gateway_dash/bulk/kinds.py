"""The kinds of long work. To add one: a module with its steps and what its page shows, and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict

from gateway_dash.bulk import gates
from gateway_dash.bulk.annotating import shown as annotating_shown
from gateway_dash.bulk.annotating import steps as annotating
from gateway_dash.bulk.deletion import shown as deletion_shown
from gateway_dash.bulk.deletion import steps as deletion
from gateway_dash.bulk.exporting import shown as exporting_shown
from gateway_dash.bulk.exporting import steps as exporting
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.work import Run
from gateway_dash.team import rights
from gateway_dash.team.actions import Action


@dataclass(frozen=True, slots=True)
class Kind:
    """How a job of this kind is worked off, and what people call it."""

    name: str
    label: str
    icon: str
    step: Callable[[Run], float | None]  # one bounded step; returns for how many seconds to wait before the next
    sentence: Callable[[Job], str]  # the page's heading, and its line in the list: what the job is, or what came of it
    context: Callable[[Job], dict[str, Any]]  # what `bulk/kinds/<name>.html` shows below the bar
    halted: Callable[[Run, str], None] = lambda _run, _words: None  # what to close when it halts
    phases: tuple[tuple[str, str], ...] = ()  # name and label, in their order
    may_go_on: Callable[[Any, str], None] = lambda _person, _gateway: None  # raises what stands in a person's way
    reads_again: str = ""  # a halted one ends by its phase “finish”, which is this; empty: it is just put aside
    asked: Callable[[Job, QueryDict], dict[str, Any]] = lambda _job, _parameters: {}  # more, by the page's parameters


def _check(action: Action, person: Any, gateway: str) -> None:
    rights.check(person, action, gateway)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "delete",
            "Deletion",
            "trash-2",
            deletion.step,
            deletion_shown.sentence,
            deletion_shown.context,
            deletion.halted,
            deletion.PHASES,
            gates.check_person,
            "every id is read again and the receipt says what is gone; that deletes nothing",
        ),
        Kind(
            "export",
            "Export",
            "download",
            exporting.step,
            exporting_shown.sentence,
            exporting_shown.context,
            phases=exporting.PHASES,
            may_go_on=partial(_check, Action.EXPORT),
        ),
        Kind(
            "annotate",
            "Annotation",
            "thumbs-up",
            annotating.step,
            annotating_shown.sentence,
            annotating_shown.context,
            phases=annotating.PHASES,
            may_go_on=annotating.check_person,
            reads_again="what is under way is read again; only a job that is over can be undone",
            asked=annotating_shown.asked,
        ),
    )
}
