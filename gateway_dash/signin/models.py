"""Tries to sign in that failed, for as long as they count."""

from __future__ import annotations

from django.db import models


class Try(models.Model):
    """One try against one limit. It says neither who nor from where: a keyed digest stands for that."""

    limit = models.CharField(max_length=20)  # one of LIMITS in throttle.py
    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["limit", "subject", "at"], name="signin_try_counted"),
            models.Index(fields=["at"], name="signin_try_over"),
        )

    def __str__(self) -> str:
        return f"{self.limit} at {self.at}"
