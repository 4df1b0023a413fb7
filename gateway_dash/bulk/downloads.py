"""Files of jobs, given out: never shown by a browser, in pieces, and only to whom they belong."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from gateway_dash.bulk import files, jobs
from gateway_dash.bulk.exporting.spec import Spec
from gateway_dash.bulk.exporting.writing import KIND
from gateway_dash.bulk.models import Job, Part
from gateway_dash.gateway.errors import NotAllowed, NotFound
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may

REMOVED = "This file is removed: the files of an export are kept for seven days. Export the logs again."
LOST = "The store does not have this file any more. Somebody removed it there; its hash still stands with the job."
NO_RIGHT = "This export was made with secrets, and your account has no right to see them any more."


@require_safe
@csp_override({"sandbox": [""], "default-src": ["'none'"]})
def job_file(request: HttpRequest, gateway: str, key: str, name: str) -> HttpResponseBase:
    """One finished file of an export, for whoever asked for it or an administrator; for others it is not there."""
    job = jobs.job_of(gateway, key, "export")
    person = request.user
    if job.state != Job.State.DONE or not (person.pk == job.actor_id or may(person, Action.ADMINISTER, gateway)):
        raise Http404
    part = Part.objects.filter(job=job, kind=KIND, name=f"{key}/{name}").first()
    if part is None:
        raise Http404
    if part.removed_at:
        raise NotFound(REMOVED)
    spec = Spec.of(job)
    if spec.secrets and not may(person, Action.REVEAL, gateway):
        raise NotAllowed(NO_RIGHT)
    audit.note(request, Event.EXPORT_FILE, gateway, job=key, file=name)
    return as_download(part, f"{gateway}-{key}-{name}")


def as_download(part: Part, name: str) -> StreamingHttpResponse:
    """The file in pieces of 64 KB, to be saved as `name`: letters, digits, "-" and "." alone. Raises NotFound."""
    check_there(part)  # else the answer would break off after its headers
    response = StreamingHttpResponse(_pieces(part.name), content_type="application/octet-stream")
    response["Content-Length"] = str(part.size)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Encoding"] = "identity"  # as it is: its length and its hash are those that the page names
    return response


def check_there(part: Part) -> None:
    """Raises NotFound for a file that the store lost."""
    if not files.archives().exists(part.name):
        raise NotFound(LOST)


def _pieces(name: str) -> Iterator[bytes]:
    with files.archives().open(name) as file:
        while block := file.read(files.BLOCK_BYTES):
            yield block
