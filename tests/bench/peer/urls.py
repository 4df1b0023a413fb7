"""The admin, and the bare page."""

import os
from functools import cache
from pathlib import Path

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.bench.peer.models import Log


@admin.register(Log)
class LogAdmin(admin.ModelAdmin):
    """As many rows on a page as our list has, and the columns that it shows."""

    list_display = (
        "created_at", "status_code", "provider", "model", "tokens_in", "tokens_out", "cost", "duration", "cached",
        "metadata",
    )  # fmt: skip
    list_per_page = 50
    ordering = ("-created_at",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Any filter in the address, as Datasette and our list take them."""
        return True


@cache
def bare_page() -> bytes:
    return Path(os.environ["PEER_PAGE"]).read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    """The floor: nothing is asked, nothing is put together, the same bytes go out."""
    return HttpResponse(bare_page())


urlpatterns = [path("admin/", admin.site.urls), path("bare/", bare)]
