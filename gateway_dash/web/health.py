"""Whether this process should be sent requests: database, migrations; and what else a person wants to know then.

The upstream and the cache are told of and never decide: an outage of either is every replica's, and taking them all out
would leave nobody with the pages that still work.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.breaker import State
from gateway_dash.web import kept

logger = logging.getLogger("gateway_dash.web")
_migrated = [False]  # true once, true for good: code and database only part at a start


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 or 503, and each thing in a word. Tells nothing of logs, people or settings; asks the upstream nothing."""
    database_is, migrations = database()
    told: dict[str, Any] = {
        "ready": database_is == migrations == "ok",
        "database": database_is,
        "migrations": migrations,
        "cache": "ok" if kept.answers() else "away: the pages go on without it",
        "upstream": _upstream(),
    }
    return JsonResponse(told, status=200 if told["ready"] else 503)


def database() -> tuple[str, str]:
    """How the database is, and whether it is migrated; "ok", or words."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated[0]:
            executor = MigrationExecutor(connection)
            _migrated[0] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        logger.error("The database could not be used (%s).", type(error).__name__)
        connection.close()  # the next one who asks opens another
        return "away", "unknown"
    return "ok", "ok" if _migrated[0] else "not done: start the dashboard, or say ./run manage migrate"


def _upstream() -> str:
    """As far as this process knows without asking."""
    client = upstream.account().client
    if seconds := client.budget.ledger.block_s():
        return f"takes no calls for {seconds:.0f} s"
    if client.breaker.state is not State.CLOSED:
        return f"most calls of this process failed: asked again in {client.breaker.wait_s():.0f} s"
    return "nothing is known against it"
