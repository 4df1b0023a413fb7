"""What a person may do beyond reading: rights that an administrator gives, without a table of their own."""

from __future__ import annotations

from django.db import models


class Rights(models.Model):
    """Only the place where Django keeps the rights; there are no rows."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = (("reveal_secrets", "May see secrets that are masked in bodies"),)

    def __str__(self) -> str:
        return "rights"
