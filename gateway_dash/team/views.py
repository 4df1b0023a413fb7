"""Signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView


class SignIn(LoginView):
    """Django's form. Its own `site`, the name of the host, would stand in the place of ours."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without the names that Django's sites framework brings."""
        context = super().get_context_data(**kwargs)
        return {name: value for name, value in context.items() if name not in ("site", "site_name")}
