"""The database itself refuses to change or remove an entry of the audit trail."""

from django.db import migrations

REFUSAL = "entries of the audit trail are never changed or removed"
SQLITE = [
    f"CREATE TRIGGER audit_{verb.lower()} BEFORE {verb} ON team_auditentry BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"CREATE FUNCTION audit_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON team_auditentry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
]
UNDONE = {
    "sqlite": ["DROP TRIGGER audit_update", "DROP TRIGGER audit_delete"],
    "postgresql": ["DROP TRIGGER audit_kept ON team_auditentry", "DROP FUNCTION audit_refuse()"],
}


def protect(apps, schema_editor):
    """From now on the table only grows."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    """As before."""
    for statement in UNDONE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers, which models cannot say."""

    dependencies = [("team", "0003_audit")]

    operations = [migrations.RunPython(protect, unprotect)]
