"""Secrets in a text: keys, tokens, passwords, cards, mail addresses, phone numbers. Found in linear time."""

from __future__ import annotations

from .found import CREDENTIALS, Secret
from .keys import find_keys
from .numbers import find_numbers
from .people import find_mails, find_phones
from .spoken import find_assigned, find_authorizations, find_passwords_of_urls, find_private_keys

__all__ = ["CREDENTIALS", "PERSONAL", "Secret", "find", "find_credentials"]

PERSONAL = ("card", "iban", "mail", "phone")
_OF_CREDENTIALS = (find_keys, find_private_keys, find_authorizations, find_passwords_of_urls, find_assigned)
_OF_PEOPLE = (find_numbers, find_mails, find_phones)


def find(text: str) -> tuple[Secret, ...]:
    """The secrets of a text in their order; they do not overlap."""
    return _apart([secret for look in (*_OF_CREDENTIALS, *_OF_PEOPLE) for secret in look(text)])


def find_credentials(text: str) -> tuple[Secret, ...]:
    """Only what opens something: keys, tokens, passwords."""
    return _apart([secret for look in _OF_CREDENTIALS for secret in look(text)])


def _apart(found: list[Secret]) -> tuple[Secret, ...]:
    """What overlaps becomes one secret that covers both, named as the one that a finder before the others names."""
    apart: list[Secret] = []
    for secret in sorted(found, key=lambda each: each.start):  # stable: the order of the finders stays
        if apart and secret.start < apart[-1].end:
            last = apart[-1]
            if secret.end > last.end:
                apart[-1] = Secret(last.start, secret.end, last.kind, last.label)
        else:
            apart.append(secret)
    return tuple(apart)
