"""What tests of comments share: comments as their forms send them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from gateway_dash.talk.models import Comment
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import Element, parse

ONE = LOGS + "one/"
COMMENTS = ONE + "comments/"


def client_of(name: str, role: str = "Operator", gateway: str = "") -> Client:
    """A browser of this person, with this role."""
    client = Client()
    client.force_login(somebody(name, role, gateway))
    return client


def say(client: Client, text: str, *, log: str = ONE, **more: Any) -> Any:
    """The answer to the form of a log's page."""
    headers = more.pop("headers", {})
    return client.post(f"{log}comments/add/", {"text": text, **more}, headers=headers)


def said(client: Client, text: str, **more: Any) -> Comment:
    """A comment that was taken."""
    answer = say(client, text, **more)
    assert answer.status_code == 303, answer.text
    return Comment.objects.latest("pk")


def card_of(client: Client, url: str = ONE) -> Element:
    """The card with the comments on a page."""
    answer = client.get(url)
    assert answer.status_code in (200, 404, 410), answer.status_code
    return parse(answer).one(id="comments")


def texts_of(card: Element) -> list[str]:
    """What the comments of a card say, in their order."""
    return [each.raw_text for each in card.all(class_="remark__text")]
