"""The form for many logs: each part is left, set or taken away. Values follow the rules of the form of one log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from django.http import QueryDict

from gateway_dash.bulk.annotating.spec import LEAVE
from gateway_dash.gateway.annotation import PAIR
from gateway_dash.logs.detail import Entry
from gateway_dash.logs.forms import score_in, value_in

_VERDICTS: dict[str, int | None] = {"1": 1, "-1": -1, "none": None}


@dataclass(slots=True)
class ManyForm:
    """What a person typed; `parts` is what it means, if `errors` is empty."""

    feedback: str = LEAVE  # or "1", "-1", "none"
    score_act: str = LEAVE  # or "set", "none"
    score: str = ""
    pair_act: str = LEAVE  # or "set", "none"
    key: str = ""
    value: str = ""
    type: str = "text"
    parts: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From the POST; nothing that was typed is lost, whatever is wrong with it."""
        form = cls(
            data.get("feedback", LEAVE),
            data.get("score_act", LEAVE),
            data.get("score", ""),
            data.get("pair_act", LEAVE),
            data.get("key", ""),
            data.get("value", ""),
            data.get("type", "text"),
        )
        for name, part in (("feedback", form._verdict), ("score", form._score), ("metadata", form._pair)):
            try:
                form.parts |= part()
            except ValueError as error:
                form.errors[name] = str(error)
        if not (form.parts or form.errors):
            form.errors["form"] = "Nothing is to be changed. Choose a verdict, a score or a metadata entry."
        return form

    def _verdict(self) -> dict[str, Any]:
        if self.feedback == LEAVE:
            return {}
        if self.feedback not in _VERDICTS:
            raise ValueError("The verdict is good, bad or none, or left as it is.")
        return {"verdict": _VERDICTS[self.feedback]}

    def _score(self) -> dict[str, Any]:
        text = self.score.strip()
        if self.score_act == "set":
            if not text:
                raise ValueError("Type the score, a number from 0 to 100.")
            return {"score": score_in(text)}
        if text:
            raise ValueError("A score is typed, and “set” is not chosen. Choose it, or empty the field.")
        return {"score": None} if self._is_none(self.score_act, "score") else {}

    def _pair(self) -> dict[str, Any]:
        key = self.key.strip()
        if self.pair_act == "set":
            if not key or not self.value:
                raise ValueError("Type the key and the value.")
            if "\0" in key + self.value:
                raise ValueError("The key or the value holds a character that cannot be sent.")
            return {PAIR + key: value_in(Entry(key, self.value, self.type), key)}
        if self._is_none(self.pair_act, "metadata"):
            if not key or self.value or "\0" in key:
                raise ValueError("To take an entry away, type its key and leave the value empty.")
            return {PAIR + key: None}
        if key or self.value:
            raise ValueError("An entry is typed, and neither “set” nor “take away” is chosen.")
        return {}

    @staticmethod
    def _is_none(act: str, what: str) -> bool:
        if act not in (LEAVE, "none"):
            raise ValueError(f"The {what} is left as it is, set or taken away.")
        return act == "none"
