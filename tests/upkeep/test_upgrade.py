"""A database with the tables of the first version, with what people kept in it, is brought up to date by the start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.upkeep.place import Place

# Without the signals of a migration: those of this version want its own tables.
FIRST_VERSION = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.loader.build_graph()
django = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in ("auth", "contenttypes", "sessions")]
executor.migrate([*django, ("bulk", "0001_initial"), ("sharing", "0001_views_and_searches"), ("team", "0001_rights")])
with connection.cursor() as cursor:
    tables = connection.introspection.table_names(cursor)
    assert "bulk_job" not in tables and "team_seat" not in tables, tables
    for name, is_superuser, is_active in (("root", 1, 1), ("kim", 0, 1), ("gone", 0, 0)):
        cursor.execute("INSERT INTO auth_user (username, password, is_superuser, is_active, is_staff, first_name,"
            " last_name, email, date_joined) VALUES (%s, '!', %s, %s, 0, '', '', '', '2026-01-01')",
            [name, is_superuser, is_active])
    cursor.execute("INSERT INTO sharing_savedview (gateway, name, query, is_default, created_at, user_id)"
        " VALUES ('prod-edge', 'Failures', 'success=false', 1, '2026-01-01', 2)")
    cursor.execute("INSERT INTO bulk_tombstone (account, gateway, log_id, sent_at, deleted_at, actor_name, plan,"
        " selected) VALUES ('sandbox', 'prod-edge', 'a-log', '2026-01-01', '2026-01-01', 'kim', 'a-plan', 'one log')")
"""
LOOK = """
import json
from django.contrib.auth.models import User
from gateway_dash.bulk.models import Tombstone
from gateway_dash.sharing.models import SavedView
from gateway_dash.team import rights
from gateway_dash.team.actions import Action
view = SavedView.objects.get()
print(json.dumps({
    "may delete": {each.username: rights.may(each, Action.DELETE, "prod-edge") for each in User.objects.all()},
    "view": [view.name, view.query, view.is_default, view.user.username],
    "stone": Tombstone.objects.get().log_id,
}))
"""


@pytest.mark.timeout(400)
def test_people_keep_what_they_could_do_and_what_they_kept(tmp_path: Path):
    place = Place(tmp_path / "data", "")
    place.run(FIRST_VERSION)
    place.manage("migrate", "--verbosity", "0")
    found = json.loads(place.run(LOOK))
    assert found["may delete"] == {"root": True, "kim": True, "gone": False}
    assert found["view"] == ["Failures", "success=false", True, "kim"]
    assert found["stone"] == "a-log"
    place.manage("migrate", "--check")
