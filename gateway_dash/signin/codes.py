"""Second factors: six digits of an app, each good once, or a recovery code."""

from __future__ import annotations

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from gateway_dash.signin import throttle
from gateway_dash.signin.adapters import UnreadableSecretError

CODE_LENGTH = 30  # with blanks and hyphens, as people copy them


def has_second_factor(user: User) -> bool:
    """Whether a password alone does not sign this person in."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def check(request: HttpRequest, user: User, typed: str, *, again: bool = False) -> bool:
    """Whether the code is right, and then used up; a wrong one is a failed sign-in for whoever listens.

    The caller has asked `throttle.of_code` first.
    """
    code = "".join(each for each in typed[:CODE_LENGTH] if each.isalnum())
    found = _fitting(user, code)
    if found is None:
        # The form of Django's own: never the code, which may be right in a minute.
        user_login_failed.send(
            sender=__name__, credentials={"username": user.get_username(), "step": "second factor"}, request=request
        )
        return False
    post_authentication(request, found, reauthenticated=again)
    return True


def _fitting(user: User, code: str) -> Authenticator | None:
    if not code.isascii() or not code.isdecimal():
        return None
    for each in Authenticator.objects.filter(user=user).order_by("-type"):
        each.user = user
        try:
            if each.type == Authenticator.Type.TOTP and validate_totp_code(decrypt(each.data["secret"]), code):
                return each if throttle.spend(user.pk, code) else None
            if each.type == Authenticator.Type.RECOVERY_CODES and RecoveryCodes(each).validate_code(code):
                return each
        except UnreadableSecretError:
            continue  # of another secret key: docs/operating.md says what to do
    return None
