"""What a reviewer typed: the verdict and the score of the annotation form, and a note of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.http import QueryDict

from gateway_dash.bulk.review.models import NOTE_LENGTH, ReviewLog
from gateway_dash.logs.detail import AnnotationPanel
from gateway_dash.logs.forms import AnnotationForm
from gateway_dash.payload.masking import masked_text
from gateway_dash.web.text import storable

_VERDICTS = {"1": ReviewLog.Verdict.GOOD, "-1": ReviewLog.Verdict.BAD, "": ReviewLog.Verdict.UNSURE}
_FEEDBACK = {verdict.value: feedback for feedback, verdict in _VERDICTS.items()}


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """As it was sent; `annotation.errors` says what is wrong with any of it."""

    annotation: AnnotationForm
    chosen: str | None  # "1", "-1", "" for unsure; None: no verdict was chosen
    note: str

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From the POST; nothing that was typed is lost. The metadata of the log has no fields here, so it stays."""
        given = data.copy()
        given.pop("key", None)
        annotation = AnnotationForm.read(given)
        chosen = given.get("feedback")
        if chosen is None:
            annotation.errors["feedback"] = "Choose a verdict: good, bad, or unsure for none."
        note = storable(given.get("note", "")).replace("\r\n", "\n").strip()
        if len(note) > NOTE_LENGTH:
            annotation.errors["note"] = f"A note has at most {NOTE_LENGTH:,} characters; this one has {len(note):,}."
        return cls(annotation, chosen, note)

    @property
    def verdict(self) -> ReviewLog.Verdict:
        """What is kept of a form without errors."""
        return _VERDICTS[self.chosen or ""]

    @property
    def kept_note(self) -> str:
        """The note as it is kept: a secret that somebody quotes stays where it is."""
        return masked_text(self.note)[:NOTE_LENGTH]

    def unread_panel(self) -> AnnotationPanel:
        """What was typed, where the log itself cannot be read now."""
        form = self.annotation
        return AnnotationPanel(form.seen_text, form.feedback, form.score, (), editable=False, errors=form.errors)


def chosen_of(log: ReviewLog, panel: AnnotationPanel) -> str | None:
    """The verdict that a form shows at first: what the log carries; unsure only where somebody said so here."""
    if panel.feedback or log.state != ReviewLog.State.DONE:
        return panel.feedback or None
    return "" if log.verdict == ReviewLog.Verdict.UNSURE else None
