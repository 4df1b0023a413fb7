"""What the forms of the team's pages say, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict

_NAME = re.compile(r"[\w.@+-]{1,150}\Z")
_GATEWAY = re.compile(r"[a-z0-9_-]{1,64}\Z")


@dataclass(slots=True)
class RoleForm:
    """A role, and the gateway where it counts; none: all of them."""

    role: Group | None = None
    gateway: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """As it was sent."""
        form = cls(role=_role(data), gateway=data.get("gateway", "").strip())
        if form.role is None:
            form.errors["role"] = "Choose a role."
        form._check_gateway()
        return form

    def _check_gateway(self) -> None:
        if self.gateway and not _GATEWAY.match(self.gateway):
            self.errors["gateway"] = "A gateway’s id has small letters, digits, “-” and “_”. Empty: all gateways."


@dataclass(slots=True)
class PersonForm(RoleForm):
    """Somebody new."""

    name: str = ""
    mail: str = ""

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """As it was sent; a role is not asked for."""
        form = cls(role=_role(data), gateway=data.get("gateway", "").strip())
        form.name, form.mail = data.get("name", "").strip(), data.get("mail", "").strip()
        if not _NAME.match(form.name):
            form.errors["name"] = "A name has letters, digits and @ . + - _, 150 at most."
        if form.mail and not _is_mail(form.mail):
            form.errors["mail"] = "This is no mail address. It is how a sign-in by another system finds the person."
        if data.get("role") and form.role is None:
            form.errors["role"] = "This role is not there any more. Choose another one."
        form._check_gateway()
        return form


def _role(data: QueryDict) -> Group | None:
    number = data.get("role", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    return Group.objects.filter(pk=int(number)).first() if is_number else None


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
