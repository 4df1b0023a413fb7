"""Annotate a log in place: re-read, merge, send what changed, re-read, and say what is now true."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.gateway.annotation import Annotation, changed_parts, merge, unkept
from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.service import LogService
from gateway_dash.logs.detail import AnnotationPanel, annotation_panel, detail_context, is_editable
from gateway_dash.logs.forms import AnnotationForm
from gateway_dash.logs.several import read_origin
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may
from gateway_dash.web.render import push_url, render_part


@require_POST
def log_annotate(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """Save verdict, score and metadata; answer with the freshly read state, never with what we hope it is."""
    screen, query = read_origin(request, gateway)
    form = AnnotationForm.read(request.POST)
    logs = upstream.logs(gateway)
    log = logs.log(log_id)
    noted = partial(note_annotation, request, gateway)
    log, panel = save_annotation(logs, log, form, noted) if not form.errors else (log, typed_panel(log, form))
    status = 422 if panel.errors else 409 if panel.conflicts else panel.problem.status if panel.problem else 200
    reads = may(request.user, Action.READ, gateway)
    context = detail_context(screen, log, query, reads=reads, annotation=panel)
    response = render_part(request, "logs/detail.html#annotation", context, status=status)
    response["HX-Retarget"] = response["HX-Reselect"] = "#annotation"  # also when the status is an error
    return push_url(response, None)


def note_annotation(request: HttpRequest, gateway: str, log: Log, after: Annotation) -> None:
    """Write into the audit trail what the log says, and what it is to say."""
    audit.note(request, Event.ANNOTATED, gateway, log=log.id, changed=changed_parts(Annotation.of(log), after))


def save_annotation(
    logs: LogService, log: Log, form: AnnotationForm, noted: Callable[[Log, Annotation], None]
) -> tuple[Log, AnnotationPanel]:
    """The log as it is afterwards, and the panel that says what was kept. `noted` is called before it is sent."""
    merged = merge(form.seen, form.wanted, Annotation.of(log))
    if merged.conflicts:
        # The form now knows what the others wrote: sent once more, it replaces that on purpose, and nothing else.
        return log, annotation_panel(log, merged.expected, conflicts=merged.conflicts, foreign=merged.foreign)
    if "metadata" in merged.change and not is_editable(log):
        errors = {"form": "The metadata now holds values that the API cannot take back. Nothing was saved."}
        return log, typed_panel(log, form, errors=errors)
    problem: GatewayError | None = None
    if merged.change:
        noted(log, merged.expected)
        try:
            logs.patch(log.id, merged.change)
        except GatewayError as error:
            if error.did_nothing:
                return log, annotation_panel(log, merged.expected, problem=error, foreign=merged.foreign)
            problem = error  # it may have arrived all the same: the re-read decides
        try:
            log = logs.log(log.id)
        except NotFound:
            raise
        except GatewayError as error:
            return log, annotation_panel(log, merged.expected, problem=problem or error, is_unknown=True)
    missing = unkept(merged.expected, Annotation.of(log))
    if problem and missing:
        return log, annotation_panel(log, merged.expected, problem=problem, foreign=merged.foreign)
    return log, annotation_panel(log, saved=not missing, foreign=merged.foreign, unkept=missing)


def typed_panel(log: Log, form: AnnotationForm, **more: Any) -> AnnotationPanel:
    """The panel with what the person typed, so that nothing is lost; it still knows what it showed at first."""
    typed = {"feedback": form.feedback, "score": form.score, "entries": tuple(form.entries), "errors": form.errors}
    return annotation_panel(log, seen=form.seen_text, **(typed | more))
